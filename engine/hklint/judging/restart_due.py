"""A restart that is due: Windows notes it, or a live request contradicts the registry."""

from collections.abc import Iterable

from msgspec.structs import replace

from hklint.judging.basis import deciding_rows
from hklint.judging.evaluate import judge_expectation, unmet_condition
from hklint.judging.plan import table_facts
from hklint.judging.restarts import restart_facts
from hklint.judging.table import TableResult, evaluate
from hklint.policy import Policy
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Outcome, Verdict

_SAYS = {
    "pending": "Set, but takes effect after a restart",
    "unknown": "Set, but perhaps not in effect before a restart",
}
RESTART = "Restart the computer, then check again."


def waiting(policy: Policy, snapshot: Snapshot) -> str:
    """Why Windows waits for a restart, whatever it was begun for.

    "" if it does not, as far as it is known.
    """
    if policy.waits_for_restart is None:
        return ""
    outcome, basis = judge_expectation(policy.waits_for_restart, snapshot)
    if outcome is not Outcome.PASS or not isinstance(basis, TableResult):
        return ""
    return next(deciding_rows(basis)).because


def with_effect(
    verdicts: Iterable[Verdict], policy: Policy, snapshot: Snapshot
) -> tuple[Verdict, ...]:
    """A policy's verdicts, where its diagnosis says that values are not in effect yet.

    That is told of what passes by values that it looks at too, and that need a restart.
    """
    marked = tuple(verdicts)
    table = policy.diagnosis
    if table is None or unmet_condition(policy.conditions, snapshot) is not None:
        return marked
    result = evaluate(table, snapshot)
    effects = {table.model.states[state].effect for state in result.states}
    if len(effects) != 1 or effects == {""}:
        return marked
    (effect,) = effects
    looked_at = frozenset(map(lookup_key, table_facts(table)))
    concerned = {
        (rule.info.id, rule.instance)
        for rule in policy.rules
        if not looked_at.isdisjoint(restart_facts(rule.expectation))
    }
    why = next(deciding_rows(result)).because
    means = [f"{_SAYS[effect]}. {why}"]
    if besides := waiting(policy, snapshot):
        means.append(f"Besides, Windows waits for a restart: {besides}")
    return tuple(
        replace(
            verdict,
            effect=effect,
            explanation=replace(
                verdict.explanation,
                means=(*verdict.explanation.means, *means),
                then=(*verdict.explanation.then, RESTART),
            ),
        )
        if verdict.outcome is Outcome.PASS and (verdict.rule, verdict.instance) in concerned
        else verdict
        for verdict in marked
    )
