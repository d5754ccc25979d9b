"""Which findings are shown: options of the command line, and comments in documents.

Only warnings can be left out. An error makes its document unusable, whoever looks away.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hklint.codes import Code, find
from hklint.documents.document import Document
from hklint.errors import UsageError
from hklint.messages import suggestion
from hklint.span import Diagnostic, Span

_PREFIX = re.compile(r"HK[0-9]{0,3}", re.IGNORECASE)
_COMMENT = re.compile(r"#\s*hklint:\s*allow\s+(HK[0-9]{3}\b(?:[\s,]+HK[0-9]{3}\b)*)")
"""What a person may write: codes first, then why."""
_CODE = re.compile(r"HK[0-9]{3}")
_OVER_DOCUMENTS = frozenset({Code.CONTRADICTION, Code.WAIVER_OVERLAP})
"""What is found only where the other document is looked at as well."""


class Choice(msgspec.Struct, frozen=True):
    """The codes of warnings that are shown; errors always are."""

    shown: frozenset[Code] = frozenset(Code)

    def has(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is shown."""
        return diagnostic.code.severity == "error" or diagnostic.code in self.shown


def choose(select: Sequence[str], ignore: Sequence[str]) -> Choice:
    """What `--select` and `--ignore` leave. Raises UsageError for codes that there are not."""
    selected = _codes("--select", select) if select else frozenset(Code)
    ignored = _codes("--ignore", ignore)
    for text in _split(ignore):
        if all(code.severity == "error" for code in _codes("--ignore", [text])):
            raise UsageError(
                f"--ignore {text}: an error can't be ignored, it makes its document unusable; only "
                "warnings can"
            )
    return Choice(selected - ignored)


def _codes(option: str, texts: Sequence[str]) -> frozenset[Code]:
    found: set[Code] = set()
    for text in _split(texts):
        named = find(text)
        if named is not None:
            found.add(named)
            continue
        meant = {code for code in Code if code.startswith(text.upper())}
        if not meant or not _PREFIX.fullmatch(text):
            known = suggestion(text, [*Code, *(code.slug for code in Code)])
            raise UsageError(f"{option} {text}: there is no such code; {known}")
        found |= meant
    return frozenset(found)


def _split(texts: Iterable[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def without_allowed(
    diagnostics: Sequence[Diagnostic], documents: Iterable[Document]
) -> Iterator[Diagnostic]:
    """The findings without warnings that a comment allows, in the line or alone in the line above.

    A comment that allows what is not found is a finding itself.
    """
    allowed = {
        (document.path, line, code): span
        for document in documents
        for line, code, span in _allowed(document)
    }
    used: set[tuple[str, int, Code]] = set()
    for item in diagnostics:
        key = item.span.path, item.span.line, item.code
        if key in allowed and item.code.severity == "warning":
            used.add(key)
        else:
            yield item
    for key in allowed.keys() - used:
        code = key[2]
        if code in _OVER_DOCUMENTS:
            continue
        message = f"{code} is allowed here, and not found here"
        if code.severity == "error":
            message = f"{code} is an error, which no comment can allow"
        yield Diagnostic(allowed[key], message, "remove it", Code.IDLE_COMMENT)


def _allowed(document: Document) -> Iterator[tuple[int, Code, Span]]:
    """The lines for which a code is allowed, and where the comment names it."""
    for number, line in enumerate(document.text.split("\n"), 1):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        alone = line.lstrip().startswith("#")
        for hit in _CODE.finditer(line, comment.start(1), comment.end(1)):
            code = find(hit[0])
            if code is not None:
                span = Span(document.path, number, hit.start() + 1, hit.end() + 1)
                yield number + alone, code, span
