"""The forms in which `hklint lint` says what it found; each is a function of the findings alone."""

from collections.abc import Callable, Mapping

from hklint.cli.lint_formats import github, json_form, sarif, text
from hklint.linting.lint import Findings

RENDERERS: Mapping[str, Callable[[Findings], str]] = {
    "text": text.render,
    "json": json_form.render,
    "sarif": sarif.render,
    "github": github.render,
}
"""Every format by its name on the command line."""
