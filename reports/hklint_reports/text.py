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
_PIECE = re.compile(r"`[^`]+`|[(\"']+|[^\s`]*[^\s`).,;!?:]|[).,;!?:]+|`+|\s+")
_TICKS = re.compile("`+")
_PLAIN = re.compile(
    r"""[("']+|[("'.]*[^\W_](?:[^\W_]|[.,;!?%()/"'+=-])*|[).,;!?:]+|[-\u2013\u2014=+/]|\s+"""
)
_LINKED = re.compile(r"www\.|[a-z]-[0-9]|\b[0-9a-f]{7,40}\b", re.IGNORECASE)
"""What GitHub links though it looks like words: addresses, references, hashes of commits."""
_ITEM = re.compile(r"[0-9]+[.)](?: |$)|[^\w(\"'.]")
"""How a line begins that may begin a list, or underline what stands above it."""
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
    if "##" in shown:
        shown = _BUILD_COMMAND.sub(r"#\\x23", shown)
    return shown + cut


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


def markdown_code(text: str, limit: int = LIMIT) -> str:
    """A code span of GitHub's Markdown, in which nothing is a link, a mention or an emoji.

    Safe in a cell of a table too, where a bar would end the cell whatever stands before it.
    """
    shown = visible(text, limit).replace("|", r"\x7c")
    if not shown.strip():
        return '`""`'
    longest = max((len(ticks) for ticks in _TICKS.findall(shown)), default=0)
    fence, blank = "`" * (longest + 1), " " if longest or shown != shown.strip() else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def markdown_words(text: str, limit: int = LIMIT) -> str:
    """Prose on one line of GitHub's Markdown, of which nothing but prose can come.

    Ordinary words stand as they are. All others become code: beside markup that is what GitHub
    makes links of after the Markdown is read, such as `@team`, `#12`, `:smile:`, `GH-12` and the
    hashes of commits, and what autolinks are made of. What stands in backquotes is code already.
    """
    pieces: list[tuple[bool, str]] = []
    line = " ".join(visible(text, limit).split())
    for match in _PIECE.finditer(line):
        piece = match[0]
        is_item = not pieces and _ITEM.match(line) is not None
        is_code = not _is_plain(piece) or is_item
        if piece[0] == piece[-1] == "`" and piece.strip("`"):
            piece = piece[1:-1]
        if is_code and pieces and pieces[-1][0]:
            piece = pieces.pop()[1] + piece
        pieces.append((is_code, piece))
    return "".join(markdown_code(piece) if is_code else piece for is_code, piece in pieces)


def _is_plain(piece: str) -> bool:
    return _PLAIN.fullmatch(piece) is not None and _LINKED.search(piece) is None


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
