"""Text as PowerShell reads it: literals, and files."""

import re

_QUOTES = re.compile("['\N{LEFT SINGLE QUOTATION MARK}-\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}]")
"""What PowerShell takes for a single quote (CharExtensions.IsSingleQuote in its tokenizer)."""

ENCODING = "utf-8-sig"
"""Windows PowerShell 5.1 reads a file without a byte order mark in the system's code page."""


def ps_literal(text: str) -> str:
    """A single-quoted literal: nothing in it is expanded, and a quote in it is written twice."""
    return f"'{_QUOTES.sub(lambda quote: 2 * quote[0], text)}'"


def with_windows_lines(text: str) -> str:
    """The text with the line ends that every editor on Windows knows."""
    return text.replace("\n", "\r\n")
