"""References: pages that a rule rests on, as links where that is safe."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hklint.run import Reference
from hklint_reports.text import one_line

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][!-~]{0,2000})?")
"""An address that names its host plainly: no account before it, no letters but ASCII's."""


class Link(NamedTuple):
    """A reference; `address` is "" where it is shown as text only."""

    title: str
    shown: str
    address: str


def links(references: Iterable[Reference]) -> Iterator[Link]:
    """References in the order of the rule."""
    for page in references:
        address = page.url if _ADDRESS.fullmatch(page.url) else ""
        yield Link(one_line(page.title), page.url, address)
