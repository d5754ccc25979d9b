"""A comparison: what turned between two runs, verdict by verdict, and why."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from hklint.verdict import Severity
from hklint.waiver import WaiverMark


class State(StrEnum):
    """What one of the runs says of a verdict. `absent` has no such host, rule or instance."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    UNKNOWN_WAIVED = "unknown_waived"
    NOT_REACHED = "not_reached"
    ABSENT = "absent"


class Kind(StrEnum):
    """What became of a verdict, the worst first. Whatever is in neither run has none."""

    NEWLY_FAILING = "newly_failing"
    WAIVER_ENDED = "waiver_ended"
    NEWLY_UNKNOWN = "newly_unknown"
    STILL_FAILING = "still_failing"
    STILL_UNKNOWN = "still_unknown"
    NEWLY_WAIVED = "newly_waived"
    STILL_WAIVED = "still_waived"
    GONE = "gone"
    APPLIES_NO_MORE = "applies_no_more"
    FIXED = "fixed"
    NEWLY_PASSING = "newly_passing"
    APPEARED = "appeared"
    UNCHANGED = "unchanged"


KIND_MEANING: dict[Kind, str] = {
    Kind.NEWLY_FAILING: "fails, and did not fail in the run before",
    Kind.WAIVER_ENDED: "was waived, and is waived no more: it expired, or was taken out",
    Kind.NEWLY_UNKNOWN: "could not be judged, and could in the run before",
    Kind.STILL_FAILING: "fails in both runs",
    Kind.STILL_UNKNOWN: "is not known in either run",
    Kind.NEWLY_WAIVED: "a waiver accepts what none accepted before",
    Kind.STILL_WAIVED: "is waived in both runs",
    Kind.GONE: "is not judged any more: the rule is not there; this is no fix",
    Kind.APPLIES_NO_MORE: "was judged, and does not apply to the host now; this is no fix",
    Kind.FIXED: "failed, and passes now",
    Kind.NEWLY_PASSING: "was not known or did not apply, and passes now",
    Kind.APPEARED: "was not in the run before, and neither fails nor is unknown",
    Kind.UNCHANGED: "passes, or does not apply, in both runs",
}


class Cause(StrEnum):
    """Whether the host turned a verdict, or what it is judged by."""

    HOST = "host"
    POLICY = "policy"
    BOTH = "both"
    HKLINT = "hklint"
    WAIVER = "waiver"
    NEW_HOST = "new_host"
    NEW_RULE = "new_rule"
    NOT_REACHED_BEFORE = "not_reached_before"
    NOT_KNOWN = "not_known"


class FactChange(msgspec.Struct, frozen=True):
    """A fact that the two runs read differently, in words; "" if it took no part in a run."""

    fact: str
    was: str
    now: str


class Side(msgspec.Struct, frozen=True):
    """One run's verdict in its reader's words."""

    state: State
    wanted: str
    found: str
    reason: str


class Change(msgspec.Struct, frozen=True):
    """What became of a rule on all hosts on which it turned in the same way.

    `facts` are those that differ. `cause` says who turned it, and is "not_known" where nothing
    turned. `waiver` is the one that accepts the verdict, or did. `hosts` are named and ordered as
    in the later run.
    """

    kind: Kind
    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    was: Side
    now: Side
    cause: Cause
    facts: tuple[FactChange, ...]
    waiver: WaiverMark | None
    hosts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The rule's id with its instance: `style[role=Client]`."""
        return f"{self.rule}[{self.instance}]" if self.instance else self.rule


class HostChange(msgspec.Struct, frozen=True):
    """A host that only one of the runs judged.

    `failed` and `unknown` count its verdicts in that run, without waived ones; `reason` says why it
    was not reached, or is "".
    """

    host: str
    failed: int
    unknown: int
    reason: str


class Hosts(msgspec.Struct, frozen=True):
    """How the hosts of the runs differ.

    `compared` were judged in both runs. `lost` were reached before and are not any more, and
    `silent` were reached in neither run. `back` were not reached before. `appeared` and `gone` are
    in one of the runs only; those that `appeared` may not have been reached.
    """

    compared: int
    lost: tuple[HostChange, ...]
    appeared: tuple[HostChange, ...]
    gone: tuple[HostChange, ...]
    back: tuple[HostChange, ...]
    silent: tuple[HostChange, ...]


class SeverityChange(msgspec.Struct, frozen=True):
    """A rule that has another severity than before."""

    rule: str
    was: Severity
    now: Severity


class PolicyChange(msgspec.Struct, frozen=True):
    """A policy that is not the same in both runs; `was` and `now` are versions, "" where it is not.

    `document` says whether its document is another one. It can differ where the version does not,
    and stay the same where a profile chooses other rules or severities.
    """

    policy: str
    was: str
    now: str
    document: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    severities: tuple[SeverityChange, ...]


class ParameterChange(msgspec.Struct, frozen=True):
    """A parameter `policy.name` with another value; "" is one that a run does not have."""

    name: str
    was: str
    now: str


class Compared(msgspec.Struct, frozen=True):
    """A run as far as a comparison shows it; `not_reached` of its `hosts` gave no answer."""

    path: str
    started: str
    hklint: str
    command: str
    hosts: int
    not_reached: int
    interrupted: bool
    exit_code: int


class Comparison(msgspec.Struct, frozen=True):
    """What turned between two runs.

    `policies`, `parameters` and `models` (paths) are what the hosts were judged by differently.
    `verdicts` are in both runs. `counts` has the verdicts on hosts that the later run judged, by
    kind; of kind `unchanged` there are no `changes`. `changes` are sorted, the worst first. Those
    below `fail_on` don't count for the exit code, nor do unknown ones with `allow_unknown`.
    """

    before: Compared
    after: Compared
    fail_on: Severity
    allow_unknown: bool
    exit_code: int
    policies: tuple[PolicyChange, ...]
    parameters: tuple[ParameterChange, ...]
    models: tuple[str, ...]
    hosts: Hosts
    verdicts: int
    counts: Mapping[Kind, int]
    changes: tuple[Change, ...]
