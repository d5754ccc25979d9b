r"""Text from hosts is hostile: one function for each place where it can end up.

Every function takes any `str` that JSON can carry (NUL, escape sequences, marks of writing
direction, lone surrogates) and gives back text that is harmless there and still readable. What
must not be shown is spelled out, as `\x1b` or `\u202e`.
"""

import re
from xml.sax.saxutils import escape, quoteattr

LIMIT = 2000
"""Characters of one text that a report shows; the run file has all of them."""

_BUILD_COMMAND = re.compile(r"##(?=\[|vso)", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&~|$])")


def visible(text: str, limit: int = LIMIT) -> str:
    r"""One line for terminals and logs, without control, invisible or direction characters.

    GitHub's runner takes `##[` and Azure's agent `##vso` for a command anywhere in a line, so the
    second `#` is spelled out.
    """
    more = len(text) - limit
    cut = f"... [{more} more characters]" if more > 0 else ""
    shown = text[:limit]
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else _spelled(char) for char in shown)
    return _BUILD_COMMAND.sub(r"#\\x23", shown) + cut


def _spelled(char: str) -> str:
    if char.isascii():
        return f"\\x{ord(char):02x}"
    return char.encode("ascii", "backslashreplace").decode("ascii")


def log_line(line: str) -> str:
    """A finished line that starts no command of GitHub's runner, which skips leading blanks."""
    start = line.lstrip()
    return line.replace("::", r"\x3a:", 1) if start.startswith("::") else line


def encodable(text: str, encoding: str) -> str:
    """Text with everything spelled out that the encoding does not have."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def xml_text(text: str) -> str:
    """Content of an XML element, in ASCII: right in whatever encoding it is written."""
    return _ascii_xml(escape(visible(text)))


def xml_attribute(text: str) -> str:
    """An XML attribute's value, with its quotes."""
    return _ascii_xml(quoteattr(visible(text)))


def _ascii_xml(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def markdown(text: str) -> str:
    """Words in a Markdown paragraph: no links, images, HTML or emphasis come of them."""
    return _MARKDOWN.sub(r"\\\1", visible(text))


def sarif_message(text: str) -> str:
    """Plain text of a SARIF message, where `{0}` would be a placeholder and `[a](b)` a link.

    SARIF 2.1.0, 3.11.5 (braces are doubled) and 3.11.6 (embedded links).
    """
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", r"]\x28")


def one_line(text: str) -> str:
    """An author's paragraph, however it was broken into lines."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """An author's paragraph that ends as a sentence does."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) or not line else line + "."


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 rule`, `2 rules`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
