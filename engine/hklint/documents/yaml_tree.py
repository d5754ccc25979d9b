"""YAML text to a tree: strict, without recursion, with the place of every part.

PyYAML's own loaders follow YAML 1.1 (`no` is false, `017` is 15), let the last of two equal keys
win, and recurse in C, so that deep nesting ends the process. This one builds the tree from
libyaml's events, reads scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/,
section 10.3.2), and refuses tags, anchors and aliases.
"""

import math
import re
import unicodedata
from typing import Any, NoReturn, Protocol

import yaml

from hklint.codes import Code
from hklint.span import Diagnostic, Span

MAX_DEPTH = 40
MAX_NUMBER_LENGTH = 32
MAX_DIAGNOSTICS = 100
MAX_PARTS = 1_000_000
"""Keys, values, and beginnings and ends of mappings and lists: about 200 MB in memory."""

# A reader must see the same text as hklint. (One class of characters is searched for much faster
# than alternatives are.)
FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"  # what YAML forbids, and a lone CR
    "\u2028\u2029"  # line ends to libyaml, but not to editors and git
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\xad\u061c\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f"  # what can't be seen
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
    "]"
)

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_COLON = "could not find expected ':'"
"""libyaml sees that only in the next line; the key stands where the context begins."""
_SYNTAX_HELP = {
    "found unknown escape character": "put texts with backslashes in single quotes, or in none",
    "mapping values are not allowed in this context": (
        "put a text that has ': ' in it in quotes, and begin all keys of a mapping in one column"
    ),
    "found character that cannot start any token": "put the text in quotes",
    _NO_COLON: "a key needs ': ' behind it",
}
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class Mapping(dict[str, Any]):
    """A mapping that knows the places of its keys and values."""

    __slots__ = ("at", "keys_at", "values_at")

    def __init__(self, at: Span) -> None:
        super().__init__()
        self.at = at
        self.keys_at: dict[str, Span] = {}
        self.values_at: dict[str, Span] = {}


class Sequence(list[Any]):
    """A sequence that knows the places of its items."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: Span) -> None:
        super().__init__()
        self.at = at
        self.items_at: list[Span] = []


class _Mark(Protocol):
    """A place in libyaml's terms: line and column from 0."""

    line: int
    column: int


class _StopReadingError(Exception):
    """The rest of the document would only give follow-up mistakes."""


