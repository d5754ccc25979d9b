"""What became of a run's verdicts since an earlier run, in words that several reports share."""

from collections.abc import Iterator

from hklint.run import HostResult, Run, RunHeader
from hklint.tally import Tally
from hklint.verdict import Effect, SinceState, Verdict
from hklint_reports.text import counted

EFFECTS: dict[Effect, str] = {
    "pending": "only by values that take effect after a restart",
    "unknown": "whether the values are in effect is not known",
}
"""What is to be said of passes that are not in effect as far as known."""
STATES: dict[SinceState, str] = {
    "": "",
    "fixed": "fixed",
    "pending": "set",
    "unchanged": "unchanged",
    "worse": "worse",
    "new": "new",
    "gone": "does not apply any more",
}


def mark(verdict: Verdict) -> str:
    """What became of a verdict, in a few words; "" where nothing is to be said."""
    if verdict.effect == "pending":
        return "set, but takes effect after a restart"
    if verdict.effect == "unknown":
        return "set, but perhaps not in effect"
    return STATES[verdict.since]


def since_line(run: Run) -> str:
    """What the change did on all hosts; "" if no earlier run was given."""
    if run.header.since is None:
        return ""
    about = run.header.since
    return f"Since {about.path} of {about.started}: {_told(run.tally)}"


def host_line(header: RunHeader, host: HostResult) -> str:
    """What it did on one host; "" if no earlier run was given, or nobody answered."""
    if not host.since:
        return ""
    tally = Tally(header)
    tally.add(host)
    about = {"absent": "not in that run", "not_reached": "gave no answer then"}.get(host.since)
    return "; ".join(filter(None, (_fixed(tally), *_others(tally), about)))


def _told(tally: Tally) -> str:
    return "; ".join([_fixed(tally), *_others(tally), *_hosts(tally)])


def _fixed(tally: Tally) -> str:
    pending, unknown = (tally.since["pending", effect] for effect in ("pending", "unknown"))
    fixed = tally.since["fixed", ""] + pending + unknown
    said = [f"{fixed} fixed"]
    if pending:
        who = "which" if pending == fixed else f"{pending} of them"
        said.append(f"{who} {'takes' if pending == 1 else 'take'} effect after a restart")
    if unknown:
        said.append(f"with {unknown} it is not known whether that is in effect")
    return ", ".join(said)


def _others(tally: Tally) -> Iterator[str]:
    yield f"{tally.since['unchanged', '']} unchanged"
    yield f"{tally.since['worse', '']} worse"
    if new := tally.since["new", ""]:
        yield f"{new} failed or unknown that were not judged then"
    if gone := tally.since["gone", ""]:
        yield f"{gone} not applicable any more, which is no fix"


def _hosts(tally: Tally) -> Iterator[str]:
    if absent := tally.since_hosts["absent"]:
        yield f"{_are(absent)} not in that run"
    if missed := tally.since_hosts["not_reached"]:
        yield f"{counted(missed, 'host')} gave no answer then"


def _are(hosts: int) -> str:
    return f"{counted(hosts, 'host')} {'is' if hosts == 1 else 'are'}"
