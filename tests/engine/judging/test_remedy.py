"""Remedies: that they help, that they touch no more than they must, and that they can be undone."""

import itertools
from collections.abc import Callable, Iterator, Mapping

import pytest

from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue, View
from hklint.fix import Step
from hklint.fixing.derive import Deriver
from hklint.fixing.forms.reg import files
from hklint.judging.changed import changed
from hklint.judging.evaluate import Judgement, judge
from hklint.judging.explain import explain
from hklint.judging.remedy import broken_by, changes
from hklint.lab.reg_file import merge, parse
from hklint.lab.registry import TYPE_NUMBERS, Registry, Value, parse_path
from hklint.lab.registry_data import store
from hklint.linking.library import Library
from hklint.policy import OutcomeExpectation, Policy, ValueExpectation
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change, Outcome

SCHANNEL = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2"
DOTNET = "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
BUILDS = (7601, 9200, 14393, 17763, 20348)
ABSENT = Absent("value")
TEXT = Present("REG_SZ", "1")


def _dwords(*numbers: int) -> tuple[Present, ...]:
    return tuple(Present("REG_DWORD", number) for number in numbers)


SCHANNEL_VALUES: tuple[Observation, ...] = (ABSENT, *_dwords(0, 1, 2, 0xFFFFFFFF), TEXT)
INHERITS: tuple[Observation, ...] = (ABSENT, *_dwords(0, 1, 2), TEXT)
STRONG_CRYPTO: tuple[Observation, ...] = (ABSENT, *_dwords(0, 1))

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


def _schannel(role: str, name: str) -> RegistryValue:
    return RegistryValue("HKLM", f"{SCHANNEL}\\{role}", name)


def _dotnet(name: str, view: View = "64-bit") -> RegistryValue:
    return RegistryValue("HKLM", DOTNET, name, view)


def _hosts(build: int) -> Iterator[dict[Fact, Observation]]:
    """Every combination; the Server role and the 32-bit view go through theirs the other way."""
    schannel = list(itertools.product(SCHANNEL_VALUES, SCHANNEL_VALUES))
    dotnet = list(itertools.product(INHERITS, STRONG_CRYPTO))
    for client, server in zip(schannel, reversed(schannel), strict=True):
        for wide, narrow in zip(dotnet, reversed(dotnet), strict=True):
            yield {
                HostField("build"): Present("integer", build),
                HostField("exchange_version"): Present("version", "15.1.2507.6"),
                _schannel("Client", "Enabled"): client[0],
                _schannel("Client", "DisabledByDefault"): client[1],
                _schannel("Server", "Enabled"): server[0],
                _schannel("Server", "DisabledByDefault"): server[1],
                _dotnet("SystemDefaultTlsVersions"): wide[0],
                _dotnet("SchUseStrongCrypto"): wide[1],
                _dotnet("SystemDefaultTlsVersions", "32-bit"): narrow[0],
                _dotnet("SchUseStrongCrypto", "32-bit"): narrow[1],
            }


def _judged(policy: Policy, snapshot: Snapshot) -> dict[str, Judgement]:
    return {item.rule.info.id + item.rule.instance: item for item in judge(policy, snapshot)}


def _is_about_meaning(item: Judgement) -> bool:
    """Rules that a registry value can mend; the one on style leaves it to the administrator."""
    expectation = item.rule.expectation
    has_write = not isinstance(expectation, ValueExpectation) or expectation.write is not None
    return has_write and not isinstance(expectation, OutcomeExpectation)


@pytest.mark.parametrize("build", BUILDS)
def test_every_rule_is_mended_by_what_it_proposes(
    build: int, store_policy: Policy, host_with: Hosts
) -> None:
    for host in _hosts(build):
        snapshot = host_with(host)
        before = _judged(store_policy, snapshot)
        proposed = {name: changes(item, snapshot) for name, item in before.items()}
        for name, item in before.items():
            wants = _is_about_meaning(item) and item.outcome is not Outcome.PASS
            assert (name, host, bool(proposed[name])) == (name, host, wants)
            for change in proposed[name]:
                assert not _is_right(snapshot, change)

        steps = Deriver([store_policy]).derive(snapshot).fix.steps
        after = _judged(store_policy, changed(snapshot, map(_change, steps)))
        for name, item in after.items():
            wants_pass = _is_about_meaning(item) or before[name].outcome is Outcome.PASS
            assert not wants_pass or item.outcome is Outcome.PASS, (name, host)
            assert changes(item, snapshot) == () or not _is_about_meaning(item)


def _change(step: Step) -> Change:
    assert isinstance(step.after, Present)
    return Change(step.fact, step.after.type, step.after.value, step.restart)


def _is_right(snapshot: Snapshot, change: Change) -> bool:
    return snapshot.observe(change.fact) == Present(change.type, change.value)


