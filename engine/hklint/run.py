"""A run: everything that was asked, read and judged, from which every report is made."""

from collections.abc import Iterable, Mapping

import msgspec

from hklint.failure import Failure
from hklint.span import Span
from hklint.verdict import Diagnosis, Outcome, Severity, Verdict

RUN_VERSION = 1


class Reference(msgspec.Struct, frozen=True):
    """A page that a rule rests on."""

    title: str
    url: str


class RuleInfo(msgspec.Struct, frozen=True):
    """A rule as reports describe it; `span` is its id in the policy file."""

    id: str
    title: str
    severity: Severity
    why: str
    remedy: str
    references: tuple[Reference, ...]
    tags: tuple[str, ...]
    span: Span


class PolicyInfo(msgspec.Struct, frozen=True):
    """A policy as reports describe it; `sha256` is that of its document."""

    id: str
    title: str
    version: str
    path: str
    sha256: str
    rules: tuple[RuleInfo, ...]


class RunHeader(msgspec.Struct, frozen=True, tag="run", tag_field="kind"):
    """The first line of a run.

    `started` is UTC in ISO 8601, `arguments` the command line as given (it never holds secrets),
    `parameters` the policies' parameters as they were used. Verdicts of a severity below `fail_on`
    don't count for the exit code, nor do unknown ones with `allow_unknown`. `documents` has the
    text of every policy and model by the path that spans name.
    """

    version: int
    hklint: str
    started: str
    command: str
    arguments: tuple[str, ...]
    fail_on: Severity
    allow_unknown: bool
    policies: tuple[PolicyInfo, ...]
    parameters: Mapping[str, str]
    documents: Mapping[str, str]
    collector_sha256: str
    targets: int


class HostResult(msgspec.Struct, frozen=True, tag="host", tag_field="kind"):
    """One host: its verdicts, or the failure that left nothing to judge.

    `host` is the name the user knows it by, `windows` a short description of its Windows ("" when
    not known), `seconds` the time it took. `snapshot` is the evidence in its file form.
    """

    host: str
    target: str
    windows: str
    started: str
    seconds: float
    failure: Failure | None
    snapshot: Mapping[str, object] | None
    diagnoses: tuple[Diagnosis, ...]
    verdicts: tuple[Verdict, ...]


class Summary(msgspec.Struct, frozen=True, tag="summary", tag_field="kind"):
    """The last line of a run. `counts` is by outcome; `exit_code` is the command's."""

    ended: str
    hosts: int
    hosts_not_reached: int
    counts: Mapping[Outcome, int]
    interrupted: bool
    exit_code: int


RunLine = RunHeader | HostResult | Summary


class Run(msgspec.Struct, frozen=True):
    """A whole run, in memory or read back; hosts are in the order of the targets given."""

    header: RunHeader
    hosts: tuple[HostResult, ...]
    summary: Summary


def count_outcomes(hosts: Iterable[HostResult]) -> dict[Outcome, int]:
    """How many verdicts there are of each outcome, all outcomes present."""
    counts = dict.fromkeys(Outcome, 0)
    for host in hosts:
        for verdict in host.verdicts:
            counts[verdict.outcome] += 1
    return counts
