"""Every word that a report shows can be asked about."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.cli import cli
from hklint.cli.explain import KINDS
from hklint.cli.explain.shelf import Shelf
from hklint.codes import Code
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.exit_code import MEANING
from hklint.operators import OPERATORS

HERE = Path(__file__).parent
MINE = HERE / "profiles" / "mine.yaml"
POLICY = HERE / "profiles" / "contoso.yaml"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["explain", *map(str, words)])


def explained(*words: str | Path) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str | Path) -> str:
    done = run(*words)
    assert isinstance(done.exception, UsageError), done.output
    return str(done.exception)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf([], {})


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_is_explained(kind: str, shelf: Shelf) -> None:
    names = KINDS[kind].names(shelf)
    assert names
    for name in names:
        pages = list(KINDS[kind].pages(shelf, name))
        assert pages, name
        assert all(name in page for page in pages), name


def test_words_of_several_kinds_are_all_known(shelf: Shelf) -> None:
    names = {kind: KINDS[kind].names(shelf) for kind in KINDS}
    assert set(names["operator"]) == {*OPERATORS, "all_of", "any_of", "not"}
    assert set(names["code"]) == set(Code)
    assert names["exit-code"] == {str(code.value): text for code, text in MEANING.items()}
    assert "exchange-2019" in names["profile"]


def test_a_rule_names_the_controls_it_serves() -> None:
    lines = explained("rule", "winrm-client-encrypted-only").splitlines()
    assert [line for line in lines if line.startswith("controls")] == [
        "controls  NIST SP 800-53 Revision 5: MA-4(6)",
        "controls  DISA STIGs: V-254379",
        "controls  DISA CCI: CCI-002890, CCI-003123",
    ]


def test_a_state_of_a_diagnosis_comes_with_its_steps() -> None:
    assert "Restart the computer" in explained("restart-due")


def test_a_word_with_two_meanings_has_both_and_can_be_narrowed() -> None:
    text = explained("connection-refused")
    assert "outcome of a live request" in text
    assert "why a host gave no answer" in text
    assert "hklint explain outcome or failure" in text
    assert "why a host gave no answer" not in explained("outcome", "connection-refused")


def test_keys_of_documents_and_words_of_reports() -> None:
    assert "It has no default on purpose." in explained("absent")
    assert explained("waived").startswith("word of reports: waived\n")
    assert "key of documents" not in explained("at_least")


def test_a_code_is_a_plain_page() -> None:
    page = explained("HK401")
    assert page.startswith("HK401 table-gap (error): No row covers a combination\n")
    assert "```" not in page
    assert "\n  kind: model\n" in page


def test_a_list_of_a_kind() -> None:
    assert explained("exit-codes") == explained("exit-code")
    assert explained("exit-codes").count("\n") == len(MEANING)
    assert "at_least      The number or version is this one or above." in explained("operators")
    assert "profile    a choice of rules" in explained()


PAGES = {
    "operator": ["operator", "at_least"],
    "profile": ["mine.yaml", "--set", "word=set"],
    "rule": ["rule", "one", "--in", "contoso.yaml"],
}


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str, monkeypatch: pytest.MonkeyPatch, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    """`pytest tests/e2e/test_explain.py --update` accepts what has changed; review the diff."""
    monkeypatch.chdir(HERE / "profiles")
    page = explained(*PAGES[name])
    expected = HERE / "golden" / f"explain-{name}.txt"
    if updating:
        expected.write_text(page, encoding="utf-8", newline="\n")
    assert page == expected.read_text(encoding="utf-8")


def test_a_rule_that_expects_a_state_names_the_profiles_that_choose_it() -> None:
    page = explained("tls-1.2-usable", "--in", MINE)
    assert "  model schannel-protocol with protocol = TLS 1.2, role = Client" in page
    assert "  comes to: usable" in page
    assert "profiles  base, mine" in page


def test_a_file_of_ones_own_that_is_broken_is_told_before_a_word_is_missed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("kind: policy\nid: [broken\n", encoding="utf-8")
    done = run("my-rule", "--in", broken)
    assert isinstance(done.exception, InvalidDocumentsError), done.output


def test_a_policy_by_its_path_says_what_its_parameters_allow() -> None:
    page = explained(POLICY, "--set", "number=7")
    assert "Parameter number = 7 (a whole number from 1 to 10, from --set)" in page
    assert "Parameter word = abc (a text like [a-z]+)" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("operator", "at_leest"), "there is no operator 'at_leest'; did you mean 'at_least' or"),
        (("schanel-protocol",), "nothing is called 'schanel-protocol'; did you mean 'schannel"),
        (("models", "on-request"), "there is no model 'on-request'. For a list: hklint explain mo"),
        (("operatr", "at_least"), "there is no kind 'operatr'; did you mean 'operator'?"),
        (("a", "b", "c"), "name one word, or a kind and a word"),
        (("no-such.yaml",), "no-such.yaml: there is no such file or folder"),
        (("model", MINE), "its kind is profile, on which there are no pages here"),
    ],
)
def test_what_cannot_be_explained(words: tuple[str | Path, ...], message: str) -> None:
    assert message in refused(*words)


@pytest.mark.parametrize("command", ["start", "merge", "restart", "status"])
def test_examples_of_the_lab_keep_their_lines(command: str) -> None:
    text = CliRunner().invoke(cli, ["lab", command, "--help"]).output
    assert f"\n    hklint lab {command}" in text
