"""Documents with waivers: what is read from them, and what is said of mistakes.

A case is a file or a folder in `invalid`, with what is said in NAME.expected, one mistake a line.
`pytest tests/engine/waivers --update` accepts what has changed; review the diff.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hklint.documents.document import parse_document
from hklint.documents.files import files_in, shipped_folder
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import read_catalogue
from hklint.linking.waiver_files import known_rules, read_waivers

CASES = Path(__file__).parent / "invalid"
NAMES = sorted(path.stem for path in CASES.iterdir() if path.is_dir() or path.suffix == ".yaml")
RULES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "exchange": {"tls-client": ("",), "dotnet": ("view=64-bit", "view=32-bit"), "mail": ("",)},
    "server": {"lm-hash": ("",), "tls-client": ("",), "not-known": ()},
}
GOOD = """\
kind: waivers
id: some
waivers:
  - id: waiver-17
    policy: exchange
    rule: dotnet[view=32-bit]
    hosts: [ex01.corp.example, "lab-*", EX01 (10.0.0.5), "[2001:db8::1]:5999", "*"]
    reason: The 32-bit add-in host is retired in March
    owner: exchange-team
    approver: security-board
    ticket: CHG-1234
    from: 2026-10-01T00:00:00+02:00
    until: 2027-03-31T00:00Z
    unknown: true
"""


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    path = Path(name) if Path(name).is_dir() else Path(f"{name}.yaml")
    with pytest.raises(InvalidDocumentsError) as caught:
        read_waivers([path], RULES, every_policy=True)
    said = "".join(f"{item.code} {item}\n" for item in caught.value.diagnostics)
    expected = Path(f"{name}.expected")
    if updating:
        expected.write_text(said, encoding="utf-8", newline="\n")
    assert said == expected.read_text(encoding="utf-8")


def test_a_waiver_is_read_with_its_times_in_utc(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(GOOD, "utf-8")
    found = read_waivers([file], RULES, every_policy=True)
    (waiver,) = found.waivers
    assert (waiver.id, waiver.policy, waiver.rule) == (
        "waiver-17",
        "exchange",
        "dotnet[view=32-bit]",
    )
    assert waiver.valid_from == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert waiver.until == datetime(2027, 3, 31, tzinfo=UTC)
    assert (waiver.unknown, waiver.everywhere) == (True, True)
    assert (waiver.span.line, waiver.span.column) == (4, 9)
    assert found.documents == {file.as_posix(): GOOD}


def test_a_policy_that_a_run_does_not_use_may_be_named(tmp_path: Path) -> None:
    """A site's waivers lie together, and each run is about some of its policies."""
    file = tmp_path / "waivers.yaml"
    file.write_text(GOOD.replace("policy: exchange", "policy: other"), "utf-8")
    assert len(read_waivers([file], RULES, every_policy=False).waivers) == 1
    with pytest.raises(InvalidDocumentsError, match="there is no policy 'other'"):
        read_waivers([file], RULES, every_policy=True)


def test_waivers_keep_the_order_of_the_command_line_and_of_names_in_a_folder(
    tmp_path: Path,
) -> None:
    for name in ("b", "a", "z"):
        text = GOOD.replace("id: some", f"id: {name}").replace("waiver-17", f"waiver-{name}")
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    found = read_waivers([tmp_path / "z.yaml", tmp_path], RULES, every_policy=True)
    assert [waiver.id for waiver in found.waivers] == ["waiver-z", "waiver-a", "waiver-b"]


@pytest.mark.parametrize("text", ["", "kind: model\n"])
def test_a_folder_without_waivers_is_a_mistake_of_the_command_line(
    tmp_path: Path, text: str
) -> None:
    if text:
        model = Path(__file__).parents[3] / "policies" / "models" / "schannel-default.yaml"
        (tmp_path / "model.yaml").write_bytes(model.read_bytes())
    with pytest.raises(UsageError, match="there are no waivers in it"):
        read_waivers([tmp_path], RULES, every_policy=True)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        read_waivers([tmp_path / "x.yaml"], RULES, every_policy=True)


def test_rules_are_known_with_what_tells_their_verdicts_apart() -> None:
    text = (
        "id: some\nrules:\n- id: one\n- id: two\n  for_each: {role: [Client, Server], n: [0x10]}\n"
        f"- id: many\n  for_each: {{a: {list(range(40))}, b: {list(range(40))}}}\n"
    )
    assert known_rules([parse_document(text, "some.yaml")]) == {
        "some": {"one": ("",), "two": ("role=Client,n=16", "role=Server,n=16"), "many": ()}
    }


def test_the_example_of_the_page_about_waivers_is_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "waivers.md").read_text("utf-8")
    file = tmp_path / "waivers.yaml"
    file.write_text(page.split("```yaml\n")[1].split("```")[0], "utf-8")
    shipped = read_catalogue(files_in(shipped_folder())).policies
    found = read_waivers([file], known_rules(shipped.values()), every_policy=True)
    assert [waiver.id for waiver in found.waivers] == ["scanner-needs-old-dotnet"]
