"""Pages on the verdicts of a recorded run: how each came about, and what would turn it."""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hklint.cli.explain.text import wrapped
from hklint.cli.recorded_library import recorded_library
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.fact import RegistryValue
from hklint.judging import show
from hklint.judging.consistency import who_has_what
from hklint.judging.counterfactual import Counterfactual, Nearest, Supposed, nearest
from hklint.judging.evaluate import Judgement, judge
from hklint.judging.explain import explain
from hklint.judging.table import TableResult
from hklint.judging.way import TableStep, table_steps
from hklint.run import HostResult, Run
from hklint.snapshot import Snapshot
from hklint.sources.recorded import snapshot_from_document
from hklint.verdict import Outcome, Verdict
from hklint_reports.json_lines import open_run
from hklint_reports.text import visible

NEAR = 3
MOST_SHOWN = 8
_TURNS = {
    Outcome.PASS: (Outcome.FAIL,),
    Outcome.FAIL: (Outcome.PASS,),
    Outcome.UNKNOWN: (Outcome.PASS, Outcome.FAIL),
    Outcome.NOT_APPLICABLE: (),
}


def explain_run(path: str, host: str | None, rule: str | None, instance: str | None) -> Exit:
    """Prints the pages on a rule's verdicts on a host. Raises UsageError."""
    run, result, snapshot = recorded_host(path, host)
    library = recorded_library(run.header)
    names = list(dict.fromkeys(verdict.rule for verdict in result.verdicts))
    if rule is None or rule not in names:
        raise UsageError(f"{path}: name a --rule of the run{_near(rule, names)}")
    found = [
        (policy, judgement)
        for policy in library.policies.values()
        for judgement in judge(policy, snapshot)
        if judgement.rule.info.id == rule and instance in {None, judgement.rule.instance}
    ]
    if not found:
        own = [item.instance for item in result.verdicts if item.rule == rule]
        raise UsageError(f"{path}: the rule has no such --instance{_near(instance, own)}")
    recorded = {(item.policy, item.rule, item.instance): item for item in result.verdicts}
    for policy, judgement in found:
        verdict = recorded.get((policy.id, rule, judgement.rule.instance))
        if verdict is None:
            continue
        if verdict.consistency is not None:
            click.echo("\n".join(_page(verdict, judgement, snapshot)))
        elif verdict.outcome is judgement.outcome:
            page = _page(explain(judgement, policy, snapshot), judgement, snapshot)
            click.echo("\n".join(page))
        else:
            raise UsageError(f"{path}: judged again, {rule} is not what was recorded")
    return Exit.PASSED


def recorded_host(path: str, host: str | None) -> tuple[Run, HostResult, Snapshot]:
    """A host of a recorded run with its facts. Raises UsageError."""
    try:
        run = open_run(Path(path))
        results = list(run.hosts)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    found = [item for item in results if host is None or item.host.casefold() == host.casefold()]
    if len(found) != 1:
        raise UsageError(f"{path}: name one --host{_near(host, [it.host for it in results])}")
    if found[0].snapshot is None:
        raise UsageError(f"{path}: {found[0].host} was not reached: there is nothing to explain")
    return run, found[0], snapshot_from_document(found[0].snapshot, path)


def _near(word: str | None, names: list[str]) -> str:
    near = difflib.get_close_matches(word or "", names, NEAR) or names[:MOST_SHOWN]
    return f", such as {', '.join(map(repr, near))}" if near else ""


def _page(verdict: Verdict, judgement: Judgement, snapshot: Snapshot) -> Iterator[str]:
    yield visible(f"{verdict.name}: {verdict.title}")
    yield visible(f"  on {snapshot.host}: {verdict.outcome.replace('_', ' ')}")
    yield from ("", "Facts")
    yield from (visible(f"  {line}") for line in verdict.explanation.read)
    if isinstance(judgement.basis, TableResult):
        for step in dict.fromkeys(table_steps(judgement.basis)):
            yield from ("", *_table(step))
    if verdict.consistency is not None:
        yield from ("", "The hosts of its group")
        yield from (visible(f"  {line}") for line in who_has_what(verdict.consistency))
    yield from ("", "Verdict")
    reason = f" ({verdict.reason})" if verdict.reason else ""
    found = f"expected {verdict.wanted}, found {verdict.found or 'nothing'}{reason}"
    yield from wrapped(visible(f"{found}: {verdict.outcome.replace('_', ' ')}"), "  ")
    if _TURNS[judgement.outcome] and not (judgement.not_judged or verdict.consistency):
        yield from ("", "What would turn it")
        for outcome in _TURNS[judgement.outcome]:
            yield from _nearest(nearest(judgement.rule, snapshot, outcome))
    yield ""


def _table(step: TableStep) -> Iterator[str]:
    yield visible(f"{step.model} ({step.subject}): {' or '.join(step.states)}")
    for item in step.inputs:
        yield visible(f"  {item.name} is {' or '.join(item.cases)}: {item.asks}: {item.shown}")
    for row in step.rows:
        yield visible(f"  row {row.number} of {row.of}, {row.span.path}:{row.span.line}")
        yield from wrapped(visible(row.because), "    ")


def _nearest(item: Nearest) -> Iterator[str]:
    word = {Outcome.PASS: "would pass", Outcome.FAIL: "would fail"}[item.outcome]
    if not item.found:
        tried = "" if item.complete else ", and not all pairs were tried"
        yield f"  No change of one or two facts was found with which it {word}{tried}."
        return
    sentences = [f"{word} if {text}" for text in _joined(item.found)]
    for text in sentences[:MOST_SHOWN]:
        yield from wrapped(visible(text), "  ")
    if more := len(sentences) - MOST_SHOWN:
        yield from [f"  ... and {more} more"] if more > 0 else []


def _joined(found: Iterable[Counterfactual]) -> list[str]:
    """Single changes of one fact in one sentence, others each in its own."""
    single: dict[str, list[str]] = {}
    pairs: list[str] = []
    for one in found:
        if len(one) == 1:
            single.setdefault(_name(one[0]), []).append(_data(one[0]))
        else:
            pairs.append(" and ".join(f"{_name(it)} were {_data(it)}" for it in one))
    return [f"{name} were {' or '.join(dict.fromkeys(data))}" for name, data in single.items()] + (
        pairs
    )


def _name(item: Supposed) -> str:
    fact = item.fact
    if isinstance(fact, RegistryValue):
        return f"{fact.value or '(default)'} of {fact.hive}\\{fact.key} [{fact.view}]"
    return str(fact)


def _data(item: Supposed) -> str:
    shown = show.show(item.seen)
    cases = [name for name in item.cases if name != shown]
    return f"{shown} (case {' and '.join(cases)})" if cases else shown
