"""The shapes of the JSON report: what scripts rely on, whatever a run file looks like inside.

`descriptions` says what each field means. Every field of a shape is always there.
"""

from typing import Literal

import msgspec

from hklint.verdict import Severity
from hklint.waiver import ExpiredWaivers, WaiverState
from hklint_reports.json_document.host_shapes import Host, Place

FORMAT = "hklint-report"
VERSION = 1
"""Goes up when a field goes away or means something else, not when one is added."""
SCHEMA_FILE = "report.schema.json"
"""Where a report looks for its schema: beside itself."""


class Tool(msgspec.Struct, frozen=True):
    """What made the run."""

    name: Literal["hklint"]
    version: str
    collector_sha256: str


class Reference(msgspec.Struct, frozen=True):
    """A page that a rule rests on."""

    title: str
    url: str


class Control(msgspec.Struct, frozen=True):
    """An entry of a public catalogue."""

    catalogue: str
    id: str


class Rule(msgspec.Struct, frozen=True):
    """A rule that was judged."""

    id: str
    title: str
    severity: Severity
    level: int
    why: str
    remedy: str
    references: tuple[Reference, ...]
    tags: tuple[str, ...]
    controls: tuple[Control, ...]
    place: Place


class Policy(msgspec.Struct, frozen=True):
    """A policy with the rules that were judged."""

    id: str
    title: str
    version: str
    path: str
    sha256: str
    rules: tuple[Rule, ...]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of the policies, with the value that was used."""

    name: str
    value: str
    source: str


class Waiver(msgspec.Struct, frozen=True):
    """A waiver that was given, and what came of it."""

    id: str
    policy: str
    rule: str
    hosts: tuple[str, ...]
    reason: str
    owner: str
    approver: str
    ticket: str
    valid_from: str
    until: str
    unknown: bool
    state: WaiverState
    matched: int
    needed: int
    unwaived: int
    not_judged: int
    place: Place


class Baseline(msgspec.Struct, frozen=True):
    """The earlier run that verdicts were compared with."""

    path: str
    started: str | None
    hosts: int


class Since(msgspec.Struct, frozen=True):
    """The earlier run since which changes are told."""

    path: str
    started: str | None
    hosts: int


class Group(msgspec.Struct, frozen=True):
    """Hosts that were compared with each other."""

    name: str
    hosts: tuple[str, ...]


class Run(msgspec.Struct, frozen=True):
    """What was asked for."""

    tool: Tool
    command: str
    arguments: tuple[str, ...]
    started: str
    ended: str
    interrupted: bool
    targets: int
    fail_on: Severity
    allow_unknown: bool
    expired_waivers: ExpiredWaivers
    profiles: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    policies: tuple[Policy, ...]
    waivers: tuple[Waiver, ...]
    baseline: Baseline | None
    since: Since | None
    groups: tuple[Group, ...]


class Counts(msgspec.Struct, frozen=True):
    """Verdicts by outcome."""

    passed: int = msgspec.field(name="pass")
    fail: int
    unknown: int
    not_applicable: int


class Gate(msgspec.Struct, frozen=True):
    """The answer of `hklint gate`."""

    open: bool
    reason: str


class Summary(msgspec.Struct, frozen=True):
    """What the run came to."""

    exit_code: int
    exit_reason: str
    gate: Gate | None
    hosts: int
    hosts_not_reached: int
    verdicts: Counts
    waived: Counts


class Report(msgspec.Struct, frozen=True):
    """A run of hklint as a report for scripts."""

    schema: str = msgspec.field(name="$schema")
    format: Literal["hklint-report"]
    version: Literal[1]
    run: Run
    summary: Summary
    hosts: tuple[Host, ...]
