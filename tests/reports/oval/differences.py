"""Where OpenSCAP is known to come to something else than hklint, and why.

It is always that OpenSCAP cannot say: nowhere does it pass what hklint fails, or the reverse.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from hklint.fact import Present
from hklint.registry_test import RegistryTest
from hklint.verdict import Outcome
from hklint_reports.oval.characteristics import LONGEST_MATCHED
from hklint_reports.oval.exact import is_carried

SAME: dict[Outcome, set[str]] = {
    Outcome.PASS: {"true"},
    Outcome.FAIL: {"false"},
    Outcome.UNKNOWN: {"unknown", "error"},
    Outcome.NOT_APPLICABLE: {"not applicable"},
}
"""What results of OpenSCAP say the same as an outcome."""
SIGNED = 2**63 - 1


class Difference(NamedTuple):
    """Verdicts that pass or fail, and for which OpenSCAP has a `result` that says neither."""

    what: str
    result: Literal["unknown", "error"]
    why: str
    is_it: Callable[[RegistryTest, Present], bool]


def _texts(seen: Present) -> tuple[str, ...]:
    return seen.value if isinstance(seen.value, tuple) else (str(seen.value),)


def _has_blank(_: RegistryTest, seen: Present) -> bool:
    return any(text and not text.strip(" \t\r\n") for text in _texts(seen))


def _has_no_xml(test: RegistryTest, seen: Present) -> bool:
    return not all(map(is_carried, _texts(seen))) and not _has_blank(test, seen)


def _has_empty_item(_: RegistryTest, seen: Present) -> bool:
    return isinstance(seen.value, tuple) and "" in seen.value


def _is_too_long(test: RegistryTest, seen: Present) -> bool:
    return _matches(test) and len(str(seen.value)) > LONGEST_MATCHED


def _is_hard(test: RegistryTest, seen: Present) -> bool:
    return _matches(test) and len(str(seen.value)) <= LONGEST_MATCHED


def _matches(test: RegistryTest) -> bool:
    return any(asked.kind == "matches" for way in test.ways for asked in way)


def _is_above_signed(test: RegistryTest, seen: Present) -> bool:
    numbers: list[Any] = [seen.value, *(asked.operand for way in test.ways for asked in way)]
    return test.type == "REG_QWORD" and max(numbers) > SIGNED


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "A text has a character that XML 1.0 has not: NUL and most other control characters, "
        "U+FFFE, U+FFFF, a lone surrogate.",
        "unknown",
        "The characteristics have its type and leave out its data.",
        _has_no_xml,
    ),
    Difference(
        "A text, or an item of a list, is nothing but blanks.",
        "unknown",
        "OpenSCAP reads it as an empty text, so its data are left out.",
        _has_blank,
    ),
    Difference(
        "A list has an empty text in it.",
        "unknown",
        "An empty list is written as one empty text, for OVAL has no other way; so that the two "
        "are not mixed up, the data of this one are left out.",
        _has_empty_item,
    ),
    Difference(
        "A text of more than 2,000 characters is to match a pattern.",
        "unknown",
        "Long texts and nested repetitions make OpenSCAP's patterns run out of stack, and it "
        "crashes; so the data are left out.",
        _is_too_long,
    ),
    Difference(
        "A pattern takes too many steps, such as `(a+)+` for `aaaa...b`.",
        "error",
        "OpenSCAP's patterns try one way after the other, and give up; hklint's (RE2) take time in "
        "proportion to the text.",
        _is_hard,
    ),
    Difference(
        "A REG_QWORD is 2^63 or more, or the rule names such a number.",
        "error",
        "OpenSCAP's numbers have 64 bits with a sign.",
        _is_above_signed,
    ),
)
