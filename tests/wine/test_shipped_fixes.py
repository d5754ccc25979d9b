"""Fixes of every shipped policy in Wine's registry: made, and taken back."""

import shutil
from collections.abc import Callable

import pytest

from hklint.authoring.examples import Facts, healthy, nothing_set, wrong
from hklint.fact import Absent, Present, RegistryValue
from hklint.fix import Fix, Step
from hklint.fixing.derive import Deriver
from hklint.fixing.forms.reg import files
from hklint.fold import fold
from hklint.judging.changed import keys_of
from hklint.linking.library import load
from hklint.reg_file.data import stored
from hklint.reg_file.entries import TYPE_NUMBERS, CreateKey, DeleteValue, Entry, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import Snapshot, Source, lookup_key

pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(shutil.which("wine") is None, reason="needs Wine: run `make test-wine`"),
]

POLICIES = (
    "exchange-hardening",
    "exchange-health",
    "exchange-store-addins",
    "exchange-tls",
    "dotnet-framework",
    "schannel-algorithms",
    "schannel-protocols",
    "winhttp",
    "member-server-authentication",
    "member-server-logging",
    "member-server-network",
    "member-server-remote-access",
    "member-server-system",
)
"""All that name registry values a fix could write."""

Content = dict[str, dict[str, tuple[int, bytes]]]
States = Callable[..., list[Content]]


def _host(facts: Facts) -> Snapshot:
    """A host that has all keys; those that a fix makes are taken back by tests of their own."""
    known = {lookup_key(fact): seen for fact, seen in facts.items()}
    for fact in facts:
        if isinstance(fact, RegistryValue):
            known |= {lookup_key(key): Present("key", "") for key in keys_of(fact)}
    return Snapshot("EX01", "2026-03-04T05:06:07Z", Source("", "", "", "", ""), {}, known)


def _start(fix: Fix) -> list[Entry]:
    """What the fix was derived for, as far as it touches it."""
    entries: list[Entry] = []
    for step in fix.steps:
        key, name = key_of(step.fact), step.fact.value
        entries.append(CreateKey(key))
        if isinstance(step.before, Present):
            entries.append(SetValue(key, name, step.before))
        else:
            entries.append(DeleteValue(key, name))
    return entries


def _value(seen: Present | Absent) -> tuple[int, bytes] | None:
    return None if isinstance(seen, Absent) else (TYPE_NUMBERS[seen.type], stored(seen))


def _has(content: Content, step: Step) -> tuple[int, bytes] | None:
    return content.get(fold(key_of(step.fact).path), {}).get(fold(step.fact.value))


def _fixes(name: str) -> list[Fix]:
    """What is derived where nothing is set, and where every value is wrong."""
    policy = load([name], {}).policies[name]
    well = healthy(policy)
    hosts = (nothing_set(policy), {**well, **wrong(policy, well)})
    found = (Deriver([policy]).derive(_host(host)).fix for host in hosts)
    return [fix for fix in found if fix.steps]


@pytest.mark.parametrize("name", POLICIES)
def test_the_fix_makes_the_steps_and_the_rollback_takes_them_back(
    name: str, states: States
) -> None:
    fixes = _fixes(name)
    assert fixes
    for fix in fixes:
        made = files(fix)
        keys = [key_of(step.fact) for step in fix.steps]
        start, fixed, back = states(
            [write(_start(fix)), made["fix.reg"], made["rollback.reg"]], keys
        )
        for step in fix.steps:
            assert _has(start, step) == _value(step.before), step.fact
            assert _has(fixed, step) == _value(step.after), step.fact
        assert back == start
