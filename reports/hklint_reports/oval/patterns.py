r"""Patterns as OVAL has them: Perl's, in OpenSCAP those of the library PCRE.

They begin with `\A` and end with `\z`, so that the whole text has to match: `$` would let a line
break stand behind the end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from hklint.fold import fold

NOTHING = "(?!)"
"""The pattern that no text matches."""
_LAST_WITH_CASE = 0x1EFFF
"""No alphabet with capital and small letters lies above it in Unicode."""


def whole(pattern: str) -> str:
    """The pattern of all texts that match this one from their beginning to their end."""
    return rf"(?s)\A(?:{pattern})\z"


def either(texts: Iterable[str], *, exact: bool) -> str:
    """The pattern of any of these texts."""
    return "|".join(literal(text, exact=exact) for text in texts)


def literal(text: str, *, exact: bool) -> str:
    """The pattern of a text, which is folded unless `exact`, in pure ASCII."""
    return "".join(_letter(char, exact=exact) for char in text)


def _letter(char: str, *, exact: bool) -> str:
    if "\ud800" <= char <= "\udfff":
        return NOTHING  # in no text that UTF-8 can hold
    spellings = [char] if exact else _spellings(char)
    return _spelled(char) if spellings == [char] else f"[{''.join(map(_spelled, spellings))}]"


def _spelled(char: str) -> str:
    return char if char.isascii() and char.isalnum() else f"\\x{{{ord(char):x}}}"


def _spellings(char: str) -> list[str]:
    """Every character that folds to this one."""
    if char.isascii() and fold(char) == char:
        return sorted({char, char.upper()})
    return _foldings().get(char, [char])


@cache
def _foldings() -> Mapping[str, list[str]]:
    """The characters beyond ASCII by what they fold to."""
    found: dict[str, list[str]] = defaultdict(list)
    for char in map(chr, range(0x80, _LAST_WITH_CASE + 1)):
        found[fold(char)].append(char)
    return found


_QUOTED = re.compile(
    r"\\Q.*?(?:\\E|\Z)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\[^CPpv1-9]", re.DOTALL
)
"""Quoted text, a class of characters, and escapes that mean the same everywhere."""
_DIFFERENT = re.compile(r"\\|\$(?!\Z)|\(\?[A-Za-z]*m")
_DIFFERENT_IN_CLASS = re.compile(r"\\[CPpv1-9]")


def reads_alike(pattern: str) -> bool:
    r"""Whether PCRE reads a pattern of RE2 as RE2 does.

    Not alike are `$` before the end, lines (`(?m)`), `\v`, `\C`, back-references, and properties
    of characters (`\pL`), which the two have from different versions of Unicode. See
    https://github.com/google/re2/wiki/Syntax and pcrepattern(3).
    """
    rest = _QUOTED.sub(" ", pattern)
    return not _DIFFERENT.search(rest) and not any(
        _DIFFERENT_IN_CLASS.search(part) for part in _QUOTED.findall(pattern) if part[0] == "["
    )
