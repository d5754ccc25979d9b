"""Rules that compare hosts, judged for the group of a case."""

from collections.abc import Mapping, Sequence

from hklint.judging.consistency import Groups, compares, consistency
from hklint.judging.evaluate import judge
from hklint.judging.explain import explain
from hklint.policy import Policy
from hklint.run import HostResult
from hklint.snapshot import Snapshot
from hklint.verdict import Verdict


def judged_across(
    policy: Policy, snapshot: Snapshot, others: Sequence[Snapshot]
) -> Mapping[str, Verdict]:
    """The verdicts on a host that depend on the others of its group, by their names."""
    if not compares([policy]):
        return {}
    groups = Groups(())
    results = [_result(policy, host) for host in (snapshot, *others)]
    for result in results:
        groups.add(result)
    return {verdict.name: verdict for verdict in groups.judged(results[0]).verdicts}


def _result(policy: Policy, snapshot: Snapshot) -> HostResult:
    verdicts = tuple(
        explain(judgement, policy, snapshot)
        for judgement in judge(policy, snapshot)
        if consistency(judgement) is not None
    )
    return HostResult(snapshot.host, "", "", "", 0, None, None, (), verdicts)
