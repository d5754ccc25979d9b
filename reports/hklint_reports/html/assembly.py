"""The page's parts: templates, one style, one script, and the security policy that names both."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from hklint_reports.text import one_line, visible

STYLES = ("page.css", "verdicts.css", "print.css")
SCRIPTS = ("data.js", "draw.js", "filter.js", "rules.js", "hosts.js", "matrix.js", "main.js")
FOLDER = files("hklint_reports.html") / "assets"


def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="ascii")


def style() -> Markup:
    """The style sheet, in one piece."""
    return _inline(STYLES)


def script() -> Markup:
    """The script, in one piece."""
    return _inline(SCRIPTS)


def _inline(names: tuple[str, ...]) -> Markup:
    """Assets of ours, which hold no `</`."""
    return Markup("\n".join(_asset(name).strip() for name in names))  # noqa: S704 - our own files


def security_policy(the_style: str, the_script: str) -> str:
    """A policy that lets exactly these two run, and nothing be loaded (CSP Level 3, 2.3.1).

    Browsers take hashes of the text between the tags.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_source(the_style)}'",
            f"script-src '{_source(the_script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("ascii")).digest()).decode()


def _shown(value: object) -> object:
    """What a template writes: text is spelled out, what a template made stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Environment:
    """Templates that escape everything, and know every name that they use."""
    made = Environment(
        autoescape=True,
        finalize=_shown,
        loader=FunctionLoader(_asset),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(thousands=_thousands, one_line=one_line, lines=_lines)
    return made


def _thousands(number: int) -> str:
    return f"{number:,}"


def _lines(texts: Iterable[str]) -> Markup:
    """Lines as they stand in a `pre` element."""
    return Markup("\n").join(visible(text) for text in texts)
