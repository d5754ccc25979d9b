r"""Plain data to YAML text that hklint's own reader reads back as exactly the same.

Texts come from hosts, so nothing is left to how a reader might take a plain word: what is not
plainly a word is quoted, and what the reader refuses is not written at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from hklint.documents.yaml_tree import FORBIDDEN, named

Node = int | str | Sequence["Node"] | Mapping[str, "Node"]

MAX_KEY = 1000
"""Characters of a key as it is written; YAML allows 1024."""
_WIDTH = 100
_INDENT = "  "
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[\w./\\()+=;%$@*~^-]|:(?=[\w/\\])| (?=[\w./\\()+=;%$@*~^-]))*")
_LIKE_NUMBER = re.compile(r"[0-9][0-9a-fx_.:+tz -]*", re.IGNORECASE)
"""Numbers, times and dates, and what readers that follow YAML 1.1 take for one."""
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Plain words that are no texts to hklint or to readers that follow YAML 1.1."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class UnwritableError(Exception):
    """A text that no document can hold; the message says why."""


def inline(node: Node) -> str:
    """A node in one line, as it may stand behind a key or in brackets. Raises UnwritableError."""
    if isinstance(node, str):
        return _text(node)
    if isinstance(node, int):
        return str(node).lower()
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {inline(item)}" for key, item in node.items()) + "}"
    return "[" + ", ".join(map(inline, node)) + "]"


def block(node: Mapping[str, Node]) -> str:
    """A mapping as lines, with what fits on one line in brackets. Raises UnwritableError."""
    return "".join(f"{line}\n" for line in _mapping_lines(node))


def list_item(node: Mapping[str, Node]) -> str:
    """A mapping as lines, as one item of a list. Raises UnwritableError."""
    first, *others = _mapping_lines(node)
    return "".join(f"{line}\n" for line in (f"  - {first}", *(f"    {line}" for line in others)))


def comment(text: str) -> str:
    """A text from anywhere as one line of a comment, without what a document can't hold."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return "# " + FORBIDDEN.sub(" ", " ".join(shown.split()))


def _mapping_lines(node: Mapping[str, Node]) -> Iterator[str]:
    for key, item in node.items():
        written = _key(key)
        short = f"{written}: {inline(item)}"
        if _is_leaf(item) or (_is_flat(item) and len(short) <= _WIDTH):
            yield short
        elif isinstance(item, Mapping):
            yield f"{written}:"
            yield from (_INDENT + line for line in _mapping_lines(item))
        elif isinstance(item, Sequence):
            yield f"{written}:"
            yield from (_INDENT + line for line in _sequence_lines(item))


def _sequence_lines(node: Sequence[Node]) -> Iterator[str]:
    for item in node:
        short = f"- {inline(item)}"
        if isinstance(item, Mapping) and not (_is_flat(item) and len(short) <= _WIDTH):
            first, *others = _mapping_lines(item)
            yield f"- {first}"
            yield from (_INDENT + line for line in others)
        else:
            yield short


def _is_leaf(node: Node) -> bool:
    return isinstance(node, str | int) or not node


def _is_flat(node: Node) -> bool:
    if isinstance(node, str | int):
        return True
    return all(map(_is_leaf, node.values() if isinstance(node, Mapping) else node))


def _key(text: str) -> str:
    written = _text(text)
    if text == "<<":
        raise UnwritableError("the key << can't be written")
    if len(written) > MAX_KEY:
        raise UnwritableError(f"a key has at most {MAX_KEY} characters")
    return written


def _text(text: str) -> str:
    hit = FORBIDDEN.search(text.replace("\r\n", "\n"))
    if hit is not None:
        raise UnwritableError(f"{named(hit[0])} can't be written")
    if _PLAIN.fullmatch(text) and not _LIKE_NUMBER.fullmatch(text) and text.lower() not in _TAKEN:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
