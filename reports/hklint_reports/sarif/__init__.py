"""SARIF 2.1.0 for code scanning: one run for each policy, with the failed rules as its results.

Many readers take every result for a problem. So what is no finding is not written as a result
unless it is asked for: rules that could not be judged and hosts that were not reached are
notifications, and so is how much is waived.
"""

from typing import TextIO

from hklint.run import PolicyInfo, Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.identity import Json, run_guid
from hklint_reports.sarif.log import SCHEMA, write_log

__all__ = ["SCHEMA", "write"]


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the log, one result a line."""
    write_log(run, stream, options, _details)


def _details(run: Run, policy: PolicyInfo) -> Json:
    """GitHub takes what stands before the last `/` for the category, which is the policy's own."""
    started = run.header.started
    return {
        "id": f"hklint/{policy.id}/{started}",
        "guid": run_guid(policy.id, started),
    }
