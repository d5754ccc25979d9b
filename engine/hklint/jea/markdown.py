"""Names and addresses in Markdown: shown as they are, whatever they hold."""

import re
from collections.abc import Iterable

_BACKTICKS = re.compile("`+")


def visible(text: str) -> str:
    """The text on one line; characters that can't be seen are written as in a Python literal."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def code(text: str) -> str:
    """A code span, in which nothing has a meaning; for the cell of a table as well."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(shown)), default=0))
    blank = " " if shown[:1] in {"", "`", " "} or shown[-1:] in {"`", " "} else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
