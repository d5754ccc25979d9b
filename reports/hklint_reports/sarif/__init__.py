"""SARIF 2.1.0 for code scanning: one run for each policy, with the failed rules as its results.

What is no finding is not written as a result, because many readers take every result for a
problem: rules that could not be judged and hosts that were not reached are notifications.
"""

import json
from collections.abc import Iterator
from typing import TextIO

from hklint.run import PolicyInfo, Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.sarif.invocation import NOTICES, invocation
from hklint_reports.sarif.places import FOLDER, Places
from hklint_reports.sarif.results import findings
from hklint_reports.sarif.rules import driver, guid
from hklint_reports.text import visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the log, one result a line."""
    stream.write(f'{{\n"$schema": {json.dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": [')
    separator = "\n"
    for policy in run.header.policies:
        stream.write(separator)
        stream.writelines(_run_text(run, policy, options))
        separator = ",\n"
    stream.write("\n]\n}\n")


def _run_text(run: Run, policy: PolicyInfo, options: Options) -> Iterator[str]:
    """A SARIF run; what the results refer to is known behind them, so it follows."""
    places = Places(run.header.documents, options.folder)
    places.artifact(policy.path)
    yield json.dumps(_head(run, policy), indent=1).removesuffix("\n}") + ',\n "results": ['
    separator = "\n"
    for result in findings(run, policy, places):
        yield separator + json.dumps(result)
        separator = ",\n"
    tail = json.dumps(_tail(run, policy, places), indent=1)
    yield "\n ],\n" + tail.removeprefix("{\n")


def _head(run: Run, policy: PolicyInfo) -> dict[str, object]:
    started = run.header.started
    return {
        "tool": {"driver": driver(run.header, policy, NOTICES)},
        "automationDetails": {
            "id": f"hklint/{policy.id}/{started}",
            "guid": guid("run", policy.id, started),
        },
        "originalUriBaseIds": {
            FOLDER: {"description": {"text": "The folder in which hklint was run."}},
        },
        "columnKind": "unicodeCodePoints",
        "defaultSourceLanguage": "yaml",
    }


def _tail(run: Run, policy: PolicyInfo, places: Places) -> dict[str, object]:
    return {
        "logicalLocations": places.logical_locations(),
        "artifacts": places.artifacts(
            {policy.path: policy.sha256}, {waiver.span.path for waiver in run.header.waivers}
        ),
        "invocations": [invocation(run, policy)],
        "properties": {
            "policyVersion": policy.version,
            "hosts": run.summary.hosts,
            "hostsNotReached": run.summary.hosts_not_reached,
            "diagnoses": [
                {
                    "host": visible(host.host),
                    "cause": visible(diagnosis.state),
                    "title": visible(diagnosis.title),
                    "sentence": visible(diagnosis.sentence),
                }
                for host in run.hosts
                for diagnosis in host.diagnoses
                if diagnosis.policy == policy.id
            ],
        },
    }
