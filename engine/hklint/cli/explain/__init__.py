"""hklint explain: what a word in a report, a policy or a profile means."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click
import msgspec

from hklint.cli.explain import models, operators, policies, profiles, rules, words
from hklint.cli.explain.run import explain_run
from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import listed
from hklint.documents.files import is_path
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.linking.parameters import parse_settings
from hklint.messages import suggestion

MAX_COMPARED = 80
NEAR_NAMES_SHOWN = 3

EXAMPLES = """\b
Examples:
  hklint explain exchange-store-addins      a policy
  hklint explain tls-1.2-client-usable      a rule
  hklint explain schannel-protocol          a model with its table
  hklint explain on-request                 a state that a model comes to
  hklint explain restart-due                the same, with the steps of a diagnosis
  hklint explain tls-refused                an outcome of a live request
  hklint explain authentication-failed      why a host gave no answer
  hklint explain HK401                      what `hklint lint` found
  hklint explain absent                     a key of policies
  hklint explain waived                     a word of reports

\b
Say what kind of thing you mean, or name the kind alone for a list:
  hklint explain profile exchange-2019
  hklint explain profile my-profile.yaml --set store_url=https://store.corp.example
  hklint explain operator at_least
  hklint explain operator
  hklint explain exit-codes

\b
How a verdict of a recorded run came about, and what would turn it:
  hklint explain run.jsonl --host EX01 --rule tls-1.2-client-usable
"""


class Kind(msgspec.Struct, frozen=True):
    """A kind of things: what they are, their names each with a line, and the pages on a name."""

    about: str
    names: Callable[[Shelf], Mapping[str, str]]
    pages: Callable[[Shelf, str], Iterable[str]]


KINDS = {
    "policy": Kind("rules that belong together", policies.names, policies.pages),
    "profile": Kind("a choice of rules, with parameters", profiles.names, profiles.pages),
    "rule": Kind("one thing that must be so", rules.names, rules.pages),
    "model": Kind("what a combination of facts means", models.names, models.pages),
    "state": Kind("what a model comes to", models.state_names, models.state_pages),
    "operator": Kind("how a value is compared", operators.names, operators.pages),
    "key": Kind("what a key of documents means", words.key_names, words.key_pages),
    "code": Kind("a mistake in a document", words.code_names, words.code_pages),
    "outcome": Kind("what comes of a rule or a request", words.outcome_names, words.outcome_pages),
    "failure": Kind("why a host gave no answer", words.failure_names, words.failure_pages),
    "term": Kind("a word of reports", words.term_names, words.term_pages),
    "exit-code": Kind("how a command ends", words.exit_code_names, words.exit_code_pages),
}
"""Where a word is looked up; it may be found in several places."""


@click.command("explain", epilog=EXAMPLES)
@click.argument("what", nargs=-1, metavar="[KIND] WORD")
@click.option(
    "--in",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Look in this policy, model or profile of your own as well. Repeatable.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="[POLICY.]NAME=VALUE",
    help="Show policies and profiles with this value of a parameter. Repeatable.",
)
@click.option("--host", metavar="HOST", help="Of a recorded run: the host.")
@click.option("--rule", metavar="RULE", help="Of a recorded run: the rule.")
@click.option("--instance", metavar="INSTANCE", help="Of the rule: this instance only.")
def explain_command(
    what: tuple[str, ...],
    files: tuple[Path, ...],
    settings: tuple[str, ...],
    host: str | None,
    rule: str | None,
    instance: str | None,
) -> int:
    """Explain a policy, profile, rule, model, state, operator, key, code, outcome or failure.

    WORD is the name of one of these, or the path of a policy, profile or model of your own. A KIND
    alone lists what there is.

    Of a recorded run (RUN.jsonl) with --host and --rule: the way from the facts to the verdict, and
    the nearest changes that would turn it.
    """
    is_run = len(what) == 1 and what[0].endswith(".jsonl")
    if is_run or host or rule or instance:
        if not is_run:
            raise UsageError("--host and --rule go with a recorded run: hklint explain RUN.jsonl")
        return explain_run(what[0], host, rule, instance)
    name = what[-1] if what else ""
    paths = [Path(name)] if is_path(name) else []
    shelf = Shelf([*files, *paths], parse_settings(settings))
    for file in files:
        shelf.name_of(file)
    match what:
        case ():
            lines = ["What can be explained; name one of these for a list", ""]
            lines += listed({kind: item.about for kind, item in KINDS.items()})
        case (kind,) if _singular(kind) in KINDS:
            lines = listed(KINDS[_singular(kind)].names(shelf))
        case (word,):
            lines = _found(shelf, list(KINDS), word)
        case (kind, word) if _singular(kind) in KINDS:
            lines = _found(shelf, [_singular(kind)], word)
        case (kind, _):
            raise UsageError(f"there is no kind {kind!r}; {suggestion(kind, KINDS)}")
        case _:
            raise UsageError(
                "name one word, or a kind and a word; put a name with blanks in quotes"
            )
    click.echo("\n".join(lines))
    return Exit.PASSED


def _singular(kind: str) -> str:
    return "policy" if kind == "policies" else kind.removesuffix("s")


def _found(shelf: Shelf, kinds: list[str], word: str) -> list[str]:
    """All pages on a word, and how to narrow them down. Raises UsageError if there is none."""
    if is_path(word):
        kind, name = shelf.name_of(Path(word))
        if kind not in kinds:
            raise UsageError(f"{word}: its kind is {kind}, on which there are no pages here")
        kinds, word = [kind], name
    found = {kind: list(KINDS[kind].pages(shelf, word)) for kind in kinds}
    there = [kind for kind, pages in found.items() if pages]
    if not there:
        known = {name for kind in kinds for name in KINDS[kind].names(shelf)}
        what = (
            f"there is no {kinds[0]} {word!r}" if len(kinds) == 1 else f"nothing is called {word!r}"
        )
        more = f"hklint explain {kinds[0]}" if len(kinds) == 1 else "hklint explain"
        near = difflib.get_close_matches(word[:MAX_COMPARED], sorted(known), NEAR_NAMES_SHOWN)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else "."
        raise UsageError(f"{what}{hint} For a list: {more}")
    lines = ["\n\n".join(page for pages in found.values() for page in pages)]
    if len(there) > 1:
        lines += ["", f"To see one of them: hklint explain {' or '.join(there)}, then {word}"]
    return lines
