"""Which files are known beside one that the user names."""

from pathlib import Path

import pytest

from hklint.documents.files import MAX_FOLDERS, files_around, neighbours
from hklint.errors import UsageError

PROFILE = "kind: profile\nid: mine\n"
KNOWN = {
    "beside.yaml": "kind: policy\n",
    "below/deep/policy.yml": "# a comment\nkind: policy\n",
    "below/base.yaml": '"kind": "profile"\n',
    "below/flow.yaml": "{kind: policy, id: flow}\n",
    "below/bom.yaml": "\ufeffkind: model\n",
    "models/one.yaml": "kind: model\n",
}
PASSED_BY = {
    "deployment.yaml": "kind: Deployment\n",
    "nested.yaml": "spec:\n  kind: policy\n",
    "waivers.yaml": "kind: waivers\n",
    "policy.tests.yaml": "kind: policy\n",
    "notes.txt": "kind: policy\n",
    ".hidden/policy.yaml": "kind: policy\n",
    "node_modules/policy.yaml": "kind: policy\n",
    "policies.yaml": "kind: policies\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `mine` with a profile and other files, below one with a policy."""
    texts = {"mine.yaml": PROFILE, **KNOWN, **PASSED_BY, "../above.yaml": "kind: policy\n"}
    for name, text in texts.items():
        file = tmp_path / "mine" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "mine"


def test_a_profile_brings_what_lies_beside_and_below_it(folder: Path) -> None:
    found = {file.relative_to(folder).as_posix() for file in neighbours([folder / "mine.yaml"])}
    assert found == {"mine.yaml", *KNOWN}


def test_a_policy_brings_its_models_only(folder: Path) -> None:
    names = [file.name for file in files_around([folder / "beside.yaml"])]
    assert names == ["beside.yaml", "one.yaml"]


def test_the_file_that_is_named_comes_first(folder: Path) -> None:
    found = files_around([folder / "mine.yaml"])
    assert found[0] == folder / "mine.yaml"
    assert set(neighbours([folder / "mine.yaml"])) <= {file.resolve() for file in found}


def test_too_many_folders_are_not_searched(folder: Path) -> None:
    for number in range(MAX_FOLDERS + 1):
        (folder / f"f{number}").mkdir()
    with pytest.raises(UsageError, match="give profiles and policies a folder of their own"):
        neighbours([folder / "mine.yaml"])
    assert neighbours([folder / "beside.yaml"]) == []


def test_a_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file or folder"):
        files_around([folder / "no.yaml"])