class TreeBuilder:
    """Builds a tree from libyaml's events; `diagnostics` has what is wrong other than syntax."""

    def __init__(self, path: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._path = path
        self._root: object = None
        self._open: list[Mapping | Sequence] = []
        self._keys: list[tuple[str, Span] | None] = []
        self._documents = 0

    def build(self, text: str) -> object:
        """The root of the tree; what it holds is only complete without diagnostics."""
        try:
            for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
                if number > MAX_PARTS:
                    message = f"more than {MAX_PARTS:,} keys and values: split the document"
                    self._stop(event, message, Code.YAML_LIMIT)
                self._take(event)
        except _StopReadingError:
            pass
        except yaml.MarkedYAMLError as error:
            self._report_syntax(error, text)
        return self._root

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._refuse_decoration(event)
                span = self._span(event.start_mark, event.end_mark)
                if self._awaits_key():
                    self._take_key(event, span)
                else:
                    self._add(self._scalar(event, span), span)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_decoration(event)
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node = self._open.pop()
                self._keys.pop()
                self._add(node, node.at)
            case yaml.AliasEvent():
                self._stop(event, "aliases (*) are not allowed: write it out", Code.YAML_FEATURE)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(event, "only one document a file is allowed", Code.YAML_FEATURE)
            case _:
                pass

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], Mapping) and self._keys[-1] is None

    def _take_key(self, event: yaml.ScalarEvent, span: Span) -> None:
        mapping = self._open[-1]
        assert isinstance(mapping, Mapping)
        key: str = event.value
        self._refuse_escaped(event, span)
        if key == "<<":
            message = "merge keys (<<) are not allowed: write it out"
            self._report(span, message, code=Code.YAML_FEATURE)
        elif key in mapping:
            first = mapping.keys_at[key].line
            message = f"the key {key!r} is there twice, first in line {first}"
            self._report(span, message, code=Code.DUPLICATE_KEY)
        self._keys[-1] = (key, span)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if self._awaits_key():
            self._stop(event, "a key must be a single word or text", Code.YAML_FEATURE)
        if len(self._open) >= MAX_DEPTH:
            self._stop(event, f"nested deeper than {MAX_DEPTH} levels", Code.YAML_LIMIT)
        at = self._span(event.start_mark)
        self._open.append(
            Mapping(at) if isinstance(event, yaml.MappingStartEvent) else Sequence(at)
        )
        self._keys.append(None)

    def _add(self, value: object, at: Span) -> None:
        if not self._open:
            self._root = value
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.append(value)
            parent.items_at.append(at)
            return
        pending = self._keys[-1]
        assert pending is not None
        key, key_at = pending
        if key not in parent:
            parent[key], parent.keys_at[key], parent.values_at[key] = value, key_at, at
        self._keys[-1] = None

    def _scalar(self, event: yaml.ScalarEvent, span: Span) -> object:
        text: str = event.value
        if not event.implicit[0]:
            self._refuse_escaped(event, span)
            return text
        if text in _WORDS:
            return _WORDS[text]
        is_integer = _INTEGER.fullmatch(text) is not None
        if not is_integer and not _FLOAT.fullmatch(text):
            return text
        if len(text) > MAX_NUMBER_LENGTH:
            message = f"a number has at most {MAX_NUMBER_LENGTH} characters, this has {len(text)}"
            self._report(span, message, code=Code.YAML_LIMIT)
            return 0
        if is_integer:
            return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)
        number = float(text)
        if not math.isfinite(number):
            self._report(span, f"{text} is not a finite number", code=Code.YAML_LIMIT)
        return number

    def _refuse_escaped(self, event: yaml.ScalarEvent, span: Span) -> None:
        """Refuses characters that came into a text by an escape in double quotes."""
        if event.style != '"':
            return
        hit = FORBIDDEN.search(event.value.replace("\r\n", "\n"))
        if hit is not None:
            message = f"{named(hit[0][0])} is not allowed, not even as an escape"
            self._report(span, message, code=Code.HIDDEN_CHARACTER)

    def _refuse_decoration(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._stop(event, "anchors (&) are not allowed: write it out", Code.YAML_FEATURE)
        if event.tag is not None:
            message = f"the tag {event.tag!r} is not allowed: remove it"
            self._report(self._span(event.start_mark), message, code=Code.YAML_FEATURE)

    def _span(self, mark: _Mark | None, end: _Mark | None = None) -> Span:
        if mark is None:
            return Span(self._path, 1, 1, 2)
        line, column = mark.line, mark.column
        behind = end.column if end is not None and end.line == line else column + 1
        return Span(self._path, line + 1, column + 1, behind + 1)

    def _report_syntax(self, error: yaml.MarkedYAMLError, text: str) -> None:
        hint = _SYNTAX_HELP.get(error.problem or "", "")
        lines = text.rstrip().split("\n")
        no_colon = error.problem == _NO_COLON
        span = self._span(error.context_mark if no_colon else error.problem_mark)
        if span.line > len(lines):
            span = self._span(error.context_mark)
            hint = "what begins here never ends"
        if span.line > len(lines):
            column = len(lines[-1]) + 1
            span = Span(self._path, len(lines), column, column + 1)
        elif lines[span.line - 1][span.column - 1 : span.column] == "\t":
            hint = "a tab can't be used to indent: use spaces"
        parts = (error.context, error.problem)
        message = "not valid YAML: " + ", ".join(part for part in parts if part)
        self._report(span, message, hint, code=Code.YAML_SYNTAX)

    def _report(self, span: Span, message: str, hint: str = "", *, code: Code) -> None:
        if len(self.diagnostics) == MAX_DIAGNOSTICS:
            message = "there are more mistakes; mend these first"
            self.diagnostics.append(Diagnostic(span, message, "", Code.YAML_LIMIT))
            raise _StopReadingError
        self.diagnostics.append(Diagnostic(span, message, hint, code))

    def _stop(self, event: yaml.Event, message: str, code: Code) -> NoReturn:
        self._report(self._span(event.start_mark), message, code=code)
        raise _StopReadingError


def named(character: str) -> str:
    """A character that may not be shown, by number and name."""
    return f"character U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"
