"""`python -m benchmarks.client`: asks one host again and again and measures its own CPU time.

It takes a `Job` as JSON on standard input and writes `Figures` as JSON. The kinds of session take
turns, so that whatever else the machine does meets all of them alike.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, cast

import msgspec
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from benchmarks.host import SHORT, Place
from hklint import audit, collector
from hklint.cli.allowed_urls import allowed_urls
from hklint.credentials import Passwords
from hklint.facts import to_request
from hklint.failure import Failure
from hklint.fleet import gather
from hklint.judging.plan import facts_needed
from hklint.linking.library import load
from hklint.sources import Options, collect
from hklint.target import WsmanTarget

Way = Literal["http", "https"]


class Job(msgspec.Struct, frozen=True):
    """What is measured: `rounds` of `sessions` of each kind, after a first round that is not."""

    place: Place
    way: Way
    policy: str
    rounds: int
    sessions: int


class Figures(msgspec.Struct, frozen=True):
    """CPU milliseconds a session, one figure a round.

    `bare` is pypsrp with a script that returns one short string, `same_bytes` pypsrp with hklint's
    script, request and answer but none of its checks, `asked` hklint's source, and `judged` all
    that a run does for a host, up to its verdicts.
    """

    bare: list[float]
    same_bytes: list[float]
    asked: list[float]
    judged: list[float]


class _Pipeline(Protocol):
    """What is used of pypsrp's PowerShell, with the types that it leaves open."""

    def invoke(self) -> list[str]: ...


def measure(job: Job) -> Figures:
    """Does the job."""
    place, tls = job.place, job.way == "https"
    policies = list(load([job.policy], {}).policies.values())
    facts = facts_needed(policies)
    request = to_request(facts)
    text = msgspec.json.encode(request).decode()
    port = place.https_port if tls else place.http_port
    target = WsmanTarget("127.0.0.1", port, tls, place.account, f"127.0.0.1:{port}")
    options = Options(
        passwords=Passwords({"HKLINT_PASSWORD": place.password}),
        authentication="basic" if tls else "negotiate",
        ca_file=Path(place.ca_file),
        allowed_urls=allowed_urls(),
    )

    def bare() -> None:
        assert _bare_session(place, f"'{SHORT}'", "", tls=tls) == SHORT

    def same_bytes() -> None:
        assert len(_bare_session(place, collector.script(), text, tls=tls)) > len(SHORT)

    def asked() -> None:
        answered = collect(target, request, options)
        assert not isinstance(answered, Failure), answered

    def judged() -> None:
        (gathered,) = gather([target], facts, options, 1)
        assert len(audit.host_result(gathered, policies).verdicts) == len(policies[0].rules)

    figures = Figures([], [], [], [])
    for number in range(job.rounds + 1):
        for name, session in zip(
            figures.__struct_fields__, (bare, same_bytes, asked, judged), strict=True
        ):
            milliseconds = _cpu_milliseconds(session, job.sessions)
            if number:
                getattr(figures, name).append(milliseconds)
    return figures


def _bare_session(place: Place, script: str, request: str, *, tls: bool) -> str:
    """What pypsrp's own documentation does: a connection, a pool, one pipeline."""
    connection = WSMan(
        "127.0.0.1",
        port=place.https_port if tls else place.http_port,
        ssl=tls,
        username=place.account,
        password=place.password,
        auth="basic" if tls else "negotiate",
        cert_validation=cast("bool", place.ca_file),  # a path will do, but its type does not say so
    )
    with connection, RunspacePool(connection) as pool:
        script_call = PowerShell(pool).add_script(script).add_parameter("Request", request)
        pipeline = cast("_Pipeline", script_call)
        (output,) = pipeline.invoke()
    return output


def _cpu_milliseconds(session: Callable[[], None], times: int) -> float:
    """CPU time of this process, all its threads together, for one session on average."""
    begun = time.process_time()
    for _ in range(times):
        session()
    return (time.process_time() - begun) * 1000 / times


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(measure(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)))
    )
