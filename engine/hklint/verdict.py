"""A verdict: the judgement of one rule on one host, with its evidence and its explanation."""

from enum import StrEnum
from typing import Literal

import msgspec

from hklint.consistency import Consistency
from hklint.fact import Data, Fact, Observation
from hklint.span import Span
from hklint.waiver import WaiverMark

Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")


class Outcome(StrEnum):
    """The four judgements. Not knowing is its own, and never a pass."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Evidence(msgspec.Struct, frozen=True):
    """One fact as it was read. `shown` is the observation in words, such as `0 (REG_DWORD)`."""

    fact: Fact
    observation: Observation
    shown: str


class DecidingRow(msgspec.Struct, frozen=True):
    """A row of a decision table that took part in a verdict; `number` counts from 1 of `of`."""

    model: str
    subject: str
    number: int
    of: int
    state: str
    because: str
    span: Span


class Change(msgspec.Struct, frozen=True):
    """A registry value that would have to be written: `type` and `value` as in `Present`.

    One whose `value` is None would have to be deleted; its `type` is "".
    """

    fact: Fact
    type: str
    value: Data | None
    restart: Literal["computer", "service", "none"]


class Explanation(msgspec.Struct, frozen=True):
    """The verdict in sentences, each a line of plain text. Empty parts have nothing to say.

    `read` what was read, `means` what it means on that Windows, `missing` what could not be read
    and would decide, `matters` what follows from it, `affects` what the fix may break, `fix` what
    to change, `then` what to do next.
    """

    read: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    matters: str = ""
    affects: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


BaselineState = Literal["", "new", "unchanged", "updated"]
"""Where a verdict stands against an earlier run: "" if there is none, or it is no trouble."""
Effect = Literal["", "pending", "unknown"]
"""Whether what passes is in effect: "" as far as known, "pending" only after a restart of the
computer, "unknown" if nobody can tell whether it has restarted since the values were changed."""
SinceState = Literal["", "fixed", "pending", "unchanged", "worse", "new", "gone"]
"""What became of a verdict since an earlier run: "" if it was well and is well, or there is none.

"fixed" passes now, and "pending" does too but may not be in effect yet. "unchanged" fails, or is
unknown, as it did. "worse" fails or is unknown, and was not so; "new" does, and was not judged.
"gone" was trouble and does not apply any more, which is no fix.
"""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule judged on one host.

    `rule` is the rule's id and `instance` tells the verdicts of one rule apart ("view=32-bit", or
    "" for a rule without for_each). `span` is the expected value in the policy, with `wanted` and
    `found` in the reader's words. `reason` says in a few words why it is unknown or not applicable.

    `waiver` is one in force that accepts the outcome, which stays what it is. `expired_waiver` is
    one that would, had it not expired. `baseline_state` says of a failed or unknown verdict of a
    run with a baseline whether the baseline has it already; "updated" is one that has other words.
    `effect` and `since` come of an earlier run as well, and the first is of verdicts that pass.
    `consistency` is of rules that compare hosts.
    """

    policy: str
    rule: str
    instance: str
    title: str
    severity: Severity
    outcome: Outcome
    wanted: str
    found: str
    reason: str
    span: Span
    evidence: tuple[Evidence, ...]
    rows: tuple[DecidingRow, ...]
    changes: tuple[Change, ...]
    explanation: Explanation
    waiver: WaiverMark | None = None
    expired_waiver: WaiverMark | None = None
    baseline_state: BaselineState = ""
    effect: Effect = ""
    since: SinceState = ""
    consistency: Consistency | None = None

    @property
    def name(self) -> str:
        """The rule's id with its instance: `style[role=Client]`."""
        return f"{self.rule}[{self.instance}]" if self.instance else self.rule


class Diagnosis(msgspec.Struct, frozen=True):
    """The cause behind a host's verdicts, as a model of the policy sees it.

    `state` is the cause's id, or "" when it is not known. `title` says it in words and `sentence`
    is what the administrator reads first. `works` is True when nothing is wrong.
    """

    policy: str
    model: str
    state: str
    title: str
    sentence: str
    works: bool
    rows: tuple[DecidingRow, ...]
    evidence: tuple[Evidence, ...]
    next_steps: tuple[str, ...] = ()
