"""SARIF with what GitHub Advanced Security for Azure DevOps asks for beyond the standard.

It wants to know the pipeline that a run belongs to: rules GHAzDO1019 and GHAzDO1020 of Microsoft's
SARIF Multitool. A recorded run knows of none, and the report of a run is the same wherever it is
made. So the pipeline is the one that these rules have for runs without a saved definition, -1, and
the policy is its phase.
"""

from typing import TextIO

from hklint.clock import utc
from hklint.run import PolicyInfo, Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.identity import Json, guid, run_guid
from hklint_reports.sarif.log import write_log
from hklint_reports.text import visible

_PREFIX = "azuredevops/pipeline/build"
_NO_DEFINITION = "-1"
_NOT_KNOWN = "unknown"


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the log, one result a line."""
    write_log(run, stream, options, _details)


def _details(run: Run, policy: PolicyInfo) -> Json:
    """The id is organisation, project, definition, phase, branch and build; numbers are texts."""
    phase = guid("phase", policy.id)
    build = f"{utc(run.header.started).timestamp():.0f}"
    place = (_NOT_KNOWN, _NOT_KNOWN, _NO_DEFINITION, phase, _NOT_KNOWN, build)
    return {
        "id": f"{_PREFIX}/{'/'.join(place)}",
        "guid": run_guid(policy.id, run.header.started),
        "properties": {
            f"{_PREFIX}/buildDefinitionId": _NO_DEFINITION,
            f"{_PREFIX}/buildDefinitionName": "hklint",
            f"{_PREFIX}/phaseId": phase,
            f"{_PREFIX}/phaseName": visible(policy.id),
        },
    }
