"""Options under headings, for commands that have too many for one list."""

from typing import Any

import click

_OTHERS = "Other options"
_WIDEST = 30
"""Columns for the names of options; the help of a longer one begins in the next line."""


class SectionOption(click.Option):
    """An option that stands under a heading in the help of a `SectionCommand`."""

    def __init__(self, *args: Any, section: str, **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **attributes)
        self.section = section


class SectionCommand(click.Command):
    """A command whose help has its options under their headings, and those without one last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, in columns that are the same under all headings."""
        sections: dict[str, list[tuple[str, str]]] = {}
        others: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is None:
                continue
            if isinstance(parameter, SectionOption):
                sections.setdefault(parameter.section, []).append(record)
            else:
                others.append(record)
        for title, ((name, text), *more) in {**sections, _OTHERS: others}.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(_WIDEST), text), *more], col_max=_WIDEST)
