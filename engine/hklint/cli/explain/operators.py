"""Pages on operators, made from their docstrings."""

import inspect
from collections.abc import Iterator

from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import wrapped
from hklint.operators import NESTING, OPERATORS, Operator

_KINDS = {
    "number": "REG_DWORD, REG_QWORD and whole numbers",
    "version": "versions",
    "text": "REG_SZ, REG_EXPAND_SZ and texts",
    "list": "REG_MULTI_SZ",
    "bytes": "REG_BINARY and REG_NONE",
}
_EXAMPLE = "\nExample:\n"


def names(shelf: Shelf) -> dict[str, str]:
    """The operators with the first lines of their docstrings."""
    del shelf
    return {name: _text(item).partition("\n")[0] for name, item in OPERATORS.items()} | NESTING


def pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What an operator means, for which types it is, and an example."""
    del shelf
    if name in NESTING:
        yield f"operator {name}: {NESTING[name]}\n\nFor every type; it takes other operators."
    if name not in OPERATORS:
        return
    item = OPERATORS[name]
    head, _, rest = _text(item).partition("\n")
    text, _, example = rest.partition(_EXAMPLE)
    lines = [f"operator {name}: {head}", ""]
    lines += wrapped("For " + "; ".join(_KINDS[kind] for kind in item.kinds) + ".")
    if text.strip():
        lines += ["", *wrapped(text)]
    lines += ["", "Example", *("  " + line.strip() for line in example.strip().split("\n"))]
    yield "\n".join(lines)


def _text(item: Operator) -> str:
    return inspect.getdoc(item.allows) or ""
