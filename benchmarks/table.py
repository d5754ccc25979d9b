"""Figures as plain tables: the first column to the left, numbers to the right."""

from collections.abc import Sequence

import click


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table under its title."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    click.echo(f"\n{title}")
    for row in (head, *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        click.echo("  " + "  ".join(cells))


def ratio(figure: float, reference: float) -> str:
    """How many times the reference a figure is."""
    return f"{figure / reference:.2f} x"
