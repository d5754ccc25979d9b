"""Audits at random through hosts with random faults: each ends in time, in the truth or a failure.

A failure of this test says which case it was: `pytest tests/chaos --chaos-seed SEED:NUMBER` plays
that one alone, and `--chaos-seed SEED` all of them again. `make chaos` plays thousands.
"""

import gc
import resource
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hklint.credentials import Passwords
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered, gather
from hklint.judging.plan import facts_needed
from hklint.lab.wire import WsmanServer
from hklint.snapshot import Snapshot
from hklint.sources import Cancellation, Options
from hklint.target import WsmanTarget

pytestmark = pytest.mark.chaos

AUDITS = {"some": 300, "full": 6000}
AT_ONCE = 8
ROUND = 250
GRACE = 1.5
"""Seconds beyond the deadline that a busy machine may need."""
LONGEST_DETAIL = 600
MANY_ROUNDS = 8
MORE = 32
"""Megabytes: 10 KB for each audit; what the system's allocator keeps goes up and down by less."""
ALWAYS_MET = {
    *(Reason.TIMED_OUT, Reason.PROTOCOL_ERROR, Reason.CONNECTION_LOST, Reason.COLLECTOR_FAILED),
}
"""What some audit in some hundred always ends in; where none does, the cases are no good."""
LEFT_OPEN = "could not be closed"


class Machine:
    """A machine of the lab, whose collector does what a case says."""

    def __init__(self, machine: Any, script: Any) -> None:  # noqa: ANN401 - the lab's, and the kit's
        self.name = machine.name
        self.powershell = machine.powershell
        self.accounts = machine.accounts
        self.is_collector = machine.is_collector
        self._machine, self._script = machine, script

    def collect(self, request: str, user: str, stopped: threading.Event) -> str:
        return self._script(lambda: self._machine.collect(request, user, stopped), stopped)


class Played(msgspec.Struct):
    """A case that was played: what it ended in, and the shells that are left."""

    case: Any
    gathered: Gathered
    shells: int

    @property
    def ended_in(self) -> str:
        result = self.gathered.result
        return str(result.reason) if isinstance(result, Failure) else "answered"


def play(case: Any, world: Any, kit: SimpleNamespace) -> Played:  # noqa: ANN401 - see the kit
    host = world.hosts[case.host]
    machine = Machine(host.machine, kit.SCRIPTS[case.script])
    endpoint = kit.CONFIGURATIONS[case.configuration](machine.collect)
    with WsmanServer(
        machine,
        tls=world.certificates[case.certificate] if case.tls else None,
        client_ca=world.ca if case.tls else None,
        client_certificates={"audit": host.account},
        authentication=("Negotiate", "Basic", "CredSSP"),
        allow_unencrypted=case.authentication == "basic",
        max_shells=case.max_shells,
        clock_skew=case.clock_skew,
        endpoints={case.configuration: endpoint},
        faults=case.faults,
    ) as server:
        scheme = "psrps" if case.tls else "psrp"
        name = f"{scheme}://127.0.0.1:{server.port}"
        target = WsmanTarget("127.0.0.1", server.port, case.tls, None, name)
        options = options_of(case, world)
        timer = threading.Timer(case.cancelled_after or 0.0, options.cancellation.cancel)
        if case.cancelled_after is not None:
            timer.start()
        (gathered,) = gather([target], facts_needed(world.policies[case.policy]), options, 1)
        timer.cancel()
        return Played(case, gathered, len(server.open_shells()))


def options_of(case: Any, world: Any) -> Options:  # noqa: ANN401 - see the kit
    host, client = world.hosts[case.host], world.certificates["of a client"]
    own = case.authentication == "certificate"
    return Options(
        passwords=Passwords({"HKLINT_PASSWORD": host.password}),
        user=host.account,
        authentication=case.authentication,
        ca_file=world.ca if case.tls else None,
        certificate_file=client.certificate if own else None,
        certificate_key_file=client.key if own else None,
        configuration=case.configuration,
        deadline=case.deadline,
        connect_timeout=1.0,
        request_timeout=case.request_timeout,
        retries=case.retries,
        allow_unencrypted=frozenset({"127.0.0.1"} if case.authentication == "basic" else ()),
        cancellation=Cancellation(),
    )


# -- what must be so -------------------------------------------------------------------------------


