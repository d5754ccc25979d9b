"""XML for the wire: built as elements, never as strings, and read without document types."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

Content = str | Iterable[ET.Element]


class MarkupError(ValueError):
    """A client sent what is no XML, or more of XML than this protocol has."""


def element(
    tag: str, content: Content = (), attributes: Mapping[str, str] | None = None
) -> ET.Element:
    """An element with text or children; the tag has its prefix in it, as it goes out."""
    made = ET.Element(tag, dict(attributes or {}))
    if isinstance(content, str):
        made.text = content
    else:
        made.extend(content)
    return made


def to_bytes(root: ET.Element) -> bytes:
    """An element as UTF-8, without an XML declaration."""
    return ET.tostring(root, encoding="unicode").encode()


def parse(data: bytes) -> ET.Element:
    """Reads what a client sent, with or without a byte order mark.

    A document type is refused before anything is parsed, so no entity is ever expanded.

    Raises:
        MarkupError: It is no UTF-8, no XML, or it has a document type.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MarkupError(f"not UTF-8: {error}") from None
    if "<!DOCTYPE" in text:
        raise MarkupError("a document type is not allowed here")
    try:
        return ET.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except ET.ParseError as error:
        raise MarkupError(f"not XML: {error}") from None
