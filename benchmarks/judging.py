"""Rules judged in a second, from a snapshot that is there."""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.generated import write_host, write_policy
from benchmarks.table import ratio, show
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete
from hklint.failure import Failure
from hklint.judging.evaluate import judge
from hklint.judging.explain import explain
from hklint.judging.plan import facts_needed
from hklint.lab.lab import Lab, LabHost
from hklint.linking.library import load
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source
from hklint.sources.answer import parse_answer

HEAD = ("", "rules", "judged /s", "judged and explained /s", "explained / judged")
SHIPPED = "exchange-store-addins"
VALUES = "member-server-network"
MANY = 500


def run(*, quick: bool) -> None:
    """Measures and prints."""
    rounds = 5 if quick else 25
    rows: list[Sequence[str]] = []
    with tempfile.TemporaryDirectory() as name:
        generated = write_policy(Path(name), MANY)
        host = write_host(Path(name), MANY)
        with Lab(["ex2016-healthy", "ex2016-blocked", host]) as lab:
            for label, policy_name, host_id in (
                (f"{SHIPPED}, healthy host", SHIPPED, "ex2016-healthy"),
                (f"{SHIPPED}, blocked host", SHIPPED, "ex2016-blocked"),
                (f"{VALUES}, a bare host", VALUES, "ex2016-healthy"),
                ("registry values, half of them wrong", str(generated), host.stem),
            ):
                (policy,) = load([policy_name], {}).policies.values()
                rows.append(_row(label, policy, _snapshot(lab.hosts[host_id], policy), rounds))
    show(f"Rules a second of CPU, from a snapshot (medians of {rounds} rounds)", HEAD, rows)


def _row(label: str, policy: Policy, snapshot: Snapshot, rounds: int) -> Sequence[str]:
    count = len(policy.rules)

    def judged() -> int:
        return len(list(judge(policy, snapshot)))

    def explained() -> int:
        return len([explain(item, policy, snapshot) for item in judge(policy, snapshot)])

    fast, slow = _seconds_a_rule(judged, rounds), _seconds_a_rule(explained, rounds)
    return label, str(count), f"{1 / fast:,.0f}", f"{1 / slow:,.0f}", ratio(slow, fast)


def _seconds_a_rule(work: Callable[[], int], rounds: int) -> float:
    times: list[float] = []
    for _ in range(rounds):
        done, begun = 0, time.process_time()
        while done < MANY:
            done += work()
        times.append((time.process_time() - begun) / done)
    return median(times)


def _snapshot(host: LabHost, policy: Policy) -> Snapshot:
    """The snapshot that a run would take of this host, without the wire."""
    request = to_request(facts_needed([policy]))
    answer = parse_answer(host.collect(json.dumps(request)))
    assert not isinstance(answer, Failure), answer
    full = complete(answer, request["registry"])
    source = Source("psrp", host.id, host.account, "none", "0" * 64)
    return Snapshot(host.id, "2026-01-01T00:00:00Z", source, full, read_answer(full))
