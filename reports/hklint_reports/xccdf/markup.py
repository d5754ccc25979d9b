"""Elements as XCCDF and ARF have them, of text that may be hostile."""

from collections.abc import Iterable

from hklint_reports.text import log_line, xml_attribute, xml_text


def element(tag: str, text: str, /, **attributes: str) -> str:
    """An element on a line of its own."""
    given = "".join(f" {name}={xml_attribute(value)}" for name, value in attributes.items())
    return f"<{tag}{given}>{xml_text(text)}</{tag}>\n"


def lines_text(lines: Iterable[str]) -> str:
    """Content of several lines; none starts a command where a build server shows the file."""
    return "\n".join(xml_text(log_line(line)) for line in lines)
