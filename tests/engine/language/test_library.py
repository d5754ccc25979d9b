"""Which documents a command uses, and what it says when they are not what was meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.documents.files import files_in, shipped_folder, shipped_names
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import read_catalogue
from hklint.linking.library import load
from hklint.linting.lint import lint
from hklint.policy import StateExpectation

SHIPPED = "exchange-store-addins"
Write = Callable[..., str]
MODEL = """kind: model
id: contoso-model
title: What One means
inputs:
  one:
    registry: HKLM\\SOFTWARE\\Contoso
    value: One
    type: REG_DWORD
    cases: {unset: absent, set: otherwise}
states: {good: It is good., bad: It is bad.}
rows:
  - {when: {one: set}, state: good, because: One is set.}
  - {when: {one: unset}, state: bad, because: One is not set.}
"""
STATE = "{model: contoso-model, state: good}"
VALUE = "{registry: HKLM\\SOFTWARE\\Contoso, value: One, type: REG_DWORD, equals: 1, absent: fail}"


def policy(expect: str = VALUE, *, name: str = "contoso", parameters: str = "{}") -> str:
    return (
        f"kind: policy\nid: {name}\ntitle: Contoso\nversion: 1.0.0\nparameters: {parameters}\n"
        f"rules:\n  - {{id: one, title: One, severity: low, why: Because., expect: {expect}}}\n"
    )


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes documents below an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def writes(path: str, text: str) -> str:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return path

    return writes


def test_a_shipped_policy_by_its_id_and_by_its_path() -> None:
    path = shipped_folder() / "exchange" / "store-addins.yaml"
    by_id, by_path = load([SHIPPED], {}), load([str(path)], {})
    assert by_id == by_path
    assert by_id.policies[SHIPPED].path == "policies/exchange/store-addins.yaml"
    assert by_id.documents["policies/exchange/store-addins.yaml"].startswith("# yaml-language")


def test_shipped_ids_are_known_without_reading_the_documents() -> None:
    documents = read_catalogue(files_in(shipped_folder())).policies
    assert SHIPPED in documents
    assert shipped_names("policy") == sorted(documents)
    assert "tls-modern" in shipped_names("profile")


def test_the_same_id_twice_is_one_policy() -> None:
    assert list(load([SHIPPED, SHIPPED], {}).policies) == [SHIPPED]


@pytest.mark.parametrize("models", ["models", "mine/models"], ids=["above", "beside"])
def test_models_lie_beside_or_above_the_policy(models: str, write: Write) -> None:
    write(f"{models}/one.yaml", MODEL)
    library = load([write("mine/policy.yaml", policy(STATE))], {})
    (rule,) = library.policies["contoso"].rules
    assert isinstance(rule.expectation, StateExpectation)
    assert rule.expectation.table.model.id == "contoso-model"
    assert library.policies["contoso"].path == "mine/policy.yaml"


def test_shipped_models_serve_own_policies(write: Write) -> None:
    expect = "{model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, state: usable}"
    assert load([write("policy.yaml", policy(expect))], {}).policies["contoso"].rules


def test_an_own_policy_is_not_mistaken_for_a_shipped_one(write: Write) -> None:
    path = write("policies/exchange/store-addins.yaml", policy())
    library = load([path], {})
    assert list(library.policies) == ["contoso"]
    assert library.policies["contoso"].path == Path(path).resolve().as_posix()


def test_an_own_policy_cannot_take_the_id_of_a_shipped_one(write: Write) -> None:
    path = write("mine.yaml", policy(name=SHIPPED))
    with pytest.raises(InvalidDocumentsError, match=r"is already in policies/exchange/store-add"):
        load([path], {})


def test_an_own_model_cannot_take_the_id_of_a_shipped_one(write: Write) -> None:
    write("models/one.yaml", MODEL.replace("contoso-model", "schannel-protocol"))
    with pytest.raises(InvalidDocumentsError, match=r"models/one.yaml:2:5: the model 'schannel-p"):
        load([write("policy.yaml", policy())], {})


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("exchange-store-addons", rf"there is no policy .*; did you mean '{SHIPPED}'\?"),
        ("zzz", rf"there is no policy 'zzz'; known are: .*, {SHIPPED}, .* give its path"),
        ("no-such.yaml", r"no-such\.yaml: there is no such file or folder"),
        ("models/one.yaml", r"models/one\.yaml: this is no policy"),
        ("models/", r"models/: this is a folder, give a file"),
    ],
)
def test_what_is_no_policy_is_a_wrong_command_line(wanted: str, message: str, write: Write) -> None:
    write("models/one.yaml", MODEL)
    with pytest.raises(UsageError, match=message):
        load([wanted], {})


def test_all_mistakes_of_all_documents_at_once(write: Write) -> None:
    write("models/one.yaml", MODEL.replace("unset: absent", "unset: absnet"))
    path = write("policy.yaml", policy(STATE).replace("severity", "severty"))
    with pytest.raises(InvalidDocumentsError) as caught:
        load([path], {})
    assert {item.span.path for item in caught.value.diagnostics} == {"models/one.yaml", path}


PARAMETERS = (
    "{url: {type: url, default: https://contoso.example}, number: {type: integer, default: 5}, "
    "name: {default: a}, size: {one_of: [1, 2, three], default: 1}}"
)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({}, {"url": "https://contoso.example", "number": 5, "name": "a", "size": 1}),
        ({"url": "https://other.example:8443/x?y"}, {"url": "https://other.example:8443/x?y"}),
        ({"number": "-7"}, {"number": -7}),
        ({"name": ""}, {"name": ""}),
        ({"size": "2"}, {"size": 2}),
        ({"size": "three"}, {"size": "three"}),
    ],
)
def test_settings(setting: dict[str, str], expected: dict[str, object], write: Write) -> None:
    library = load([write("policy.yaml", policy(parameters=PARAMETERS))], setting)
    assert library.policies["contoso"].parameters.items() >= expected.items()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"url": "http://contoso.example"}, r"--set url: 'http://contoso.example' is no https"),
        ({"url": "https://u:p@contoso.example"}, r"--set url: .* is no https"),
        ({"url": "https://contoso.example/\n"}, r"--set url: .* is no https"),
        ({"number": "five"}, r"--set number: 'five' is no whole number"),
        ({"number": "1_000"}, r"--set number: '1_000' is no whole number"),
        ({"number": "9" * 5_000}, r"--set number: '9{80}\.\.\.' is no whole number"),
        ({"size": "4"}, r"--set size: '4' is not one of: 1, 2, three"),
        ({"colour": "red"}, r"--set colour: the policies have no such parameter \(they have: name"),
    ],
)
def test_wrong_settings(setting: dict[str, str], message: str, write: Write) -> None:
    with pytest.raises(UsageError, match=message):
        load([write("policy.yaml", policy(parameters=PARAMETERS))], setting)


def test_a_setting_reaches_the_rule(write: Write) -> None:
    path = write("policy.yaml", policy(VALUE.replace("One", '"{name}"'), parameters=PARAMETERS))
    (rule,) = load([path], {"name": "Two {url}"}).policies["contoso"].rules
    assert "Contoso: Two {url} [64-bit]" in str(getattr(rule.expectation, "fact", ""))


def test_a_policy_that_is_looked_at_is_blamed_for_a_shipped_id(write: Write) -> None:
    path = write("mine.yaml", policy(name=SHIPPED))
    assert [str(item.span) for item in lint([Path(path)]).errors] == ["mine.yaml:2:5"]


def long_chain(length: int) -> dict[str, str]:
    return {
        f"m{number}.yaml": MODEL.replace("contoso-model", f"m{number}").replace(
            "states:",
            f"  inner: {{model: m{number + 1}}}\nstates:" if number < length else "states:",
        )
        for number in range(length + 1)
    }


def test_a_chain_of_models_has_an_end(write: Write) -> None:
    for name, text in long_chain(400).items():
        write(f"chain/{name}", text)
    messages = {item.message for item in lint([Path("chain")]).errors}
    assert "models ask each other through more than 100 steps" in messages


def test_models_that_multiply_have_an_end(write: Write) -> None:
    """Each of 30 models asks the next one twice: 2 ** 30 tables."""
    for number in range(30):
        twice = "".join(f"  i{i}: {{model: m{number + 1}}}\n" for i in range(2))
        text = MODEL.replace("contoso-model", f"m{number}")
        write(f"bomb/m{number}.yaml", text.replace("states:", twice + "states:"))
    write("bomb/m30.yaml", MODEL.replace("contoso-model", "m30"))
    messages = [item.message for item in lint([Path("bomb")]).errors]
    assert messages == ["this asks 127 tables in all; at most 100 are allowed"]


def test_too_many_cases_are_refused(write: Write) -> None:
    cases = ", ".join(f"c{number}: {{equals: {number}}}" for number in range(200))
    text = MODEL.replace("unset: absent, set", f"{cases}, set")
    assert [item.message for item in lint([Path(write("model.yaml", text))]).errors][:1] == [
        "there are more than 200 cases"
    ]
