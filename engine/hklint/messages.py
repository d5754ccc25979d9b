"""Pieces of messages about documents: values as they are written, and what was meant."""

import difflib
import itertools
import re
from collections.abc import Iterable

MAX_COMPARED = 200
MAX_LISTED = 30
MAX_SHOWN = 80


def quoted(value: object) -> str:
    """A value as its author wrote it, on one line: texts in quotes, long ones cut."""
    match value:
        case None:
            return "an empty value"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            text = re.sub(r"\s", " ", value)
            return f"'{text[:MAX_SHOWN]}{'...' if len(text) > MAX_SHOWN else ''}'"
        case _:
            return str(value)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean 'state'?`, or the known words if none is near; "" if there are none.

    Only so many words are compared, and cut before, because that takes quadratic time.
    """
    names = list(itertools.islice(known, MAX_COMPARED))
    near = difflib.get_close_matches(word[:MAX_SHOWN], names, 1)
    if near:
        return f"did you mean {quoted(near[0])}?"
    more = ", ..." if len(names) > MAX_LISTED else ""
    return f"known are: {', '.join(names[:MAX_LISTED])}{more}" if names else ""
