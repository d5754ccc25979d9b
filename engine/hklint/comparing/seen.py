"""What a comparison keeps of a run's verdicts: little, and what hosts share only once."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from hklint.comparison import Side, State
from hklint.fact import Present
from hklint.run import HostResult
from hklint.verdict import Evidence, Outcome, Severity, Verdict
from hklint.waiver import WaiverMark

LONGEST = 300
"""Characters of a text that are kept. Of a longer one a digest tells whether it is another."""
MOST_FACTS = 50
"""Facts of a verdict that are kept; policies ask for a few."""

Key = tuple[str, str, str]
"""Policy, rule and instance: what tells the verdicts of a host apart."""


class Seen(NamedTuple):
    """A verdict as a comparison needs it.

    `facts` are pairs of a fact and what was read, in words. `waiver` is in force, or has expired.
    """

    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    side: Side
    facts: tuple[tuple[str, str], ...]
    waiver: WaiverMark | None

    @property
    def key(self) -> Key:
        """What tells it apart on its host."""
        return self.policy, self.rule, self.instance


class SeenHost:
    """A host of the earlier run; `met` says whether the later run has it."""

    __slots__ = ("met", "name", "reason", "verdicts")

    def __init__(self, result: HostResult, verdicts: tuple[Seen, ...]) -> None:
        self.name = result.host
        self.reason = str(result.failure.reason) if result.failure is not None else ""
        self.verdicts = verdicts
        self.met = False


_STATES: dict[tuple[Outcome, bool], State] = {
    (Outcome.PASS, False): State.PASS,
    (Outcome.PASS, True): State.PASS,
    (Outcome.FAIL, False): State.FAIL,
    (Outcome.FAIL, True): State.WAIVED,
    (Outcome.UNKNOWN, False): State.UNKNOWN,
    (Outcome.UNKNOWN, True): State.UNKNOWN_WAIVED,
    (Outcome.NOT_APPLICABLE, False): State.NOT_APPLICABLE,
    (Outcome.NOT_APPLICABLE, True): State.NOT_APPLICABLE,
}


def seen_host(result: HostResult, same: dict[Seen, Seen]) -> SeenHost:
    """A host as it is kept; `same` holds what earlier hosts had."""
    verdicts = map(seen, result.verdicts)
    return SeenHost(result, tuple(same.setdefault(verdict, verdict) for verdict in verdicts))


def state_of(verdict: Verdict) -> State:
    """What a run says of a verdict that it has."""
    return _STATES[verdict.outcome, verdict.waiver is not None]


def seen(verdict: Verdict) -> Seen:
    """A verdict as it is kept."""
    return Seen(
        verdict.policy,
        verdict.rule,
        verdict.instance,
        verdict.title,
        verdict.severity,
        Side(
            state_of(verdict),
            short(verdict.wanted),
            short(verdict.found),
            short(verdict.reason),
        ),
        tuple(_facts(verdict.evidence)),
        verdict.waiver or verdict.expired_waiver,
    )


def _facts(evidence: Iterable[Evidence]) -> Iterator[tuple[str, str]]:
    for entry in tuple(evidence)[:MOST_FACTS]:
        yield short(str(entry.fact)), short(_read(entry))


def _read(entry: Evidence) -> str:
    """What was read, in words; of a web request only what came of it, not how long it took."""
    observation = entry.observation
    if isinstance(observation, Present) and observation.type == "outcome":
        return str(observation.value)
    return entry.shown


def short(text: str) -> str:
    """A text, or the beginning of a long one with what tells it from others that begin so."""
    more = len(text) - LONGEST
    if more <= 0:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{text[:LONGEST]}... [{more} more characters, {digest}]"
