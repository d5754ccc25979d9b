"""Running tests: each host is judged, and what came is compared with what was expected."""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from hklint import __version__
from hklint.clock import now
from hklint.fact import Unreadable
from hklint.fold import fold
from hklint.judging import show
from hklint.judging.evaluate import judge, unmet_condition
from hklint.judging.explain import diagnosis_of, explain
from hklint.judging.table import TableResult, evaluate
from hklint.policy import Policy
from hklint.policy_tests.across import judged_across
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.coverage import Met, coverage
from hklint.policy_tests.expected import NOT_APPLICABLE, UNKNOWN, Expected, Wanted, rule_name
from hklint.policy_tests.linked import Case, Suite
from hklint.policy_tests.load import Loaded
from hklint.policy_tests.results import CaseResult, Mismatch, Results, SuiteResult
from hklint.snapshot import Snapshot


def run(loaded: Loaded, selected: str = "", required: float | None = None) -> Results:
    """Runs all cases, or those whose name, or whose document's id, has the selected text in it.

    Coverage is only measured of all; `required` is the percentage that is asked for.
    """
    started, begun = now(), time.monotonic()
    met = Met()
    results = [run_suite(suite, met) for suite in map(_selector(selected), loaded.suites)]
    return Results(
        __version__,
        started,
        time.monotonic() - begun,
        tuple(result for result in results if result.cases),
        None if selected else coverage(loaded.policies, loaded.models, met),
        required,
        loaded.documents,
    )


def _selector(text: str) -> Callable[[Suite], Suite]:
    def select(suite: Suite) -> Suite:
        if fold(text) in fold(suite.id):
            return suite
        cases = tuple(case for case in suite.cases if fold(text) in fold(case.name))
        return msgspec.structs.replace(suite, cases=cases)

    return select


def run_suite(suite: Suite, met: Met) -> SuiteResult:
    """Runs the cases of a document, and notes what they meet."""
    begun = time.monotonic()
    cases = tuple(run_case(suite, case, met) for case in suite.cases)
    policy = "" if suite.policy is None else suite.policy.id
    seconds = time.monotonic() - begun
    return SuiteResult(suite.id, suite.title, policy, suite.path, seconds, cases)


def run_case(suite: Suite, case: Case, met: Met) -> CaseResult:
    """Runs one case, and notes what it meets as expected."""
    host = case.host
    snapshot = host if isinstance(host, Snapshot) else snapshot_of(case.name, host, suite.request)
    expected = case.expected
    found = [*_states(suite, expected, snapshot, met)]
    if suite.policy is not None:
        others = [snapshot_of(name, stated, suite.request) for name, stated in case.group]
        found += _verdicts(suite.policy, expected, snapshot, others, met)
        found += _diagnosis(suite.policy, expected, snapshot, met)
    found.sort(key=lambda item: (item.span.line, item.span.column))
    number = len(expected.verdicts) + len(expected.states) + (expected.diagnosis is not None)
    return CaseResult(case.name, case.span, number, tuple(found))


def _verdicts(
    policy: Policy,
    expected: Expected,
    snapshot: Snapshot,
    others: Sequence[Snapshot],
    met: Met,
) -> Iterator[Mismatch]:
    if not expected.verdicts:
        return
    across = judged_across(policy, snapshot, others)
    for judgement in judge(policy, snapshot):
        name = rule_name(judgement.rule)
        wanted = expected.verdicts.get(name)
        if wanted is None:
            continue
        verdict = across.get(name)
        outcome = judgement.outcome if verdict is None else verdict.outcome
        if outcome == wanted.word:
            met.outcomes.add((policy.id, name, outcome))
            if isinstance(judgement.basis, TableResult):
                met.table(judgement.basis)
        else:
            verdict = verdict or explain(judgement, policy, snapshot)
            yield Mismatch(name, wanted.word, str(outcome), wanted.span, verdict)


def _states(suite: Suite, expected: Expected, snapshot: Snapshot, met: Met) -> Iterator[Mismatch]:
    for item in expected.states:
        result = evaluate(item.table, snapshot)
        if _comes_to(result, item.wanted):
            met.table(result)
        else:
            policy = "" if suite.policy is None else suite.policy.id
            yield _other_state(item.table.subject, item.wanted, result, policy)


def _diagnosis(
    policy: Policy, expected: Expected, snapshot: Snapshot, met: Met
) -> Iterator[Mismatch]:
    wanted = expected.diagnosis
    if wanted is None or policy.diagnosis is None:
        return
    unmet = unmet_condition(policy.conditions, snapshot)
    if unmet is not None:
        got = UNKNOWN if isinstance(unmet[1], Unreadable) else NOT_APPLICABLE
        if wanted.word != got:
            yield Mismatch("diagnosis", wanted.word, got, wanted.span, None)
        return
    result = evaluate(policy.diagnosis, snapshot)
    if _comes_to(result, wanted):
        met.table(result)
    else:
        yield _other_state("diagnosis", wanted, result, policy.id)


def _comes_to(result: TableResult, wanted: Wanted) -> bool:
    if wanted.word in result.table.model.states:
        return result.states == frozenset({wanted.word})
    return wanted.word == UNKNOWN and len(result.states) != 1


def _other_state(about: str, wanted: Wanted, result: TableResult, policy: str) -> Mismatch:
    states = sorted(result.states)
    got = states[0] if len(states) == 1 else f"{UNKNOWN} ({' or '.join(states)})"
    found = diagnosis_of(policy, result)
    read = show.read_lines(found.evidence)
    return Mismatch(about, wanted.word, got, wanted.span, found, read)
