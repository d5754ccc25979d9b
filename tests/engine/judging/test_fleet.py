"""Asking many hosts: one result for each, under the name the user knows it by."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from hklint import fleet
from hklint.credentials import Passwords
from hklint.fact import Absent, Fact, Present, RegistryName, RegistryValue, Unreadable
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered, Recorded, gather
from hklint.snapshot import Snapshot, Source
from hklint.sources import Answered, Options
from hklint.target import WsmanTarget, parse_target

FACTS: frozenset[Fact] = frozenset(
    {
        RegistryValue("HKLM", "SOFTWARE\\Contoso", "x"),
        RegistryName("HKLM", "SOFTWARE\\Contoso", "s"),
    }
)
ANSWER = {
    "host": [{"name": "name", "state": "present", "data": "EX01"}],
    "registry": [{"hive": "HKLM", "view": "64-bit", "key": "SOFTWARE\\Contoso", "state": "absent"}],
    "web_requests": [],
}
SOURCE = Source("psrp", "", "", "", "0" * 64)

Collect = Callable[[WsmanTarget, Mapping[str, object], Options], Answered | Failure]


def _answer(target: WsmanTarget, request: Mapping[str, object], options: Options) -> Answered:
    del target, request, options
    return Answered(ANSWER, SOURCE, 0.1)


def _targets(*texts: str) -> list[WsmanTarget]:
    return [cast("WsmanTarget", parse_target(text, is_file=lambda _: False)) for text in texts]


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Gathered]]:
    """Asks targets of a source that is a function; results in the order of the targets."""

    def ask(
        targets: Sequence[WsmanTarget | Recorded],
        collect: Collect = _answer,
        options: Options | None = None,
        jobs: int = 4,
    ) -> list[Gathered]:
        monkeypatch.setattr(fleet, "collect", collect)
        options = options or Options(passwords=Passwords({}))
        found = list(gather(targets, FACTS, options, jobs))
        return sorted(found, key=lambda item: item.position)

    return ask


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("ex01.contoso.example", "ex01.contoso.example"),
        ("psrp://ex01:5985", "ex01"),
        ("psrp://ex01:15985", "ex01:15985"),
        ("psrps://ex01", "ex01"),
        ("psrps://ex01:5985", "ex01:5985"),
        ("audit@ex01", "ex01"),
        ("192.0.2.7", "EX01 (192.0.2.7)"),
        ("psrp://192.0.2.7:15985", "EX01 (192.0.2.7:15985)"),
        ("psrp://[2001:db8::7]", "EX01 (2001:db8::7)"),
        ("psrps://[2001:db8::7]:443", "EX01 ([2001:db8::7]:443)"),
    ],
)
def test_a_host_has_the_name_the_user_knows(
    target: str, name: str, asking: Callable[..., list[Gathered]]
) -> None:
    (gathered,) = asking(_targets(target))
    assert isinstance(gathered.result, Snapshot)
    assert (gathered.name, gathered.result.host, gathered.target) == (name, name, target)


def test_a_host_cannot_choose_an_endless_name(asking: Callable[..., list[Gathered]]) -> None:
    def boast(*_: object) -> Answered:
        field = {"name": "name", "state": "present", "data": "x" * 100_000}
        return Answered({**ANSWER, "host": [field]}, SOURCE, 0.1)

    (gathered,) = asking(_targets("192.0.2.7"), boast)
    assert gathered.name == "x" * 63 + " (192.0.2.7)"


def test_an_address_is_the_name_of_a_host_that_names_itself_not(
    asking: Callable[..., list[Gathered]],
) -> None:
    def nameless(*_: object) -> Answered:
        return Answered({**ANSWER, "host": [{"name": "name", "state": "absent"}]}, SOURCE, 0.1)

    (gathered,) = asking(_targets("192.0.2.7"), nameless)
    assert gathered.name == "192.0.2.7"


def test_the_snapshot_says_by_itself_what_was_asked(asking: Callable[..., list[Gathered]]) -> None:
    (gathered,) = asking(_targets("ex01"))
    assert isinstance(gathered.result, Snapshot)
    asked = RegistryValue("HKLM", "SOFTWARE\\Contoso", "x")
    assert gathered.result.observe(asked) == Absent("key")
    assert gathered.result.answer["registry"] == [
        {
            **ANSWER["registry"][0],
            "values": [{"name": name, "state": "absent"} for name in ("s", "x")],
        }
    ]


def test_each_target_has_one_result_whatever_the_others_do(
    asking: Callable[..., list[Gathered]],
) -> None:
    failure = Failure(Reason.TIMED_OUT, "connecting", "20 s")

    def collect(target: WsmanTarget, *_: object) -> Answered | Failure:
        return failure if target.host == "ex02" else Answered(ANSWER, SOURCE, 0.1)

    found = asking(_targets("ex01", "ex02", "ex03", "ex01"), collect)
    assert [item.name for item in found] == ["ex01", "ex02", "ex03", "ex01"]
    assert [isinstance(item.result, Snapshot) for item in found] == [True, False, True, True]
    assert found[1].result == failure


def test_hosts_are_asked_side_by_side_but_no_more_than_wanted(
    asking: Callable[..., list[Gathered]],
) -> None:
    together = threading.Barrier(2)
    asked: list[str] = []

    def collect(target: WsmanTarget, *_: object) -> Answered:
        asked.append(target.host)
        together.wait(timeout=5)
        return Answered(ANSWER, SOURCE, 0.1)

    found = asking(_targets("ex01", "ex02", "ex03", "ex04"), collect, jobs=2)
    assert len(found) == 4
    assert sorted(asked) == ["ex01", "ex02", "ex03", "ex04"]


def test_after_a_stop_no_host_is_asked(asking: Callable[..., list[Gathered]]) -> None:
    options = Options(passwords=Passwords({}))
    options.cancellation.cancel()

    def collect(*_: object) -> Answered:
        raise AssertionError

    (gathered,) = asking(_targets("ex01"), collect, options)
    assert gathered.result == Failure(Reason.CANCELLED, "before connecting", "not asked")


def test_a_recorded_host_is_not_asked(asking: Callable[..., list[Gathered]]) -> None:
    snapshot = Snapshot("EX01", "2026-03-04T05:06:07Z", SOURCE, ANSWER, {})

    def collect(*_: object) -> Answered:
        raise AssertionError

    (gathered,) = asking([Recorded(str(Path("ex01.json")), snapshot)], collect)
    assert (gathered.name, gathered.target, gathered.result) == ("EX01", "ex01.json", snapshot)


def test_data_that_no_rule_looks_at_are_not_kept(asking: Callable[..., list[Gathered]]) -> None:
    """A rule may ask only whether a password is there: it never gets into a snapshot."""
    key = {"hive": "HKLM", "view": "64-bit", "key": "SOFTWARE\\Contoso", "state": "present"}
    values = [
        {"name": name, "state": "present", "type": "REG_SZ", "data": data}
        for name, data in (("x", "kept"), ("s", "canary-password"), ("other", "canary-password"))
    ]
    answer = {**ANSWER, "registry": [{**key, "values": values}]}
    (gathered,) = asking(_targets("ex01"), lambda *_: Answered(answer, SOURCE, 0.1))
    snapshot = gathered.result
    assert isinstance(snapshot, Snapshot)
    value, name = sorted(FACTS, key=lambda fact: isinstance(fact, RegistryName))
    assert snapshot.observe(value) == Present("REG_SZ", "kept")
    assert snapshot.observe(name) == Present("name", "")
    hidden = snapshot.observe(RegistryValue("HKLM", "SOFTWARE\\Contoso", "s"))
    assert isinstance(hidden, Unreadable)
    assert "canary" not in str(snapshot)
