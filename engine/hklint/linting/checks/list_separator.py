"""HK615: an item of a list that begins or ends with a separator of another notation."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, operands, parts, texts_of
from hklint.messages import quoted
from hklint.span import Diagnostic

_SEPARATOR = re.compile(r"^[,;]|[,;]$")
_ITEM_OPERATORS = frozenset(
    {
        "equals",
        "not_equals",
        "one_of",
        "none_of",
        "contains",
        "excludes",
        "subset_of",
        "superset_of",
    }
)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Items of REG_MULTI_SZ with a comma or semicolon at an end."""
    for part in parts(scope):
        if part.keys.get("type") != "REG_MULTI_SZ":
            continue
        for path, operator, operand in operands(part):
            if operator not in _ITEM_OPERATORS:
                continue
            for place, item in texts_of(path, operand):
                if _SEPARATOR.search(item):
                    message = f"{quoted(item)} has the separator in it: items of a list have none"
                    yield part.warn(Code.LIST_SEPARATOR, message, "remove it", at=place)
