"""A SARIF log: one pass over the hosts, then one SARIF run for each policy."""

import json
from collections.abc import Callable
from typing import TextIO

from hklint.run import HostResult, PolicyInfo, Run
from hklint.verdict import Outcome
from hklint_reports import Options
from hklint_reports.identity import Json
from hklint_reports.sarif.part import Part

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
Details = Callable[[Run, PolicyInfo], Json]
"""What a SARIF run says of itself: its automationDetails."""


def write_log(run: Run, stream: TextIO, options: Options, details: Details) -> None:
    """Write the log, one result a line."""
    parts = {policy.id: Part(run, policy, options) for policy in run.header.policies}
    for host in run.hosts:
        if options.all_kinds:
            _add_all(parts, host)
        else:
            _add_findings(parts, host)
        for part in parts.values():
            part.add_host(host)
    stream.write(f'{{\n"$schema": {json.dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": [')
    separator = "\n"
    for policy in run.header.policies:
        stream.write(separator)
        stream.writelines(parts[policy.id].texts(details(run, policy)))
        separator = ",\n"
    stream.write("\n]\n}\n")


def _add_findings(parts: dict[str, Part], host: HostResult) -> None:
    """What a host has that is a problem."""
    for verdict in host.verdicts:
        if verdict.outcome is Outcome.FAIL or verdict.outcome is Outcome.UNKNOWN:
            parts[verdict.policy].add_finding(host, verdict)
    for gone in host.gone:
        if gone.policy in parts:
            parts[gone.policy].add_gone(host, gone, known=False)


def _add_all(parts: dict[str, Part], host: HostResult) -> None:
    """Everything that a host has.

    A verdict that is no trouble is taken to have been none before, unless the earlier run says so.
    """
    gone = {(item.policy, item.rule, item.instance): item for item in host.gone}
    seen: set[tuple[str, str, str]] = set()
    for verdict in host.verdicts:
        key = verdict.policy, verdict.rule, verdict.instance
        if key in gone:
            seen.add(key)
        state = verdict.baseline_state or ("updated" if key in gone else "unchanged")
        parts[verdict.policy].add_result(host, verdict, state)
    for key, item in gone.items():
        if item.policy in parts:
            parts[item.policy].add_gone(host, item, known=key in seen)
