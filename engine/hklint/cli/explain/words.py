"""Pages on words that no document defines: codes, outcomes, failures, exit codes."""

from collections.abc import Iterator

from hklint import codes
from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import wrapped
from hklint.codes import Code
from hklint.exit_code import MEANING as EXIT_MEANING
from hklint.facts.web_request import MEANING as REQUEST_MEANING
from hklint.failure import ADVICE, Reason
from hklint.failure import MEANING as FAILURE_MEANING

OUTCOMES = {
    "pass": "The host is as the rule wants it.",
    "fail": "The host is surely not as the rule wants it.",
    "unknown": (
        "Nobody knows: a fact that decides could not be read, or Microsoft's texts don't settle "
        "what it means. It is never counted as a pass."
    ),
    "not_applicable": "The policy or rule is not about hosts like this one.",
}


def code_names(shelf: Shelf) -> dict[str, str]:
    """The codes of mistakes in documents with their headlines."""
    del shelf
    return {code.value: f"{code.slug} ({code.severity}): {code.headline}" for code in Code}


def code_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a code means, told by its number or its slug."""
    del shelf
    code = codes.find(name)
    if code is not None:
        yield codes.page(code).rstrip()


def outcome_names(shelf: Shelf) -> dict[str, str]:
    """The outcomes of rules and of live requests."""
    del shelf
    return OUTCOMES | {str(name): _sentence(text) for name, text in REQUEST_MEANING.items()}


def outcome_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What an outcome means."""
    del shelf
    if name in OUTCOMES:
        yield "\n".join([f"outcome of a rule: {name}", *wrapped(OUTCOMES[name], "  ")])
    for outcome, meaning in REQUEST_MEANING.items():
        if name == outcome:
            text = wrapped(_sentence(meaning), "  ")
            yield "\n".join([f"outcome of a live request: {name}", *text])


def failure_names(shelf: Shelf) -> dict[str, str]:
    """The reasons why a host gave no answer."""
    del shelf
    return {reason.value: FAILURE_MEANING[reason] for reason in Reason}


def failure_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a failure means, and what to do about it."""
    del shelf
    if name in [reason.value for reason in Reason]:
        reason = Reason(name)
        lines = [f"why a host gave no answer: {name}", *wrapped(FAILURE_MEANING[reason], "  ")]
        yield "\n".join([*lines, "", "What to do", *wrapped(ADVICE[reason], "  ")])


def exit_code_names(shelf: Shelf) -> dict[str, str]:
    """The exit codes."""
    del shelf
    return {str(code.value): text for code, text in EXIT_MEANING.items()}


def exit_code_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What an exit code means."""
    found = exit_code_names(shelf)
    if name in found:
        yield "\n".join([f"exit code {name}", *wrapped(_sentence(found[name]), "  ")])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."
