"""The shapes of a host in the JSON report, its verdicts and what they rest on."""

from typing import Literal

import msgspec

from hklint.fact import Hive, View, Way
from hklint.failure import Reason
from hklint.verdict import Outcome, Severity

Data = int | str | tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    """A place in a document."""

    path: str
    line: int
    column: int


class Failure(msgspec.Struct, frozen=True):
    """Why a host gave no answer."""

    reason: Reason
    phase: str
    detail: str
    meaning: str
    advice: str


class AskedValue(msgspec.Struct, frozen=True, tag="registry", tag_field="kind"):
    """A value of a registry key was asked for."""

    hive: Hive
    key: str
    value_name: str
    view: View


class AskedName(msgspec.Struct, frozen=True, tag="registry_name", tag_field="kind"):
    """It was asked whether a registry key has a value of this name; its data were not read."""

    hive: Hive
    key: str
    value_name: str
    view: View


class AskedKey(msgspec.Struct, frozen=True, tag="registry_key", tag_field="kind"):
    """It was asked whether a registry key is there."""

    hive: Hive
    key: str
    view: View


class AskedField(msgspec.Struct, frozen=True, tag="host", tag_field="kind"):
    """A field of the host's identity was asked for."""

    field: str


class AskedRequest(msgspec.Struct, frozen=True, tag="web_request", tag_field="kind"):
    """The host was told to make a request."""

    uri: str
    way: Way


Asked = AskedValue | AskedName | AskedKey | AskedField | AskedRequest


class Present(msgspec.Struct, frozen=True, tag="present", tag_field="state"):
    """It was read."""

    type: str
    data: Data


class Absent(msgspec.Struct, frozen=True, tag="absent", tag_field="state"):
    """It was looked for, and is not there."""

    missing: Literal["key", "value", "field"]


class Unreadable(msgspec.Struct, frozen=True, tag="unreadable", tag_field="state"):
    """Nobody knows."""

    reason: Literal[
        "access-denied", "failed", "malformed", "not-allowed", "not-asked", "host-not-reached"
    ]
    detail: str


Found = Present | Absent | Unreadable


class Fact(msgspec.Struct, frozen=True):
    """Something that was asked of a host, and what came of it."""

    name: str
    shown: str
    asked: Asked
    found: Found


class Mark(msgspec.Struct, frozen=True):
    """A waiver as it stands on a verdict."""

    id: str
    reason: str
    owner: str
    approver: str
    ticket: str
    until: str
    place: Place


class Row(msgspec.Struct, frozen=True):
    """A row of a decision table that took part in a verdict."""

    model: str
    subject: str
    number: int
    of: int
    state: str
    because: str
    place: Place


class Explanation(msgspec.Struct, frozen=True):
    """A verdict in sentences."""

    read: tuple[str, ...]
    means: tuple[str, ...]
    missing: tuple[str, ...]
    matters: str
    affects: tuple[str, ...]
    fix: tuple[str, ...]
    then: tuple[str, ...]


class Change(msgspec.Struct, frozen=True):
    """A registry value that would have to be written, or deleted where `data` is null."""

    name: str
    asked: Asked
    type: str
    data: Data | None
    restart: Literal["computer", "service", "none"]


class Share(msgspec.Struct, frozen=True):
    """Hosts of a group that have the same."""

    has: str
    hosts: int
    names: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True):
    """Who has what in the group of a host."""

    group: str
    has: str
    hosts: int
    different: int
    shares: tuple[Share, ...]
    not_known: Share | None


class Verdict(msgspec.Struct, frozen=True):
    """One rule judged on one host."""

    name: str
    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    outcome: Outcome
    counts: bool
    expected: str
    found: str
    reason: str
    place: Place
    waiver: Mark | None
    expired_waiver: Mark | None
    baseline_state: Literal["new", "unchanged", "updated"] | None
    effect: Literal["pending", "unknown"] | None
    since: Literal["fixed", "pending", "unchanged", "worse", "new", "gone"] | None
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    explanation: Explanation
    changes: tuple[Change, ...]
    consistency: Consistency | None


class Diagnosis(msgspec.Struct, frozen=True):
    """The cause behind a host's verdicts."""

    policy: str
    model: str
    state: str
    title: str
    sentence: str
    works: bool
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    next_steps: tuple[str, ...]


class Gone(msgspec.Struct, frozen=True):
    """What failed in the baseline, and on this host fails no more."""

    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    now: Literal["pass", "not_applicable", "absent"] | None


class Host(msgspec.Struct, frozen=True):
    """A host, with its verdicts or the failure that left nothing to judge."""

    name: str
    target: str
    windows: str
    started: str | None
    seconds: float
    recorded: bool
    recorded_at: str | None
    failure: Failure | None
    diagnoses: tuple[Diagnosis, ...]
    verdicts: tuple[Verdict, ...]
    gone: tuple[Gone, ...]
    since: Literal["compared", "absent", "not_reached"] | None
