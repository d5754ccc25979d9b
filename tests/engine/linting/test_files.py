"""Which files lint looks at, and what it does about the others."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.cli.lint import lint_command
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.linking.document_files import document_files, is_document
from hklint.linting.lint import lint

CASES = Path(__file__).parent / "cases" / "formats"
CLEAN = (CASES / "clean.yaml").read_text(encoding="utf-8")
MINE = {
    "policy.yaml": "kind: policy\n",
    "quoted.yaml": "\"kind\": 'model'\n",
    "flow.yml": "{kind: waivers}\n",
    "behind-a-comment.yaml": "# hello\n\nkind: tests\n",
    "byte-order-mark.yaml": "\ufeffkind: policy\n",
    "carriage-return.yaml": "title: x\r\nkind: policy\r\n",
    "broken.yaml": "kind: policy\na: [\n",
    "misspelt.yaml": "kind: polcy\nrules: []\n",
    "plural.yaml": "kind: profiles\n",
}
OF_OTHERS = {
    "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
    "kyverno.yaml": "apiVersion: kyverno.io/v1\nkind: Policy\n",
    "workflow.yml": "on: push\njobs: {}\n",
    "indented.yaml": "spec:\n  kind: policy\n",
    "empty.yaml": "",
    "template.yaml": "{{ if .Values.x }}\nkind: Service\n{{ end }}\n",
    "list.yaml": "- kind: policy\n",
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint_command, [*map(str, arguments)], standalone_mode=False)


@pytest.mark.parametrize("name", [*MINE, *OF_OTHERS])
def test_a_document_is_told_by_its_kind(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes((MINE | OF_OTHERS)[name].encode())
    assert is_document(file) == (name in MINE)


def test_a_file_in_utf_16_is_told_as_well(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("kind: policy\n", encoding="utf-16-le")
    assert is_document(file)


def test_yaml_of_others_is_skipped_and_said(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CLEAN, encoding="utf-8")
    for name, text in OF_OTHERS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run(tmp_path)
    assert result.return_value == Exit.PASSED
    assert "1 file: no mistakes" in result.stdout
    assert f"Skipped {len(OF_OTHERS)} YAML files" in result.stdout
    assert "deployment.yaml" in result.stdout


@pytest.mark.parametrize("name", OF_OTHERS)
def test_a_file_that_is_named_is_a_mistake(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(OF_OTHERS[name], encoding="utf-8")
    assert run(file).return_value == Exit.INVALID


def test_a_folder_with_nothing_of_ours_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "deployment.yaml").write_text(OF_OTHERS["deployment.yaml"], encoding="utf-8")
    with pytest.raises(UsageError, match=r"no hklint documents in: .*; 1 other YAML files"):
        lint([tmp_path])


@pytest.mark.parametrize("folder", [".git", ".venv", "node_modules", "a/.hidden/b"])
def test_folders_of_tools_are_passed_by(folder: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CLEAN, encoding="utf-8")
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "other.yaml").write_text("kind: policy\n", encoding="utf-8")
    assert [*lint([tmp_path]).files.values()] == [tmp_path / "mine.yaml"]


def test_a_file_named_twice_is_looked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(CLEAN, encoding="utf-8")
    found = document_files([file, tmp_path, tmp_path / ".." / tmp_path.name / "mine.yaml"])
    assert found.files == (file,)


def test_warnings_do_not_hide_what_rests_on_a_mistake_elsewhere(tmp_path: Path) -> None:
    """What only follows from other mistakes is left out where those are shown, and only there."""
    (tmp_path / "models").mkdir()
    broken = "kind: model\nid: broken\ntitle: x\n"
    (tmp_path / "models" / "broken.yaml").write_text(broken, encoding="utf-8")
    uses = CLEAN.replace("registry: HKLM\\SOFTWARE\\Contoso, ", "model: broken, state: x, ")
    uses = uses.replace("value: Level, type: REG_DWORD, equals: 1, absent: fail", "with: {}")
    file = tmp_path / "mine.yaml"
    file.write_text(
        uses.replace("title: Nothing to say about", "title: Nothing."), encoding="utf-8"
    )
    assert [item.code for item in lint([file]).errors] == ["HK205"]


@pytest.mark.parametrize("kind", ["profile", "waivers", "tests"])
def test_other_kinds_are_looked_at_with_what_lies_beside_them(kind: str, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(CLEAN, encoding="utf-8")
    file = tmp_path / f"{kind}.yaml"
    head = f"kind: {kind}\nid: mine\n"
    file.write_text(
        head
        + {
            "profile": "title: Mine\npolicies: [clean]\nselect: {rules: [%s]}\n",
            "waivers": (
                "waivers:\n  - {id: w, rule: %s, hosts: [a], reason: x, owner: x, approver: x, "
                "ticket: x, from: 2026-01-01T00:00:00Z, until: 2099-01-01T00:00:00Z}\n"
            ),
            "tests": (
                "policy: clean\ncases: [{name: x, registry: {HKLM\\SOFTWARE\\Contoso: {Level: 1}}, "
                "expect: {verdicts: {%s: pass}}}]\n"
            ),
        }[kind]
        % "level",
        encoding="utf-8",
    )
    assert [str(item) for item in lint([file]).diagnostics] == []
    file.write_text(file.read_text(encoding="utf-8").replace("level", "limit"), encoding="utf-8")
    assert [item.code for item in lint([file]).diagnostics] == ["HK202"]
