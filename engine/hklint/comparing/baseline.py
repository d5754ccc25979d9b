"""A baseline: an earlier run whose failed and unknown verdicts are known, and don't count again."""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from hklint.comparing.hosts import ByHost
from hklint.comparing.seen import Key
from hklint.run import Gone, GoneState, HostResult, Run, RunHeader
from hklint.verdict import BaselineState, Outcome, Severity, Verdict

_TROUBLE = (Outcome.FAIL, Outcome.UNKNOWN)
_DIGEST_BYTES = 12


class Trouble(msgspec.Struct, frozen=True):
    """A failed or unknown verdict of the baseline; `words` is a digest of what it said."""

    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    outcome: Outcome
    waived: bool
    words: bytes

    @property
    def key(self) -> Key:
        """What tells it apart on its host."""
        return self.policy, self.rule, self.instance


Known = ByHost[tuple[Trouble, ...]]
"""The troubles of every host of a baseline. What hosts share is kept once, so a verdict costs the
eight bytes of a reference where others have the same, and some 400 where none has."""


def learn(baseline: Run, header: RunHeader) -> Known:
    """What the baseline knows of the policies of another run."""
    policies = {policy.id for policy in header.policies}
    same: dict[Trouble, Trouble] = {}
    known: Known = ByHost()
    for host in baseline.hosts:
        troubles = (
            _trouble(verdict)
            for verdict in host.verdicts
            if verdict.outcome in _TROUBLE and verdict.policy in policies
        )
        known.add(host, tuple(same.setdefault(trouble, trouble) for trouble in troubles))
    return known


def compare(result: HostResult, known: Known) -> HostResult:
    """A host's result, with what its verdicts are against the baseline.

    A verdict is known if it failed, or was unknown, in the baseline as well, and nothing was waived
    then that is not waived now. It is unchanged if it says the same, or else updated. A host that
    gave no answer stays as it is.
    """
    if result.failure is not None:
        return result
    earlier = {trouble.key: trouble for trouble in known.find(result) or ()}
    verdicts = tuple(_marked(verdict, earlier) for verdict in result.verdicts)
    now = {_key(verdict): verdict.outcome for verdict in verdicts}
    gone = tuple(
        _gone(trouble, now.get(key))
        for key, trouble in earlier.items()
        if trouble.outcome is Outcome.FAIL and now.get(key) not in _TROUBLE
    )
    return msgspec.structs.replace(result, verdicts=verdicts, gone=gone)


def _gone(before: Trouble, now: Outcome | None) -> Gone:
    state: GoneState = "absent"
    if now is not None:
        state = "pass" if now is Outcome.PASS else "not_applicable"
    return Gone(*before.key, before.title, before.severity, state)


def _marked(verdict: Verdict, earlier: Mapping[Key, Trouble]) -> Verdict:
    if verdict.outcome not in _TROUBLE:
        return verdict
    state = _state(verdict, earlier.get(_key(verdict)))
    return msgspec.structs.replace(verdict, baseline_state=state)


def _state(verdict: Verdict, before: Trouble | None) -> BaselineState:
    """Not knowing is not the known failure, nor the other way round."""
    if before is None or before.outcome is not verdict.outcome:
        return "new"
    if before.waived and verdict.waiver is None:
        return "new"
    return "unchanged" if before.words == _words(verdict) else "updated"


def _trouble(verdict: Verdict) -> Trouble:
    return Trouble(
        verdict.policy,
        verdict.rule,
        verdict.instance,
        verdict.title,
        verdict.severity,
        verdict.outcome,
        verdict.waiver is not None,
        _words(verdict),
    )


def _key(verdict: Verdict) -> Key:
    return verdict.policy, verdict.rule, verdict.instance


def _words(verdict: Verdict) -> bytes:
    """A digest, because a text may be as long as a value in the registry."""
    words = repr((verdict.wanted, verdict.found, verdict.reason))
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
