"""What YAML means to hklint, as files: `cases/yaml/NAME.yaml` and what becomes of it.

`pytest tests/engine/language --update` accepts what has changed; review the diff.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hklint.documents import document as document_module
from hklint.documents.document import Document, parse_document, read_document
from hklint.documents.yaml_tree import Mapping, Sequence
from hklint.errors import InvalidDocumentsError
from hklint.span import Span

CASES = sorted((Path(__file__).parent / "cases" / "yaml").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    lines = _read(file)
    expected = file.with_suffix(".expected")
    if updating:
        expected.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    assert lines == expected.read_text(encoding="utf-8").split("\n")[:-1]


def _read(file: Path) -> list[str]:
    try:
        document = read_document(file, "")
    except InvalidDocumentsError as error:
        return [
            f"{item.span.line}:{item.span.column}-{item.span.end_column} {item.message}"
            + (f" ({item.help})" if item.help else "")
            for item in error.diagnostics
        ]
    return list(_values(document, (), document.root))


def _values(document: Document, path: tuple[str | int, ...], node: object) -> Iterator[str]:
    """Each value with the places of its key and of itself."""
    for step, value in _children(node):
        place = (*path, step)
        key, at = document.key_span(place), document.value_span(place)
        shown = "" if isinstance(value, dict | list) else f" = {json.dumps(value)}"
        where = f"{key.line}:{key.column}-{key.end_column} {at.line}:{at.column}-{at.end_column}"
        yield f"{where} {'/'.join(map(str, place))}{shown}"
        yield from _values(document, place, value)


def _children(node: object) -> list[tuple[Any, Any]]:
    match node:
        case Mapping():
            return list(node.items())
        case Sequence():
            return list(enumerate(node))
        case _:
            return []


def test_paths_of_missing_parts_fall_back_to_the_nearest_parent() -> None:
    document = parse_document("a:\n  b: [x, y]\n", "p.yaml")
    assert str(document.value_span(("a", "b", 7))) == "p.yaml:2:6"
    assert str(document.value_span(("a", "missing", "deeper"))) == "p.yaml:2:3"
    assert str(document.value_span(("missing",))) == "p.yaml:1:1"
    assert str(document.key_span(("a", "missing"))) == "p.yaml:2:3"
    assert str(document.key_span(())) == "p.yaml:1:1"


def test_line_ends_do_not_change_the_hash(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix.yaml", tmp_path / "windows.yaml"
    unix.write_bytes(b"kind: policy\nid: a\n")
    windows.write_bytes(b"\xef\xbb\xbfkind: policy\r\nid: a\r\n")
    assert read_document(unix).sha256 == read_document(windows).sha256


def test_a_missing_file_is_a_mistake_of_the_document(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocumentsError, match=r"no\.yaml:1:1: the file cannot be read"):
        read_document(tmp_path / "no.yaml")


def test_a_file_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"key: value")
    monkeypatch.setattr(document_module, "MAX_BYTES", 10)
    assert read_document(file).root == {"key": "value"}
    monkeypatch.setattr(document_module, "MAX_BYTES", 9)
    with pytest.raises(InvalidDocumentsError, match="the file is larger than"):
        read_document(file)


YAML_PIECES = st.sampled_from(
    [
        *"[]{},:?-&*!|>'\"%@`#~ \n\t\r\\0x",
        "a: ", "- ", "? ", "<<: ", "&a ", "*a", "!!str ", "--- ", "...\n", "1e9", "0x", ".5", "no",
        "\0", "\ufeff", "\u2028", "\x85", "\u202e", "\ud800", "🙂", '"\\', "\n  ", "key: [",
        "%YAML 1.2\n",
    ]
)  # fmt: skip


def _mistakes(text: str) -> list[Span]:
    """The places of the mistakes in a text; a text without any has a mapping at its root."""
    try:
        assert isinstance(parse_document(text, "fuzz").root, Mapping)
    except InvalidDocumentsError as error:
        return [item.span for item in error.diagnostics]
    return []


@settings(max_examples=400, deadline=None)
@given(st.lists(YAML_PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_no_text_gives_another_error(text: str) -> None:
    for span in _mistakes(text):
        assert 1 <= span.line <= len(text.split("\n"))
        assert 1 <= span.column <= span.end_column


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=200)
    | st.lists(YAML_PIECES).map(lambda found: "".join(found).encode("utf-8", "surrogatepass"))
)
def test_no_bytes_give_another_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    file.write_bytes(data)
    with suppress(InvalidDocumentsError):
        assert isinstance(read_document(file).root, Mapping)
