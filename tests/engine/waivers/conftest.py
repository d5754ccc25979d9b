"""What the tests of waivers share: waivers and verdicts with few words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from hklint.span import Span
from hklint.verdict import Explanation, Outcome, Verdict
from hklint.waiver import Waiver

SPAN = Span("waivers.yaml", 1, 1, 2)
BEGIN, END = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"


@pytest.fixture(scope="session")
def waiver() -> Callable[..., Waiver]:
    """A waiver of rule `rule` for host `ex01` in 2026, unless said otherwise."""

    def build(  # noqa: PLR0913 - the fields of a waiver
        waiver_id: str = "w",
        *,
        rule: str = "rule",
        policy: str = "",
        hosts: tuple[str, ...] = ("ex01",),
        begin: str = BEGIN,
        end: str = END,
        unknown: bool = False,
    ) -> Waiver:
        times = (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        who = ("why", "owner", "approver", "T-1")
        return Waiver(waiver_id, policy, rule, hosts, *who, *times, unknown, SPAN)

    return build


@pytest.fixture(scope="session")
def verdict() -> Callable[..., Verdict]:
    """A verdict of policy `policy`: `verdict("rule[view=32-bit]", "fail")`."""

    def build(name: str = "rule", outcome: str = "fail", policy: str = "policy") -> Verdict:
        rule, _, instance = name.removesuffix("]").partition("[")
        nothing: tuple[Any, ...] = ()
        return Verdict(
            policy=policy,
            rule=rule,
            instance=instance,
            title="",
            severity="high",
            outcome=Outcome(outcome),
            wanted="",
            found="",
            reason="",
            span=SPAN,
            evidence=nothing,
            rows=nothing,
            changes=nothing,
            explanation=Explanation(),
        )

    return build
