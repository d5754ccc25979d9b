"""Pages on words that no document defines: codes, outcomes, keys, failures, terms of reports."""

from collections.abc import Iterator

from hklint import codes, failure
from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import plain, wrapped
from hklint.codes import Code
from hklint.exit_code import MEANING as EXIT_MEANING
from hklint.facts.web_request import MEANING as REQUEST_MEANING
from hklint.failure import Reason
from hklint.language.schema import key_descriptions

OUTCOMES = {
    "pass": "The host is as the rule wants it.",
    "fail": "The host is surely not as the rule wants it.",
    "unknown": (
        "Nobody knows: a fact that decides could not be read, or Microsoft's texts don't settle "
        "what it means. It is never counted as a pass."
    ),
    "not_applicable": "The policy or rule is not about hosts like this one.",
}


TERMS = {
    "waived": (
        "A rule failed, and a waiver accepts that on this host for a time. The rule is judged and "
        "shown all the same; the failure does not count for the exit code."
    ),
    "waiver": (
        "Who accepted which failure on which hosts, why, and until when. `hklint waivers` lists "
        "those that have expired or soon will."
    ),
    "expired": "The time of a waiver is over: it waives nothing any more.",
    "unused": "A waiver for which nothing failed in this run: it may no longer be needed.",
    "instance": "One of the verdicts of a rule with for_each, such as RULE[view=32-bit].",
    "evidence": "The facts that a verdict rests on, as they were read.",
    "diagnosis": "The one cause behind a host's failures, as a model of the policy sees it.",
    "snapshot": "Everything that was read of one host, in a file that can be judged again later.",
    "withheld": (
        "The value is there. Its data were not kept, because rules only ask whether it is there."
    ),
    "not-allowed": (
        "Hosts may not be asked for this: a URL that nobody has allowed with --allow-url, or what "
        "the allow-list of an endpoint does not have. The verdict is unknown, never passed."
    ),
    "finding": "A verdict that failed and is not waived.",
    "coverage": "The rows of tables and the outcomes of rules that tests have met.",
}
"""Words of reports that name no thing of their own."""


def term_names(shelf: Shelf) -> dict[str, str]:
    """The words of reports."""
    del shelf
    return TERMS


def term_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a word of reports means."""
    del shelf
    if name in TERMS:
        yield "\n".join([f"word of reports: {name}", *wrapped(TERMS[name], "  ")])


def key_names(shelf: Shelf) -> dict[str, str]:
    """The keys of documents, each with one of its meanings."""
    del shelf
    return {key: meanings[0] for key, meanings in sorted(key_descriptions().items())}


def key_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a key of documents means, wherever it may stand."""
    del shelf
    for meaning in key_descriptions().get(name, ()):
        yield "\n".join([f"key of documents: {name}", *wrapped(meaning, "  ")])


def code_names(shelf: Shelf) -> dict[str, str]:
    """The codes of mistakes in documents with their headlines."""
    del shelf
    return {code.value: f"{code.slug} ({code.severity}): {code.headline}" for code in Code}


def code_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a code means, told by its number or its slug."""
    del shelf
    code = codes.find(name)
    if code is not None:
        yield "\n".join(plain(codes.page(code)))


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
    return {reason.value: failure.MEANING[reason] for reason in Reason}


def failure_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a failure means, and what to check here and on the host."""
    del shelf
    if name in [reason.value for reason in Reason]:
        yield "\n".join(plain(failure.page(Reason(name))))


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