def test_the_support_case_is_mended_as_microsoft_says(
    shipped: Library, store_host: Callable[[str], Snapshot]
) -> None:
    """TLS12-Enable.reg and NET4X-UseSchannelDefaults.reg of the article, and nothing else."""
    found = _all_changes(shipped, store_host("tls12-blocked"))
    assert sorted((str(item.fact), item.type, item.value, item.restart) for item in found) == [
        (f"HKLM\\{DOTNET}: SystemDefaultTlsVersions [32-bit]", "REG_DWORD", 1, "computer"),
        (f"HKLM\\{DOTNET}: SystemDefaultTlsVersions [64-bit]", "REG_DWORD", 1, "computer"),
        (f"HKLM\\{SCHANNEL}\\Client: DisabledByDefault [64-bit]", "REG_DWORD", 0, "computer"),
        (f"HKLM\\{SCHANNEL}\\Client: Enabled [64-bit]", "REG_DWORD", 1, "computer"),
        (f"HKLM\\{SCHANNEL}\\Server: DisabledByDefault [64-bit]", "REG_DWORD", 0, "computer"),
        (f"HKLM\\{SCHANNEL}\\Server: Enabled [64-bit]", "REG_DWORD", 1, "computer"),
    ]


def _all_changes(shipped: Library, snapshot: Snapshot) -> tuple[Change, ...]:
    policy = shipped.policies["exchange-store-addins"]
    return tuple(map(_change, Deriver([policy]).derive(snapshot).fix.steps))


@pytest.mark.parametrize("case", ["healthy", "not-exchange", "exchange-version-unreadable"])
def test_nothing_is_proposed_where_nothing_is_known_to_fail(
    case: str,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
) -> None:
    assert _all_changes(shipped, store_host(case)) == ()


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("enabled-unreadable", "Enabled"),
        ("dotnet-unreadable-tls12-blocked", "SystemDefaultTlsVersions"),
    ],
)
def test_a_value_that_was_not_read_is_not_written(
    case: str,
    name: str,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
) -> None:
    unread = {
        (lookup_key(_schannel("Client", name)), "enabled-unreadable"),
        (lookup_key(_dotnet(name)), "dotnet-unreadable-tls12-blocked"),
    }
    found = _all_changes(shipped, store_host(case))
    assert not {(lookup_key(change.fact), case) for change in found} & unread


# ---- There and back again, through the lab's registry ----


def _registry(host: Mapping[Fact, Observation]) -> Registry:
    registry = Registry()
    for fact, seen in host.items():
        if isinstance(fact, RegistryValue) and isinstance(seen, Present):
            data = list(seen.value) if isinstance(seen.value, tuple) else seen.value
            value = store(fact.value, seen.type, data)  # type: ignore[arg-type] # data of the test
            registry.write(parse_path(f"{fact.hive}\\{fact.key}"), value, fact.view)
    return registry


def _read(registry: Registry, facts: Mapping[Fact, Observation]) -> dict[Fact, Value | None]:
    return {
        fact: registry.value(parse_path(f"{fact.hive}\\{fact.key}"), fact.value, fact.view)
        for fact in facts
        if isinstance(fact, RegistryValue)
    }


def test_fix_and_rollback_do_what_they_say(shipped: Library, host_with: Hosts) -> None:
    for host in itertools.islice(_hosts(14393), 0, None, 7):
        snapshot = host_with(host)
        fix = Deriver([shipped.policies["exchange-store-addins"]]).derive(snapshot).fix
        made = files(fix)
        registry = _registry(host)
        before = _read(registry, host)

        merge(registry, parse(made["fix.reg"]))
        written = {step.fact: step.after for step in fix.steps}
        for fact, value in _read(registry, host).items():
            if fact in written:
                number = TYPE_NUMBERS["REG_DWORD"]
                after = written[fact]
                assert isinstance(after, Present)
                data = int(after.value).to_bytes(4, "little")  # type: ignore[arg-type] # data of the test
                assert value is not None
                assert (value.type, value.data) == (number, data)
            else:
                assert value == before[fact]

        merge(registry, parse(made["rollback.reg"]))
        assert _read(registry, host) == before


def _on_request_with_strong_crypto() -> dict[Fact, Observation]:
    """TLS 1.2 only by name, and .NET names it: inheriting from Schannel alone would end that."""
    host = next(_hosts(14393))
    one = Present("REG_DWORD", 1)
    values = {
        _schannel("Client", "Enabled"): one,
        _schannel("Client", "DisabledByDefault"): one,
        _dotnet("SystemDefaultTlsVersions"): ABSENT,
        _dotnet("SchUseStrongCrypto"): one,
    }
    return {**host, **values}


def test_a_change_that_breaks_another_rule_is_told(store_policy: Policy, host_with: Hosts) -> None:
    snapshot = host_with(_on_request_with_strong_crypto())
    item = _judged(store_policy, snapshot)["dotnet-inherits-schannelview=64-bit"]
    found = changes(item, snapshot)
    broken = broken_by(found, store_policy.rules, snapshot)
    assert [rule.info.id for rule in broken] == ["dotnet-offers-tls-1.2"]
    (warning, *_) = explain(item, store_policy, snapshot).explanation.then
    assert warning.startswith("Don't make this change alone: dotnet-offers-tls-1.2")


def test_all_changes_together_break_nothing(store_policy: Policy, host_with: Hosts) -> None:
    snapshot = host_with(_on_request_with_strong_crypto())
    steps = Deriver([store_policy]).derive(snapshot).fix.steps
    assert broken_by(list(map(_change, steps)), store_policy.rules, snapshot) == ()
