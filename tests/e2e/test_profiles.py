"""`--profile` on check, gate and snapshot: what is chosen is asked for, judged and reported.

`profiles/` has policies, profiles and the snapshot of a host that has all that they ask for.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete

from hklint.cli import cli
from hklint.lab.lab import Lab
from hklint.run import Run

DOCUMENTS = Path(__file__).parent / "profiles"
SNAPSHOT = "ex01.json"
BASE = ["one[view=64-bit]", "one[view=32-bit]", "tls-1.2-usable", "tls-1.0-blocked"]
MINE = ["one[view=64-bit]", "one[view=32-bit]", "two", "tls-1.2-usable"]

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path) -> None:
    """The documents in the folder in which commands run."""
    for file in DOCUMENTS.iterdir():
        shutil.copy(file, tmp_path)


@pytest.fixture
def checked(hklint_command: Command, recorded: Read) -> Callable[..., Run]:
    """The run that a check of the snapshot with these options records."""

    def check(*options: str) -> Run:
        done = hklint_command("check", SNAPSHOT, *options, "--record", "run.jsonl")
        assert done.code in {0, 1}, done.err
        return recorded(Path("run.jsonl"))

    return check


def judged(run: Run) -> list[str]:
    return [item.name for host in run.hosts for item in host.verdicts]


def write(name: str, **keys: str) -> str:
    """A profile of this name, written where the command finds it."""
    lines = ["kind: profile", f"id: {name}", "title: Made for a test"]
    lines += [f"{key}: {text}" for key, text in keys.items()]
    Path(f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{name}.yaml"


def test_only_what_is_chosen_is_judged(checked: Callable[..., Run]) -> None:
    run = checked("--profile", "mine.yaml")
    assert judged(run) == MINE
    assert [info.id for item in run.header.policies for info in item.rules] == [
        "one",
        "two",
        "tls-1.2-usable",
    ]


def test_a_diagnosis_stays_as_long_as_one_rule_is_chosen(checked: Callable[..., Run]) -> None:
    assert [item.state for item in checked("--profile", "mine.yaml").hosts[0].diagnoses] == [
        "works"
    ]
    small = write("small", policies="[contoso, contoso-store]", select="{tags: [words]}")
    run = checked("--profile", small)
    assert judged(run) == ["two"]
    assert run.hosts[0].diagnoses == ()
    assert [item.id for item in run.header.policies] == ["contoso"]


def test_the_header_says_what_was_used_and_where_it_came_from(checked: Callable[..., Run]) -> None:
    header = checked("--profile", "mine.yaml", "--set", "contoso.number=4").header
    assert header.profiles == ("mine",)
    assert header.parameters == {
        "contoso.number": "4",
        "contoso.word": "mine",
        "contoso-store.store_url": "https://appsource.microsoft.com",
    }
    assert header.sources == {
        "contoso.number": "--set",
        "contoso.word": "profile mine, mine.yaml:9",
        "contoso-store.store_url": "default",
    }
    assert {"mine.yaml", "base.yaml", "contoso.yaml"} < set(header.documents)
    assert "policies/models/schannel-default.yaml" in header.documents
    assert "policies/exchange/store-addins.yaml" not in header.documents


def test_parameters_change_verdicts(
    checked: Callable[..., Run], failed_rules: Callable[[Run], list[str]]
) -> None:
    assert failed_rules(checked("-p", "contoso.yaml", "--set", "word=mine")) == ["one[view=32-bit]"]
    assert failed_rules(checked("--profile", "mine.yaml")) == ["one[view=32-bit]"]
    assert failed_rules(checked("--profile", "mine.yaml", "--set", "number=4")) == []
    assert failed_rules(checked("--profile", "mine.yaml", "--set", "contoso.word=other")) == [
        "one[view=32-bit]",
        "two",
    ]


def test_profiles_and_policies_add_up(checked: Callable[..., Run]) -> None:
    both = checked("--profile", "base.yaml", "--profile", "mine.yaml")
    assert judged(both) == [*MINE, "tls-1.0-blocked"]
    assert both.header.profiles == ("base", "mine")
    more = checked("--profile", "mine.yaml", "-p", "contoso-store.yaml")
    assert set(judged(more)) == {*BASE, *MINE, "tls-1.2-server-usable", "store-reached"}
    assert judged(checked("-p", "contoso.yaml")) == MINE[:3]
    assert checked("-p", "contoso.yaml").header.profiles == ()


def test_a_shipped_profile_by_its_id(checked: Callable[..., Run]) -> None:
    run = checked("--profile", "tls-compatible", "--allow-unknown")
    assert run.header.profiles == ("tls-compatible",)
    assert {item.id for item in run.header.policies} <= {
        "schannel-protocols",
        "schannel-algorithms",
        "winhttp",
        "dotnet-framework",
    }


def test_only_what_is_chosen_is_asked_for(lab: Lab, hklint_command: Command) -> None:
    small = write("small", policies="[contoso]", select="{tags: [words]}")
    target = lab.hosts["ex2016-healthy"].target
    done = hklint_command("snapshot", target, "--profile", small, "-o", "host.json")
    assert done.code == 0, done.err
    answer = json.loads(Path("host.json").read_text(encoding="utf-8"))["answer"]
    assert [value["name"] for key in answer["registry"] for value in key["values"]] == ["Two"]
    assert answer["web_requests"] == []


def test_a_gate_lets_a_profile_through(hklint_command: Command) -> None:
    good = write("good", policies="[contoso, contoso-store]", select="{rules: [tls-1.2-usable]}")
    assert hklint_command("gate", SNAPSHOT, "--profile", good).code == 0
    assert hklint_command("gate", SNAPSHOT, "--profile", "mine.yaml").code == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "name what to judge by: a --policy, a --profile, or several of them"),
        (["--profile", "tls-modrn"], "there is no profile 'tls-modrn'; did you mean 'tls-modern'?"),
        (["--profile", "contoso.yaml"], "contoso.yaml: this is no profile"),
        (["--policy", "mine.yaml"], "mine.yaml: this is no policy"),
        (["--profile", "none.yaml"], "none.yaml: there is no such file or folder"),
        (["--profile", "."], "there is no profile '.'"),
        (["--profile", "mine.yaml", "--set", "nmber=1"], "did you mean 'number'?"),
        (["--profile", "mine.yaml", "--set", "number=11"], "--set number: 11 is out of range"),
    ],
)
@pytest.mark.parametrize("command", ["check", "gate"])
def test_a_wrong_command_line(
    command: str, options: list[str], message: str, hklint_command: Command
) -> None:
    done = hklint_command(command, SNAPSHOT, *options)
    assert done.code == 2
    assert message in done.err


def test_a_profile_with_mistakes_is_shown_with_its_line(hklint_command: Command) -> None:
    bad = write("bad", extends="[base]", exclude="{tags: [tsl]}", parameters="{number: 11}")
    done = hklint_command("check", SNAPSHOT, "--profile", bad)
    assert done.code == 3
    assert "  --> bad.yaml:5:18" in done.err
    assert "did you mean 'tls'?" in done.err


def test_what_lies_near_and_is_not_used_does_no_harm(
    checked: Callable[..., Run], hklint_command: Command
) -> None:
    Path("near").mkdir()
    Path("near/ci.yaml").write_text("kind: Deployment\nspec: {{\n", encoding="utf-8")
    Path("near/half.yaml").write_text("kind: policy\nid: half\n", encoding="utf-8")
    Path("near/model.yaml").write_text("kind: model\nid: half\nrows: [\n", encoding="utf-8")
    write("broken", extends="[no-such]")
    assert judged(checked("--profile", "mine.yaml")) == MINE
    user = write("user", extends="[mine]", policies="[half]")
    done = hklint_command("check", SNAPSHOT, "--profile", user)
    assert done.code == 3
    assert "the model" not in done.err
    assert "near/half.yaml" in done.err


def test_an_id_that_is_taken_is_never_chosen_between(hklint_command: Command) -> None:
    Path("copy").mkdir()
    shutil.copy("contoso.yaml", "copy")
    done = hklint_command("check", SNAPSHOT, "--profile", "mine.yaml")
    assert done.code == 3
    assert "the policy 'contoso' is already in " in done.err


def test_a_folder_of_thousands_is_not_searched(
    monkeypatch: pytest.MonkeyPatch, hklint_command: Command
) -> None:
    monkeypatch.setattr("hklint.documents.files.MAX_FOLDERS", 3)
    for number in range(5):
        Path(f"folder-{number}").mkdir()
    done = hklint_command("check", SNAPSHOT, "--profile", "mine.yaml")
    assert done.code == 2
    assert "give profiles and policies a folder of their own" in done.err


def test_completion_knows_ids_and_leaves_paths_to_the_shell() -> None:
    def completed(*words: str) -> list[tuple[str, str]]:
        shell = ShellComplete(cli, {}, "hklint", "_HKLINT_COMPLETE")
        found = shell.get_completions(list(words[:-1]), words[-1])
        return [(item.value, item.type) for item in found]

    assert completed("check", "--profile", "tls-") == [
        ("tls-compatible", "plain"),
        ("tls-modern", "plain"),
    ]
    assert ("exchange-store-addins", "plain") in completed("gate", "-p", "exch")
    assert completed("snapshot", "-p", "./my") == [("./my", "file")]
