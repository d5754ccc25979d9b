"""A run: everything that was asked, read and judged, from which every report is made."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from hklint.consistency import HostGroup
from hklint.failure import Failure
from hklint.registry_test import RegistryTest
from hklint.span import Span
from hklint.verdict import Diagnosis, Outcome, Severity, Verdict
from hklint.waiver import WARN_DAYS, ExpiredWaivers, Waiver, WaiverStatus, WaiverUse

if TYPE_CHECKING:
    from hklint.tally import Tally

RUN_VERSION = 4
"""Version 2 has waivers, version 3 controls and baselines, version 4 changes that delete a value
and what became of verdicts since an earlier run. Older runs can be read as they are."""
OLDEST_RUN_VERSION = 1
MOST_WARN_DAYS = 3660
"""Ten years: whoever wants to hear earlier of a waiver's end hears it always."""


class Reference(msgspec.Struct, frozen=True):
    """A page that a rule rests on."""

    title: str
    url: str


class Control(msgspec.Struct, frozen=True):
    """An entry of a public catalogue that a rule serves, such as `nist-800-53` and `SC-8`."""

    catalogue: str
    id: str


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
    level: int = 1
    controls: tuple[Control, ...] = ()


class PolicyInfo(msgspec.Struct, frozen=True):
    """A policy as reports describe it; `sha256` is that of its document."""

    id: str
    title: str
    version: str
    path: str
    sha256: str
    rules: tuple[RuleInfo, ...]


class Baseline(msgspec.Struct, frozen=True):
    """The earlier run that verdicts were compared with; `started` and `hosts` are its own.

    It `decides` if what it has does not count for the exit code. A run that was compared later, for
    a report, keeps the exit code it had.
    """

    path: str
    started: str
    hosts: int
    decides: bool = True


class Since(msgspec.Struct, frozen=True):
    """The earlier run that this one tells the changes since; `started` and `hosts` are its own."""

    path: str
    started: str
    hosts: int


class RunHeader(msgspec.Struct, frozen=True, tag="run", tag_field="kind"):
    """The first line of a run.

    `started` is UTC in ISO 8601, `arguments` the command line as given (it never holds secrets),
    `parameters` the policies' parameters as they were used. Verdicts of a severity below `fail_on`
    don't count for the exit code, nor do unknown ones with `allow_unknown`. `documents` has the
    text of every policy, model and waiver by the path that spans name. `waivers` are all that were
    given, whether or not they are for anything here; `expired_waivers` and `warn_days` say what
    becomes of those that have expired or are about to. `profiles` are the ids of those that were
    asked for, and `sources` says of each parameter where its value was given. With a `baseline`,
    what that run has already does not count for the exit code. `registry_tests` is what the rules
    on registry values ask, in the order of the policies. `since` excuses nothing: it tells what
    became of verdicts. `groups` are the hosts that are compared with each other; without any, all
    hosts are one group.
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
    waivers: tuple[Waiver, ...] = ()
    expired_waivers: ExpiredWaivers = "warn"
    warn_days: Annotated[int, Meta(ge=0, le=MOST_WARN_DAYS)] = WARN_DAYS
    profiles: tuple[str, ...] = ()
    sources: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    baseline: Baseline | None = None
    registry_tests: tuple[RegistryTest, ...] = ()
    since: Since | None = None
    groups: tuple[HostGroup, ...] = ()


GoneState = Literal["", "pass", "not_applicable", "absent"]
"""What became of a failure of the baseline; "" was recorded before there were these."""


class Gone(msgspec.Struct, frozen=True):
    """A verdict that failed in the baseline, and on this host fails no more.

    Only one that passes `now` was put right.
    """

    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    now: GoneState = ""


HostSince = Literal["", "compared", "absent", "not_reached"]
"""Whether the earlier run told of has the host: "" without one, or if the host gave no answer."""


class HostResult(msgspec.Struct, frozen=True, tag="host", tag_field="kind"):
    """One host: its verdicts, or the failure that left nothing to judge.

    `host` is the name the user knows it by, `windows` a short description of its Windows ("" when
    not known), `seconds` the time it took. `snapshot` is the evidence in its file form. `waivers`
    are those that name the host, and `gone` what the baseline has and this run has not. `since`
    says whether the earlier run has the host.
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
    waivers: tuple[WaiverUse, ...] = ()
    gone: tuple[Gone, ...] = ()
    since: HostSince = ""


class Summary(msgspec.Struct, frozen=True, tag="summary", tag_field="kind"):
    """The last line of a run.

    `counts` is by outcome, `waived` how many of these a waiver accepts; `waivers` has what came of
    each waiver, in the order of the header. `exit_code` is the command's.
    """

    ended: str
    hosts: int
    hosts_not_reached: int
    counts: Mapping[Outcome, int]
    interrupted: bool
    exit_code: int
    waived: Mapping[Outcome, int] = msgspec.field(default_factory=dict[Outcome, int])
    waivers: tuple[WaiverStatus, ...] = ()


RunLine = RunHeader | HostResult | Summary


class Run(msgspec.Struct, frozen=True, dict=True):
    """A whole run; hosts are in the order of the targets given.

    They may be more than memory holds: each pass over them may read them anew from a file.
    """

    header: RunHeader
    hosts: Iterable[HostResult]
    summary: Summary

    @classmethod
    def counted(cls, tally: "Tally", hosts: Iterable[HostResult], summary: Summary) -> "Run":
        """A run whose hosts have been added up already."""
        run = cls(tally.header, hosts, summary)
        vars(run)["tally"] = tally
        return run

    @cached_property
    def tally(self) -> "Tally":
        """What the hosts add up to."""
        from hklint.tally import tally  # noqa: PLC0415 - a tally is of what stands above

        return tally(self.header, self.hosts)
