"""XML from hosts: UTF-8 without document types, so without entities, and bounded all round.

expat alone would expand entities up to a hundred times the size of what was sent, and would follow
whatever encoding the text names.
"""

import xml.etree.ElementTree as ET

DEEPEST = 64
"""Levels of elements; an error record, the deepest message that Windows sends, has some fifteen."""
MOST_ELEMENTS = 10_000
"""Elements of one text; an error record has some hundred."""
_DOCUMENT_TYPE = "<!DOCTYPE"


class MarkupError(Exception):
    """A host sent what is no XML, or XML that no message has; the text says what."""


class UnsafeMarkupError(MarkupError):
    """It may be XML, and is made to exhaust whoever reads it."""


def parse(markup: bytes | str) -> ET.Element:
    """The root element of what a host sent.

    A document type is refused before a parser sees it. Bytes are UTF-8, as WinRM and PSRP send
    them, whatever the XML declaration says.

    Raises:
        MarkupError: It is no UTF-8 or no XML.
        UnsafeMarkupError: It has a document type, or too many elements, or is nested too deeply.
    """
    text = decode(markup) if isinstance(markup, bytes) else markup
    if _DOCUMENT_TYPE in text:
        raise UnsafeMarkupError("XML with a document type")
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - there are no entities to expand
    try:
        parser.feed(text)
        return parser.close()
    except (ET.ParseError, ValueError) as error:  # ValueError: half a character
        raise MarkupError(f"what is no XML ({type(error).__name__})") from None


def decode(markup: bytes) -> str:
    """The text of UTF-8 with or without a byte order mark. Raises MarkupError."""
    try:
        return markup.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MarkupError("XML that is not UTF-8") from None


class _Builder(ET.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise UnsafeMarkupError(f"XML of more than {DEEPEST} levels")
        if self._elements > MOST_ELEMENTS:
            raise UnsafeMarkupError(f"XML of more than {MOST_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)
