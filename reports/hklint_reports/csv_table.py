"""CSV for spreadsheets: a row for each verdict, and one for each host that was not reached.

RFC 4180 with all cells in quotes, lines that end with CR LF, in UTF-8 with the mark that Excel
wants. A cell is one line, never longer than Excel takes, and never a formula: OWASP, "CSV
Injection" (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TextIO

from hklint.counting import prevents_a_pass
from hklint.failure import ADVICE, MEANING, Failure
from hklint.run import HostResult, PolicyInfo, Run, RunHeader
from hklint.tally import recorded_at
from hklint.verdict import Verdict
from hklint.waiver import moment_text
from hklint_reports import DEFAULTS, Options
from hklint_reports.text import encodable, visible

COLUMNS = (
    "host",
    "target",
    "windows",
    "recorded",
    "policy",
    "rule",
    "instance",
    "title",
    "severity",
    "outcome",
    "counts",
    "baseline",
    "waived",
    "waiver",
    "waived_until",
    "approver",
    "ticket",
    "accepted_because",
    "expected",
    "found",
    "reason",
    "means",
    "matters",
    "affects",
    "fix",
    "then",
    "controls",
    "place",
)
LIMIT = 3000
"""Characters of a cell before they are spelled out, which makes ten of one at most: Excel takes
32,767 (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its Windows."""
SHORT = 500
KEPT = 4096
"""Hosts share most short texts: so many are kept, in some 4 MB, or 20 MB if all were hostile."""
BETWEEN = " | "
"""Stands between the lines of an explanation: line ends in a cell are rows to simple readers."""

_SIGN = r"[\s\"']*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
"""Where a formula begins, also in the full-width forms. `visible` has spelled out tab and CR."""
_FIRST = re.compile(_SIGN)
_BEHIND = re.compile(f"[,;]{_SIGN}")
"""Behind a separator of this country or another, because Excel may begin a cell there."""

_Controls = dict[tuple[str, str], str]


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the table, one host at a time; on a screen what its encoding lacks is spelled out."""
    del options
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if encoding.lower().startswith("utf"):
        stream.write(BYTE_ORDER_MARK)
    stream.write(_table([dict(zip(COLUMNS, COLUMNS, strict=True))]))
    controls = _controls(run.header.policies)
    tables = (_table(_rows(run.header, host, controls)) for host in run.hosts)
    stream.writelines(encodable(table, encoding) for table in tables)


def _table(rows: Iterable[dict[str, str]]) -> str:
    """Rows as lines; a column that a row does not have is empty."""
    lines = io.StringIO(newline="")
    table = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerows([row.get(column, "") for column in COLUMNS] for row in rows)
    return lines.getvalue()


def cell(text: str) -> str:
    """A text as it may stand in a cell: one line, with `'` before what would begin a formula."""
    return _kept(text) if len(text) <= SHORT else _cell(text)


def _cell(text: str) -> str:
    shown = _BEHIND.sub(r"\g<0>'", visible(text, LIMIT))
    return _FIRST.sub(r"\g<0>'", shown, count=1) if _FIRST.match(shown) else shown


_kept = lru_cache(maxsize=KEPT)(_cell)


def _rows(header: RunHeader, host: HostResult, controls: _Controls) -> Iterator[dict[str, str]]:
    about = {
        "host": cell(host.host),
        "target": cell(host.target),
        "windows": cell(host.windows),
        "recorded": recorded_at(header, host),
    }
    if host.failure is not None:
        yield about | _not_reached(host.failure)
    for verdict in host.verdicts:
        yield about | _row(header, verdict, controls.get((verdict.policy, verdict.rule), ""))


def _not_reached(failure: Failure) -> dict[str, str]:
    return {
        "title": "The host was reached",
        "outcome": "not_reached",
        "counts": "yes",
        "found": cell(failure.detail),
        "reason": failure.reason,
        "means": MEANING[failure.reason],
        "then": ADVICE[failure.reason],
    }


def _row(header: RunHeader, verdict: Verdict, controls: str) -> dict[str, str]:
    said = verdict.explanation
    return {
        "policy": cell(verdict.policy),
        "rule": cell(verdict.rule),
        "instance": cell(verdict.instance),
        "title": cell(verdict.title),
        "severity": verdict.severity,
        "outcome": verdict.outcome,
        "counts": "yes" if prevents_a_pass(header, verdict) else "no",
        "baseline": verdict.baseline_state,
        **_accepted(verdict),
        "expected": cell(verdict.wanted),
        "found": cell(verdict.found),
        "reason": cell(verdict.reason),
        "means": _lines((*said.means, *said.missing)),
        "matters": cell(said.matters),
        "affects": _lines(said.affects),
        "fix": _lines(said.fix),
        "then": _lines(said.then),
        "controls": controls,
        "place": cell(f"{verdict.span.path}:{verdict.span.line}"),
    }


def _accepted(verdict: Verdict) -> dict[str, str]:
    """Who accepted a verdict, or did so until lately."""
    mark = verdict.waiver or verdict.expired_waiver
    if mark is None:
        return {"waived": "no"}
    return {
        "waived": "yes" if verdict.waiver else "expired",
        "waiver": cell(mark.id),
        "waived_until": moment_text(mark.until),
        "approver": cell(mark.approver),
        "ticket": cell(mark.ticket),
        "accepted_because": cell(mark.reason),
    }


def _lines(lines: Iterable[str]) -> str:
    return cell(BETWEEN.join(line.strip() for line in lines))


def _controls(policies: Iterable[PolicyInfo]) -> _Controls:
    """What each rule serves, in a cell."""
    return {
        (policy.id, rule.id): cell(
            ", ".join(f"{control.catalogue} {control.id}" for control in rule.controls)
        )
        for policy in policies
        for rule in policy.rules
    }
