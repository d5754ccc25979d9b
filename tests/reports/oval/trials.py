"""Trials: rules and hosts, judged as they always are, recorded, read back and written as OVAL."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hklint import audit
from hklint.cli.folder import NewFolder
from hklint.fact import Fact, Observation
from hklint.fleet import Gathered
from hklint.judging.registry_tests import registry_tests
from hklint.linking import library
from hklint.registry_test import RegistryTest
from hklint.run import Run
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.tally import tally
from hklint.verdict import Outcome
from hklint_reports import FORMATS
from hklint_reports.json_lines import read_run
from hklint_reports.oval.names import definition_id

TAKEN = "2026-11-23T10:00:00Z"
Hosts = Mapping[str, Mapping[Fact, Observation]]
"""What hosts have, by their names."""


class Trial(NamedTuple):
    """A rule on a registry value, what a host had (None if it was not judged), and the outcome."""

    host: str
    test: RegistryTest
    seen: Observation | None
    outcome: Outcome

    @property
    def definition(self) -> str:
        return definition_id(self.test.policy, self.test.rule, self.test.instance)


def policy_text(
    policy_id: str, expectations: Sequence[dict[str, Any]], applies_to: dict[str, Any]
) -> str:
    """A policy of these expectations in JSON, which is YAML but for pairs of surrogates."""
    rules = [
        {
            "id": f"case-{number}",
            "title": f"Case {number}",
            "severity": "low",
            "expect": expected,
            "why": "Another judge has to come to the same.",
        }
        for number, expected in enumerate(expectations)
    ]
    document = {
        "kind": "policy",
        "id": policy_id,
        "title": "Generated",
        "version": "1.0.0",
        "applies_to": applies_to,
        "rules": rules,
    }
    return re.sub(r"\\u(d[89ab]..)\\u(d[c-f]..)", _as_one, json.dumps(document))


def _as_one(pair: re.Match[str]) -> str:
    char = bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be")
    return f"\\U{ord(char):08x}"


def load(*paths: Path) -> library.Library:
    return library.load([str(path) for path in paths], {})


def tests_of(loaded: library.Library) -> list[RegistryTest]:
    return [test for policy in loaded.policies.values() for test in registry_tests(policy)]


def judged(loaded: library.Library, hosts: Hosts, path: Path) -> Run:
    """The run of these policies on these hosts, read back from its file."""
    header = audit.header(
        loaded, "check", ("check",), targets=len(hosts), fail_on="low", allow_unknown=False
    )
    results = [
        audit.host_result(
            Gathered(position, host, host, TAKEN, 0.1, _snapshot(host, facts)),
            tuple(loaded.policies.values()),
        )
        for position, (host, facts) in enumerate(hosts.items())
    ]
    total = tally(header, results)
    with path.open("w", encoding="ascii") as stream:
        FORMATS["jsonl"].write(Run.counted(total, results, audit.summary(total)), stream)
    with path.open(encoding="ascii") as stream:
        return read_run(stream)


def _snapshot(host: str, facts: Mapping[Fact, Observation]) -> Snapshot:
    source = Source("psrp", host, "LAB\\audit", "http", "")
    known = {lookup_key(fact): seen for fact, seen in facts.items()}
    return Snapshot(host, TAKEN, source, {}, known)


def trials(run: Run) -> Iterator[Trial]:
    """Every verdict of a run on a registry rule."""
    tests = {(test.policy, test.rule, test.instance): test for test in run.header.registry_tests}
    for host in run.hosts:
        for verdict in host.verdicts:
            test = tests.get((verdict.policy, verdict.rule, verdict.instance))
            if test is not None:
                seen = (it.observation for it in verdict.evidence if it.fact == test.fact)
                yield Trial(host.host, test, next(seen, None), verdict.outcome)


def write(run: Run, folder: Path) -> Path:
    """The OVAL documents of a run, in a new folder."""
    folder.mkdir()
    FORMATS["oval"].write_files(run, NewFolder(folder))
    return folder
