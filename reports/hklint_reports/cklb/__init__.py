"""Checklists for STIG Viewer 3, a file for each host.

There is no public schema. What is written here is what STIG Viewer 3 itself writes, by checklists
that it exported, and what two readers ask for: STIG Manager (`ReviewParser.js` of
NUWCDIVNPT/stig-manager-client-modules) and Heimdall (`checklist-b-types.ts` of mitre/heimdall2).
"""

import json
from collections.abc import Callable, Collection

from hklint.errors import UsageError
from hklint.run import HostResult, Run, RunHeader
from hklint_reports import DEFAULTS, Folder, Options
from hklint_reports.cklb.checklist import Json, filled, groups, read
from hklint_reports.cklb.findings import findings, served
from hklint_reports.cklb.template import template
from hklint_reports.text import counted, visible

SUFFIX = ".cklb"
MAX_NAMED = 5


def write_files(run: Run, folder: Folder, options: Options = DEFAULTS) -> None:
    """Write a checklist for each host.

    Raises:
        UsageError: No rule serves a STIG, or the checklist can't be filled in by these rules.
    """
    checklist = prepare(run.header, options.checklist)
    encode = json.JSONEncoder(indent=1).encode
    for host in run.hosts:
        with folder.open(host.host, SUFFIX) as stream:
            stream.write(encode(checklist(host)))


def prepare(header: RunHeader, text: str) -> Callable[[HostResult], Json]:
    """What makes a host's checklist; `text` is the user's own one, or "".

    Raises:
        UsageError: As for `write_files`; nothing of it depends on what hosts answer.
    """
    rules = served(header)
    if not rules:
        names = ", ".join(policy.id for policy in header.policies)
        raise UsageError(
            f"cklb: no rule of {names} serves a group of a STIG, so a checklist would be empty; "
            "a rule says so with `controls: {stig: [V-...]}`"
        )
    document = read(text) if text else template(header, rules)
    there = groups(document)
    if not there:
        raise UsageError("the checklist has no group of a STIG in it")
    if not there.keys() & rules.keys():
        raise UsageError(
            f"the checklist has {_some(there)}, and no rule of this run serves any of these; "
            f"the rules serve {_some(rules)}"
        )
    return lambda host: filled(document, header, host, findings(header, host, rules))


def _some(names: Collection[str]) -> str:
    """A few of many groups, for a message."""
    shown = ", ".join(visible(name) for name in list(names)[:MAX_NAMED])
    more = len(names) - MAX_NAMED
    return f"{shown} and {counted(more, 'other group')}" if more > 0 else shown
