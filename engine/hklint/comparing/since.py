"""What became of verdicts since an earlier run: what a change did, and what it did not."""

from collections.abc import Iterable

from msgspec.structs import replace

from hklint.comparing.earlier import Earlier, Known, Was, learn
from hklint.comparing.effect import with_effect
from hklint.comparing.restarted import restarted
from hklint.judging.restart_due import waiting
from hklint.judging.restarts import restart_facts
from hklint.policy import Policy
from hklint.run import HostResult, Run
from hklint.sources.recorded import snapshot_from_document
from hklint.verdict import Outcome, SinceState, Verdict

_TROUBLE = (Outcome.FAIL, Outcome.UNKNOWN)


class Story:
    """Tells of each host what became of it since an earlier run, which is read once.

    Raises:
        UsageError: A snapshot of the earlier run is damaged.
    """

    def __init__(self, before: Run, policies: Iterable[Policy]) -> None:
        self._policies = {policy.id: policy for policy in policies}
        self._rules = {
            (policy.id, rule.info.id, rule.instance): rule
            for policy in self._policies.values()
            for rule in policy.rules
        }
        facts = {fact for rule in self._rules.values() for fact in restart_facts(rule.expectation)}
        self._known: Known = learn(before, {key[0] for key in self._rules}, facts)

    def told(self, result: HostResult) -> HostResult:
        """A host with marks of what became of its verdicts; one without an answer has none."""
        if result.failure is not None:
            return result
        earlier = self._known.find(result)
        if earlier is None or not earlier.reached:
            verdicts = tuple(_marked(verdict, None) for verdict in result.verdicts)
            since = "absent" if earlier is None else "not_reached"
            return replace(result, verdicts=verdicts, since=since)
        return replace(result, verdicts=self._compared(result, earlier), since="compared")

    def _compared(self, result: HostResult, earlier: Earlier) -> tuple[Verdict, ...]:
        before = {was.key: was for was in earlier.verdicts}
        anew = restarted(result, earlier.clock)
        found: list[Verdict] = []
        for verdict in result.verdicts:
            key = (verdict.policy, verdict.rule, verdict.instance)
            was, now = before.get(key), verdict
            if verdict.outcome is Outcome.PASS:
                now = with_effect(verdict, self._rules[key], was, earlier, anew)
                if now.effect == "unknown":
                    now = self._with_waiting(now, result)
            found.append(_marked(now, was))
        return tuple(found)

    def _with_waiting(self, verdict: Verdict, result: HostResult) -> Verdict:
        """The verdict, with why Windows waits for a restart besides, if it does."""
        assert result.snapshot is not None
        snapshot = snapshot_from_document(result.snapshot, result.host)
        besides = waiting(self._policies[verdict.policy], snapshot)
        if not besides:
            return verdict
        said = verdict.explanation
        means = (*said.means, f"Besides, Windows waits for a restart: {besides}")
        return replace(verdict, explanation=replace(said, means=means))


def _marked(verdict: Verdict, was: Was | None) -> Verdict:
    state = _state(verdict, was)
    return replace(verdict, since=state) if state else verdict


def _state(now: Verdict, was: Was | None) -> SinceState:
    """Not knowing is not failing: what turns from the one to the other is worse either way."""
    if now.outcome in _TROUBLE:
        if was is None:
            return "new"
        return "unchanged" if was.outcome is now.outcome else "worse"
    if now.effect:
        return "pending"
    if was is None:
        return ""
    if was.outcome in _TROUBLE and now.outcome is Outcome.NOT_APPLICABLE:
        return "gone"
    return "fixed" if was.outcome in _TROUBLE or was.effect else ""
