"""XML from hosts: read without document types, so without entities, and only so deep.

expat alone would expand entities up to a hundred times the size of what was sent.
"""

import xml.etree.ElementTree as ET
from typing import NoReturn

DEEPEST = 64
"""Levels of elements; an error record, the deepest message that Windows sends, has some fifteen."""


class MarkupError(Exception):
    """A host sent what is no XML, or XML that no message has; the text says what."""


class UnsafeMarkupError(MarkupError):
    """It is XML, and made to exhaust whoever reads it."""


def parse(markup: bytes | str) -> ET.Element:
    """The root element of what a host sent.

    Raises:
        MarkupError: It is no XML.
        UnsafeMarkupError: It has a document type, or is nested too deeply.
    """
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - the builder refuses document types
    try:
        parser.feed(markup)
        root = parser.close()
    except (ET.ParseError, LookupError, ValueError) as error:  # unknown and impossible encodings
        raise MarkupError(f"what is no XML ({type(error).__name__})") from None
    return root


def refuse_unsafe(text: str) -> None:
    """Raises UnsafeMarkupError; what is no XML at all is no danger."""
    try:
        parse(text)
    except UnsafeMarkupError:
        raise
    except MarkupError:
        return


class _Builder(ET.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        raise UnsafeMarkupError("XML with a document type")

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnsafeMarkupError(f"XML of more than {DEEPEST} levels")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)
