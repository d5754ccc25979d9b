"""OCSF compliance findings for security lakes: an event a line, for every verdict.

Events are of the class 2003 with the profile `host`:
https://schema.ocsf.io/1.8.0/classes/compliance_finding?profiles=host
"""

import json
from collections.abc import Iterator
from typing import TextIO

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports import DEFAULTS, Options
from hklint_reports.identity import Json
from hklint_reports.ocsf.events import Events
from hklint_reports.wording import exit_reason, not_asked


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write an event for each verdict and for each host that was not reached."""
    del options
    encode = json.JSONEncoder(separators=(",", ":")).encode
    stream.writelines(encode(event) + "\n" for event in _events(run))


def _events(run: Run) -> Iterator[Json]:
    events = Events(run.header)
    for host in run.hosts:
        yield from events.of_host(host)
    yield from map(events.of_run, _problems(run))


def _problems(run: Run) -> Iterator[str]:
    """What no host's event says; a red exit code must not go with events that are all green."""
    waived = run.summary.waived
    told = (
        run.summary.hosts_not_reached
        or run.tally.expired
        or any(
            run.summary.counts.get(outcome, 0) > waived.get(outcome, 0)
            for outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        )
    )
    if run.summary.interrupted:
        yield not_asked(run)
    elif run.summary.exit_code and not told:
        yield exit_reason(run)
