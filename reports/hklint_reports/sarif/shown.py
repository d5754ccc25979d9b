"""Texts made harmless, and remembered: most stand in the results of every host."""

from functools import lru_cache

from hklint_reports.text import sarif_message, visible

_SHORT = 500
"""Characters of a text that is worth remembering, and does not fill the memory."""
_REMEMBERED = 10_000

_visible = lru_cache(_REMEMBERED)(visible)
_message = lru_cache(_REMEMBERED)(sarif_message)


def shown(text: str) -> str:
    """A text as `visible` has it."""
    return _visible(text) if len(text) <= _SHORT else visible(text)


def said(text: str) -> str:
    """A text as `sarif_message` has it."""
    return _message(text) if len(text) <= _SHORT else sarif_message(text)
