"""`hklint new`: every start is valid at once, and says what its author wants it to say."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.authoring.start import id_from, start
from hklint.cli.new import KINDS, new_command
from hklint.documents.document import parse_document, read_document
from hklint.documents.files import shipped_names
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.language import DOCUMENTS
from hklint.linting.lint import lint
from hklint.policy_tests import results
from hklint.policy_tests.load import load
from hklint.policy_tests.run import run

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
New = Callable[..., Result]


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> New:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(new_command, words, standalone_mode=False)

    return invoke


def found(path: Path) -> list[str]:
    return [str(item) for item in lint([path]).diagnostics]


def mismatches(result: results.Results) -> list[str]:
    cases = [case for suite in result.suites for case in suite.cases]
    assert cases
    return [item.about for case in cases for item in case.mismatches]


def test_there_is_a_start_of_every_kind() -> None:
    assert set(KINDS) == DOCUMENTS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_has_no_mistakes(kind: str, new: New, tmp_path: Path) -> None:
    result = new(kind)
    assert result.return_value == Exit.PASSED, result.output
    (file,) = tmp_path.iterdir()
    assert f"Written: {file.name}" in result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert found(tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_start_says_how_to_go_on(kind: str, new: New, tmp_path: Path) -> None:
    steps = new(kind).output.partition("Next:\n")[2]
    assert "hklint schema --write ." in steps
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / f"{kind}.json").touch()
    assert "hklint schema" not in new(kind, "--force").output
    (file,) = tmp_path.glob("*.yaml")
    assert file.read_text("utf-8").startswith(
        f"# yaml-language-server: $schema=schema/{kind}.json\n"
    )


def test_the_start_of_tests_passes(new: New, tmp_path: Path) -> None:
    new("tests")
    assert mismatches(run(load([tmp_path]))) == []


@pytest.mark.parametrize("policy", shipped_names("policy"))
def test_tests_of_a_shipped_policy_pass(policy: str, new: New, tmp_path: Path) -> None:
    new("tests", "--policy", policy)
    file = tmp_path / f"{policy}.tests.yaml"
    assert found(file) == []
    assert mismatches(run(load([file]))) == []


def test_tests_of_an_own_policy_meet_every_outcome(new: New, tmp_path: Path) -> None:
    new("policy", "contoso.yaml")
    new("tests", "--policy", "contoso.yaml")
    result = run(load([tmp_path]))
    assert mismatches(result) == []
    assert result.coverage is not None
    assert result.coverage.unmet == ()
    assert read_document(tmp_path / "contoso.tests.yaml").root["id"] == "contoso-tests"


def test_tests_are_the_same_every_time(new: New) -> None:
    words = ("tests", "-", "--policy", "member-server-network")
    assert new(*words).output == new(*words).output


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("contoso.yaml", "contoso"),
        ("Contoso Base_line.yml", "contoso-base-line"),
        ("contoso.tests.yaml", "contoso-tests"),
        ("größe.yaml", None),
    ],
)
def test_an_id_is_made_from_the_name(path: str, name: str | None) -> None:
    assert id_from(Path(path)) == name


def test_id_and_title_are_filled_in() -> None:
    text = start("policy", "contoso-baseline", "Contoso's: #1 \\ baseline", NOW)
    root = parse_document(text, "policy.yaml").root
    assert (root["id"], root["title"]) == ("contoso-baseline", "Contoso's: #1 \\ baseline")
    commented = [line for line in text.split("\n") if line.startswith(("id:", "version:"))]
    assert len({line.index("# ") for line in commented}) == 1


@pytest.mark.parametrize(
    ("name", "title", "message"),
    [
        ("Contoso", None, "'Contoso' has not the right form"),
        (None, "", "'title' must not be empty"),
        (None, "a\x1b[0m", "U\\+001B"),
    ],
)
def test_what_a_document_cannot_hold_is_refused(
    name: str | None, title: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        start("policy", name, title, NOW)


def test_waivers_begin_today_and_end() -> None:
    (waiver,) = parse_document(start("waivers", "ex", None, NOW), "w.yaml").root["waivers"]
    period = (waiver["id"], waiver["from"], waiver["until"])
    assert period == ("ex-1", "2026-03-04T00:00:00Z", "2026-06-02T00:00:00Z")


def test_a_file_is_only_replaced_by_force(new: New, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="--force replaces it"):
        CliRunner().invoke(
            new_command, ["policy", str(file)], catch_exceptions=False, standalone_mode=False
        )
    assert file.read_text("utf-8") == "mine"
    new("policy", str(file), "--force")
    assert read_document(file).root["id"] == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ("policy", "contoso.txt"),
        ("policy", "contoso.tests.yaml"),
        ("tests", "contoso.yaml"),
        ("model", "--policy", "exchange-store-addins"),
        ("tests", "--policy", "no-such-policy"),
    ],
)
def test_wrong_commands_write_nothing(words: tuple[str, ...], new: New, tmp_path: Path) -> None:
    assert isinstance(new(*words).exception, UsageError)
    assert list(tmp_path.iterdir()) == []


def test_to_the_screen_and_into_folders(new: New, tmp_path: Path) -> None:
    assert parse_document(new("model", "-").output, "-").root["kind"] == "model"
    assert list(tmp_path.iterdir()) == []
    new("model", "models/agent.yaml")
    new("policy", "models")
    assert {file.name for file in (tmp_path / "models").iterdir()} == {
        "agent.yaml",
        "my-policy.yaml",
    }
