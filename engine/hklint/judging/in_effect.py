"""Whether what passes is in effect, as far as one host tells: live requests against the registry.

No place of Windows notes that a value of Schannel or .NET was changed and waits for a restart. But
a live request may not do what the values say, which a policy's diagnosis knows.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from hklint.judging.explain import diagnosis_of
from hklint.judging.restarts import restart_facts, table_restart_facts
from hklint.judging.table import evaluate
from hklint.policy import Policy
from hklint.snapshot import Snapshot
from hklint.verdict import Diagnosis, Effect, Outcome, Verdict

RESTART = "Restart the computer, then check again."
SET_BUT: dict[Effect, str] = {
    "pending": "Set, but takes effect after a restart.",
    "unknown": "Set, but whether it is in effect is not known.",
}
"""What explanations of passes that are not in effect begin with."""


def against_requests(
    verdicts: Iterable[Verdict], policy: Policy, diagnosis: Diagnosis | None, snapshot: Snapshot
) -> Iterator[Verdict]:
    """The verdicts of a policy, with what its diagnosis says of their being in effect.

    That is said of passes by values that need a restart and that the diagnosis rests on as well.
    """
    effect = _effect(policy, diagnosis)
    if not effect or diagnosis is None or policy.diagnosis is None:
        yield from verdicts
        return
    doubted = table_restart_facts(policy.diagnosis)
    concerned = {
        (rule.info.id, rule.instance)
        for rule in policy.rules
        if restart_facts(rule.expectation) & doubted
    }
    already = waits_already(policy, snapshot)
    for verdict in verdicts:
        is_one = (verdict.rule, verdict.instance) in concerned
        if verdict.outcome is Outcome.PASS and is_one:
            means = f"{SET_BUT[effect]} {diagnosis.sentence}"
            yield not_in_effect(verdict, effect, (means,), (RESTART, *already))
        else:
            yield verdict


def not_in_effect(
    verdict: Verdict, effect: Effect, means: Iterable[str], then: Iterable[str]
) -> Verdict:
    """A verdict that passes, marked, with more to say and to do; nothing is said twice."""
    said = verdict.explanation
    return replace(
        verdict,
        effect=effect,
        explanation=replace(
            said,
            means=tuple(dict.fromkeys((*said.means, *means))),
            then=tuple(dict.fromkeys((*said.then, *then))),
        ),
    )


def waits_already(policy: Policy, snapshot: Snapshot) -> tuple[str, ...]:
    """Says that Windows waits for a restart anyway, and why; empty if not, or if not known.

    That tells nothing of other values: neither that they are in effect, nor that they are not.
    """
    wait = policy.waits_for_restart
    if wait is None:
        return ()
    found = diagnosis_of(policy.id, evaluate(wait.table, snapshot))
    if found.state not in wait.states:
        return ()
    return (f"A restart is due anyway, and one serves both: {found.sentence}",)


def _effect(policy: Policy, diagnosis: Diagnosis | None) -> Effect:
    if policy.diagnosis is None or diagnosis is None or not diagnosis.state:
        return ""
    return policy.diagnosis.model.states[diagnosis.state].effect
