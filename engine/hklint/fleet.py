"""Many hosts side by side: each is asked in a thread of its own, results come as they are ready."""

import ipaddress
import logging
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import msgspec

from hklint.allowed_urls import refusals
from hklint.clock import now
from hklint.errors import places
from hklint.fact import Fact, HostField, Observation, Present, WebRequest
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete, withhold
from hklint.failure import Failure, Reason
from hklint.snapshot import Snapshot
from hklint.sources import Options, collect
from hklint.sources.reg_file import changed_at
from hklint.target import (
    HTTP_PORT,
    HTTPS_PORT,
    Askable,
    LocalTarget,
    RegFileTarget,
    SshTarget,
)

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""How often a waiting main thread looks up, so that signals are seen on every platform."""
LONGEST_NAME = 63
"""Characters of a name that a host gives itself: a DNS label has no more."""


class Recorded(msgspec.Struct, frozen=True):
    """A snapshot file that has been read: a host that need not be asked any more."""

    path: str
    snapshot: Snapshot


class Gathered(msgspec.Struct, frozen=True):
    """What came of one target: `position` is its place among the targets given."""

    position: int
    name: str
    target: str
    started: str
    seconds: float
    result: Snapshot | Failure


def gather(
    targets: Sequence[Askable | Recorded],
    facts: Collection[Fact],
    options: Options,
    jobs: int,
) -> Iterator[Gathered]:
    """Asks every target for the facts, at most `jobs` at a time, with one result for each.

    The results come in the order in which they end.

    After `options.cancellation` every host that has not answered is a failure of that reason.
    """
    with ThreadPoolExecutor(max_workers=max(1, min(jobs, len(targets)))) as pool:
        pending: set[Future[Gathered]] = {
            pool.submit(_ask, number, target, facts, options)
            for number, target in enumerate(targets)
        }
        while pending:
            done, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def _ask(
    position: int, target: Askable | Recorded, facts: Collection[Fact], options: Options
) -> Gathered:
    started, clock = now(), time.monotonic()
    result: Snapshot | Failure
    if options.cancellation.cancelled:
        result = Failure(Reason.CANCELLED, "before connecting", "not asked")
    elif isinstance(target, Recorded):
        result = target.snapshot
    else:
        try:
            result = _ask_host(target, facts, options)
        except Exception as error:  # noqa: BLE001 - one host's trouble never ends the others' run
            _log.debug("a bug while asking %s: %s", target.host, " > ".join(places(error)))
            result = Failure(Reason.INTERNAL_ERROR, "reading the answer", type(error).__name__)
    name = result.host if isinstance(result, Snapshot) else _name(target)
    seconds = round(time.monotonic() - clock, 3)
    return Gathered(position, name, _text(target), started, seconds, result)


def _ask_host(target: Askable, facts: Collection[Fact], options: Options) -> Snapshot | Failure:
    taken_at = now()
    from_file = isinstance(target, RegFileTarget)
    refused = () if from_file else options.allowed_urls.refused(facts)
    request = to_request(fact for fact in facts if not _is_one_of(refused, fact))
    answered = collect(target, request, options)
    if isinstance(answered, Failure):
        return answered
    if isinstance(target, RegFileTarget):
        taken_at = changed_at(target)
    answer = withhold(complete(answered.answer, request["registry"]), facts)
    observations = {**read_answer(answer), **refusals(refused)}
    name = _host_name(target, observations.get(HostField("name")))
    return Snapshot(name, taken_at, answered.source, answer, observations, refused)


def _is_one_of(urls: Collection[str], fact: Fact) -> bool:
    return isinstance(fact, WebRequest) and fact.uri in urls


def _name(target: Askable | Recorded) -> str:
    return _host_name(target, None) if isinstance(target, Askable) else target.snapshot.host


def _host_name(target: Askable, own_name: Observation | None) -> str:
    """The name the user knows the host by; an address is no name, so the host's own stands first.

    The target stays part of it: what a host calls itself proves nothing, and two may say the same.
    """
    place = _place(target)
    nameless = isinstance(target, LocalTarget) or _is_address(target.host)
    if not nameless or not isinstance(own_name, Present):
        return place
    return f"{str(own_name.value)[:LONGEST_NAME]} ({place})"


def _place(target: Askable) -> str:
    match target:
        case LocalTarget():
            return target.text
        case RegFileTarget():
            return target.host
        case SshTarget():
            usual: int | None = None
        case _:
            usual = HTTPS_PORT if target.tls else HTTP_PORT
    host = f"[{target.host}]" if ":" in target.host else target.host
    return target.host if target.port in {None, usual} else f"{host}:{target.port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _text(target: Askable | Recorded) -> str:
    return target.text if isinstance(target, Askable) else target.path
