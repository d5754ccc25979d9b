"""What a run with a baseline says of itself in one line: never that all were well."""

from types import ModuleType
from typing import Any

import msgspec
import pytest

from hklint.gate import exit_code
from hklint.run import Baseline, Run
from hklint.tally import Tally
from hklint_reports.wording import exit_reason, gate_reason

SINCE = "since the run of 2026-11-01"
KNOWN = (
    f"1 verdict failed and is known {SINCE}",
    f"1 verdict could not be judged and is known {SINCE}",
)
Case = tuple[tuple[tuple[str, str], ...], dict[str, Any], str, str]

CASES: dict[str, Case] = {
    "nothing new": (
        (("CLIENT_OFF", "unchanged"), ("REFUSED", "updated")),
        {},
        f"nothing newly failed, 1 verdict passed, 2 verdicts failed and are known {SINCE}",
        f"exit 0: nothing newly failed; 2 verdicts failed and are known {SINCE}",
    ),
    "one is new": (
        (("CLIENT_OFF", "unchanged"), ("REFUSED", "new")),
        {},
        f"1 of 3 verdicts newly failed (worst: high), 1 verdict failed and is known {SINCE}",
        "exit 1: a rule newly failed",
    ),
    "what is new is too mild": (
        (("CLIENT_OFF", "unchanged"), ("REFUSED", "new")),
        {"fail_on": "critical", "command": "check"},
        "nothing was judged",
        "exit 4: nothing was judged",
    ),
    "an unknown is new": (
        (("CLIENT_OFF", "unchanged"), ("DENIED", "new")),
        {},
        f"1 verdict could not be judged, 1 verdict failed and is known {SINCE}",
        "exit 4: a rule could not be judged",
    ),
    "an unknown is known": (
        (("REFUSED", "unchanged"), ("DENIED", "unchanged")),
        {},
        ", ".join(("nothing newly failed", "1 verdict passed", *KNOWN)),
        "; ".join(("exit 0: nothing newly failed", *KNOWN)),
    ),
    "the baseline does not decide": (
        (("CLIENT_OFF", "unchanged"), ("REFUSED", "unchanged")),
        {"decides": False},
        "2 of 3 verdicts failed (worst: high)",
        "exit 1: a rule failed",
    ),
    "all passed": (
        (),
        {},
        "nothing newly failed, 1 verdict passed",
        "exit 0: nothing newly failed",
    ),
}


def _run(runs: ModuleType, verdicts: tuple[tuple[str, str], ...], fields: dict[str, Any]) -> Run:
    said = (
        runs.passed("values-set-alike"),
        *(
            msgspec.structs.replace(getattr(runs, name), baseline_state=state)
            for name, state in verdicts
        ),
    )
    usual = {"command": "gate", "fail_on": "info", **fields}
    decides = usual.pop("decides", True)
    done = runs.run([runs.host("ex01", said)], 0)
    baseline = Baseline("before.jsonl", "2026-11-01T10:00:00Z", 1, decides)
    header = msgspec.structs.replace(done.header, baseline=baseline, **usual)
    total = Tally(header)
    for host in done.hosts:
        total.add(host)
    summary = msgspec.structs.replace(done.summary, exit_code=exit_code(total))
    return Run.counted(total, done.hosts, summary)


@pytest.mark.parametrize("name", CASES)
def test_wording(runs: ModuleType, name: str) -> None:
    verdicts, fields, gate, end = CASES[name]
    run = _run(runs, verdicts, fields)
    assert f"exit {run.summary.exit_code}: {exit_reason(run)}" == end
    if "command" not in fields:
        assert gate_reason(run) == gate


def test_a_milder_one_that_is_new_is_not_nothing(runs: ModuleType) -> None:
    mild = runs.judged("values-set-alike", runs.Outcome.FAIL, wanted="1", found="0")
    host = runs.host(
        "ex01",
        (
            runs.passed("tls-1.2-client-usable"),
            msgspec.structs.replace(mild, baseline_state="new"),
            msgspec.structs.replace(runs.REFUSED, baseline_state="unchanged"),
        ),
    )
    done = runs.run([host], 0, "gate")
    baseline = Baseline("before.jsonl", "2026-11-01T10:00:00Z", 1)
    run = Run(
        msgspec.structs.replace(done.header, baseline=baseline, fail_on="medium"),
        done.hosts,
        done.summary,
    )
    assert gate_reason(run) == (
        "nothing newly failed of severity medium or above, 1 verdict passed, "
        f"1 verdict failed below medium, 1 verdict failed and is known {SINCE}"
    )
    assert exit_reason(run) == (
        f"nothing newly failed of severity medium or above; 1 verdict failed and is known {SINCE}"
    )
