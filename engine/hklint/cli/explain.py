"""hklint explain: what a word in a report or a policy means."""

import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from hklint.exit_code import MEANING as EXIT_MEANING
from hklint.exit_code import Exit
from hklint.failure import ADVICE, Reason
from hklint.failure import MEANING as FAILURE_MEANING

if TYPE_CHECKING:
    from hklint.library import Library
    from hklint.model import Input, Model

WIDTH = 96

OUTCOMES = {
    "pass": "The host is as the rule wants it.",
    "fail": "The host is surely not as the rule wants it.",
    "unknown": (
        "Nobody knows: a fact that decides could not be read, or Microsoft's texts don't settle "
        "what it means. It is never counted as a pass."
    ),
    "not_applicable": "The policy or rule is not about hosts like this one.",
}

EXAMPLES = """\b
Examples:
  hklint explain exchange-store-addins      a policy
  hklint explain tls-1.2-client-usable      a rule
  hklint explain schannel-protocol          a model with its table
  hklint explain on-request                 a state that a model comes to
  hklint explain restart-due                the same, with the steps of a diagnosis
  hklint explain tls-refused                an outcome of a live request
  hklint explain authentication-failed      why a host gave no answer
  hklint explain exit-codes
"""


@click.command("explain", epilog=EXAMPLES)
@click.argument("what")
def explain_command(what: str) -> int:
    """Explain a policy, rule, model, state, outcome, failure or the exit codes."""
    from hklint.library import load, shipped_ids  # noqa: PLC0415 - only here

    library = load(shipped_ids(), {})
    pages = [page for find in PAGES for page in find(library, what)]
    if not pages:
        raise click.UsageError(
            f"nothing here is called {what!r}. There are policies "
            f"({', '.join(library.policies)}), their rules, models ({', '.join(library.models)}), "
            "their states, outcomes, failures and exit-codes."
        )
    click.echo("\n\n".join(pages))
    return Exit.PASSED


def _policies(library: "Library", what: str) -> Iterator[str]:
    policy = library.policies.get(what)
    if policy is None:
        return
    rules = {rule.info.id: rule.info for rule in policy.rules}
    lines = [f"policy {policy.id} {policy.version}: {policy.title}", policy.path, ""]
    lines += [
        f"For hosts whose {condition.fact.field} is {condition.wanted}."
        for condition in policy.conditions
    ]
    lines += [
        f"Parameter {name} = {value}   (change it with --set {name}=...)"
        for name, value in policy.parameters.items()
    ]
    lines += [
        "",
        "Rules",
        *(f"  {info.severity:9}{info.id}: {info.title}" for info in rules.values()),
    ]
    if policy.diagnosis is not None:
        lines += ["", f"The cause of failures is told by the model {policy.diagnosis.model.id}."]
    yield "\n".join(lines)


def _rules(library: "Library", what: str) -> Iterator[str]:
    for policy in library.policies.values():
        instances = [rule for rule in policy.rules if rule.info.id == what]
        if instances:
            info = instances[0].info
            lines = [
                f"rule {info.id}: {info.title}",
                f"{info.span}, policy {policy.id}, severity {info.severity}",
                "",
                *_wrapped(info.why),
            ]
            if info.remedy:
                lines += ["", "What to do", *_wrapped(info.remedy, "  ")]
            if info.references:
                lines += ["", "Sources"]
                lines += [f"  {item.title}\n    {item.url}" for item in info.references]
            yield "\n".join(lines)


def _models(library: "Library", what: str) -> Iterator[str]:
    model = library.models.get(what)
    if model is None:
        return
    lines = [f"model {model.id}: {model.title}", model.span.path, ""]
    for name, allowed in model.parameters.items():
        lines.append(f"Parameter {name}: {' | '.join(map(str, allowed)) if allowed else 'any'}")
    lines += ["", "Inputs"]
    lines += [f"  {item.name}: {_asks(item)}" for item in model.inputs]
    lines += ["", "States"]
    for state in model.states.values():
        doubt = " (in doubt)" if state.doubt else ""
        lines += [f"  {state.name}{doubt}", *_wrapped(state.means, "      ")]
    lines += ["", f"Table: every combination meets exactly one of these {len(model.rows)} rows"]
    lines += [line for row in _rows(model) for line in row]
    yield "\n".join(lines)


def _states(library: "Library", what: str) -> Iterator[str]:
    for model in library.models.values():
        state = model.states.get(what)
        if state is not None:
            doubt = " (in doubt: a rule is unknown)" if state.doubt else ""
            lines = [
                f"state {what} of model {model.id}{doubt}",
                *_wrapped(state.means, "  "),
            ]
            if state.next:
                lines += ["", "What to do"]
                lines += [line for step in state.next for line in _wrapped(step, "  ")]
            yield "\n".join(lines)


def _asks(item: "Input") -> str:
    from hklint.model import FactInput, RequestInput  # noqa: PLC0415 - only here

    match item:
        case FactInput():
            cases = ", ".join(case.name for case in item.cases)
            return f"{item.fact} ({item.type}) - {cases}"
        case RequestInput():
            return f"{item.fact} - {', '.join(dict.fromkeys(item.case_of.values()))}"
        case _:
            return f"state of {item.model.id} - {', '.join(item.model.states)}"


def _rows(model: "Model") -> Iterator[list[str]]:
    for row in model.rows:
        when = ", ".join(f"{name}: {' | '.join(sorted(words))}" for name, words in row.when.items())
        yield [
            "",
            *_wrapped(f"{row.number}. {when or 'anything'}", "  "),
            f"     -> {row.state}",
            *_wrapped(row.because, "     "),
        ]


def _words(library: "Library", what: str) -> Iterator[str]:
    from hklint.facts.web_request import MEANING  # noqa: PLC0415 - only here

    del library
    if what in OUTCOMES:
        yield "\n".join([f"outcome of a rule: {what}", *_wrapped(OUTCOMES[what], "  ")])
    for outcome, meaning in MEANING.items():
        if what == outcome:
            yield "\n".join([f"outcome of a live request: {what}", *_wrapped(meaning, "  ")])
    if what in [reason.value for reason in Reason]:
        reason = Reason(what)
        lines = [f"why a host gave no answer: {what}", *_wrapped(FAILURE_MEANING[reason], "  ")]
        yield "\n".join([*lines, "", "What to do", *_wrapped(ADVICE[reason], "  ")])
    if what == "exit-codes":
        yield "\n".join(f"{code.value}  {text}" for code, text in EXIT_MEANING.items())


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


PAGES: tuple[Callable[["Library", str], Iterator[str]], ...] = (
    _policies,
    _rules,
    _models,
    _states,
    _words,
)
"""Where a word is looked up; it may be found in several places."""