def wrong_with(played: Played, world: Any, kit: SimpleNamespace) -> Iterator[str]:  # noqa: ANN401 - see the kit
    case, result = played.case, played.gathered.result
    longest = case.deadline
    if case.cancelled_after is not None:
        longest = min(longest, case.cancelled_after + 2.0)
    if played.gathered.seconds > longest + GRACE:
        yield f"it took {played.gathered.seconds} s instead of {longest:.1f}"
    if isinstance(result, Failure):
        yield from wrong_failure(case, result, world.hosts[case.host].password)
    else:
        yield from wrong_answer(case, result, world, kit)
    told = case.denies or not isinstance(result, Failure) or LEFT_OPEN in result.detail
    if played.shells and not told:
        yield f"{played.shells} shells are left, and nobody is told: {result}"


def wrong_answer(case: Any, snapshot: Snapshot, world: Any, kit: SimpleNamespace) -> Iterator[str]:  # noqa: ANN401 - see the kit
    truth = world.truth(case.host, case.policy)
    seen = kit.truth_in(snapshot, world.policies[case.policy])
    if case.certificate != "good" and case.tls:
        yield "a certificate that is not good was accepted"
    if case.lies:
        return
    for fact in truth.observations.keys() | seen.observations.keys():
        right, found = truth.observations.get(fact), seen.observations.get(fact)
        if right != found:
            yield f"{fact} is {right} and was taken for {found}"
    if seen.outcomes != truth.outcomes:
        yield "it was judged otherwise than the truth"


def wrong_failure(case: Any, failure: Failure, password: str) -> Iterator[str]:  # noqa: ANN401 - see the kit
    if failure.reason is Reason.INTERNAL_ERROR:
        yield f"a bug: {failure}"
    if case.plain:
        yield f"nothing is wrong, and it failed: {failure}"
    if password in repr(failure):
        yield "the password shows"
    if len(failure.detail) > LONGEST_DETAIL or failure.detail.splitlines() != [failure.detail]:
        yield f"a detail that is no short line: {failure.detail[:2000]!r}"


def is_leak(played: Played) -> bool:
    """Whether a shell is left though making, finding and deleting it went well."""
    at_fault = played.case.all_faults.keys() & {"authenticate", "create", "delete"}
    return bool(played.shells) and not at_fault


# -- all of them -----------------------------------------------------------------------------------


def test_audits_end_in_the_truth_or_in_a_failure(
    world: Any,  # noqa: ANN401 - see the kit
    kit: SimpleNamespace,
    chaos_seed: str,
    pytestconfig: pytest.Config,
) -> None:
    number = AUDITS[pytestconfig.getoption("--chaos")]
    seeds = [f"{chaos_seed}:{each}" for each in range(number)]
    if ":" in chaos_seed:
        seeds = [chaos_seed]
    before = left_open()
    ended: Counter[str] = Counter()
    wrong: list[str] = []
    leaks: list[str] = []
    sizes: list[int] = []

    def one(seed: str) -> tuple[Played, list[str]]:
        played = play(world.draw(seed), world, kit)
        return played, list(wrong_with(played, world, kit))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(seeds), ROUND):
            some = seeds[start : start + ROUND]
            for seed, (played, complaints) in zip(some, pool.map(one, some), strict=True):
                ended[played.ended_in] += 1
                about = f"--chaos-seed {seed}: {{}}\n    {played.case}".format
                wrong += map(about, complaints)
                if is_leak(played):
                    leaks.append(about(f"a shell is left: {played.gathered.result}"))
            sizes.append(resident_size())
    print(dict(ended.most_common()), f"{sizes} MB")  # noqa: T201 - shown with -s, and on a failure
    assert not wrong, "\n".join([f"--chaos-seed {chaos_seed}, {len(wrong)} wrong:", *wrong])
    # A machine so busy that a shell could not be deleted in a quarter of a second is no leak.
    assert len(leaks) <= len(seeds) / 50, "\n".join(leaks)
    assert settled(before), left_open()
    if len(sizes) > MANY_ROUNDS:
        half = len(sizes) // 2
        assert median(sizes[half:]) < median(sizes[:half]) + MORE, sizes
    if len(seeds) > ROUND:
        assert {"answered", *ALWAYS_MET} <= ended.keys()


def resident_size() -> int:
    """Megabytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() // 1_000_000


def left_open() -> tuple[set[str], int]:
    """The threads that run, and how many files are open."""
    gc.collect()
    return {thread.name for thread in threading.enumerate()}, len(
        [*Path("/proc/self/fd").iterdir()]
    )


def settled(before: tuple[set[str], int]) -> bool:
    """Whether no thread and no file is left; a thread that was left to itself may take a moment."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        threads, files = left_open()
        if threads <= before[0] and files <= before[1]:
            return True
        time.sleep(0.1)
    return False
