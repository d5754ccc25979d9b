"""Texts that have to come out of an XML file just as they went in."""

import re
from xml.sax.saxutils import escape

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets), the other way round."""
_BLANKS = " \t\n\r"
_SPELLED = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", "##": "#&#35;"}


def is_carried(text: str) -> bool:
    """Whether a text comes out of an XML file as it went in.

    XML has no NUL, no other control characters and no lone surrogates, and OpenSCAP 1.3.7 reads a
    text of nothing but blanks as an empty one.
    """
    return _NOT_XML.search(text) is None and (not text or text.strip(_BLANKS) != "")


def exact_xml(text: str) -> str:
    """A text that is carried as the content of an element, in ASCII; no build server acts on it."""
    return escape(text, _SPELLED).encode("ascii", "xmlcharrefreplace").decode("ascii")
