"""The picture of TLS shows what rows say, and nothing that they leave open."""

from collections import Counter
from types import ModuleType

import msgspec
import pytest

from hklint.verdict import DecidingRow
from hklint_reports.html import tls
from hklint_reports.html.index import Index


def _row(runs: ModuleType, subject: str, state: str, model: str = tls.MODEL) -> DecidingRow:
    row: DecidingRow = runs.client_row(1, "blocked", "")
    return msgspec.structs.replace(row, model=model, subject=subject, state=state)


def _shown(picture: str) -> dict[str, str]:
    """What a picture shows, without what was not judged."""
    return {
        f"{protocol} {role}": state.word
        for protocol, cells in tls.fleet_table(Counter([picture]))
        for role, cell in zip(tls.ROLES, cells, strict=True)
        for state, _ in cell.states
        if state.letter != tls.NOT_JUDGED
    }


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["usable"], "usable"),
        (["on-request"], "on request"),
        (["blocked", "blocked"], "blocked"),
        (["unsupported"], "unsupported"),
        (["uncertain"], "unknown"),
        (["usable", "blocked"], "unknown"),
        (["a state of another version"], "unknown"),
    ],
)
def test_states(runs: ModuleType, states: list[str], shown: str) -> None:
    rows = [_row(runs, "TLS 1.2 Client", state) for state in states]
    assert _shown(tls.picture([tls.stated(rows)])) == {"TLS 1.2 Client": shown}
    apart = [tls.stated([row]) for row in rows]
    assert _shown(tls.picture(apart)) == {"TLS 1.2 Client": shown}


@pytest.mark.parametrize(
    ("subject", "model"),
    [
        ("TLS 1.2 Client", "schannel-default"),
        ("TLS 1.2 Client by default", tls.MODEL),
        ("TLS 9.9 Client", tls.MODEL),
        ("TLS 1.2", tls.MODEL),
        ("", tls.MODEL),
    ],
)
def test_other_rows_say_nothing(runs: ModuleType, subject: str, model: str) -> None:
    assert tls.picture([tls.stated([_row(runs, subject, "usable", model)])]) == tls.NOTHING


def test_verdicts_and_diagnoses_both_count(runs: ModuleType) -> None:
    index = Index(runs.single())
    (host,) = index.hosts
    assert _shown(host.picture) == {"TLS 1.2 Client": "blocked"}
    without = runs.host("ex01", (), (runs.BLOCKED,))
    assert Index(runs.run([without], 1)).hosts[0].picture == host.picture


def test_a_host_that_was_not_reached_is_not_judged(runs: ModuleType) -> None:
    index = Index(runs.not_reached())
    assert {host.picture for host in index.hosts if host.failure >= 0} == {tls.NOTHING}


def test_hosts_are_counted_by_state() -> None:
    table = dict(tls.fleet_table(Counter({"u" + tls.NOTHING[1:]: 3, "b" + tls.NOTHING[1:]: 2})))
    client, server = table["SSL 2.0"]
    assert [(state.word, hosts) for state, hosts in client.states] == [
        ("usable", 3),
        ("blocked", 2),
    ]
    assert [(state.word, hosts) for state, hosts in server.states] == [("not judged", 5)]
