"""Our tables, the lab's own code and real TLS handshakes say the same of every combination."""

import itertools
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import msgspec
import pytest

from hklint.lab import dotnet, host_file, schannel, web_client
from hklint.lab.dotnet import Process
from hklint.lab.lab import Lab
from hklint.lab.registry import Registry, parse_path
from hklint.lab.registry_data import dword
from hklint.lab.schannel import Protocol, Role, Support
from hklint.linking.library import Library
from hklint.sources.recorded import load_snapshot

ABSENT, TEXT, ALL_ONES = None, "1", 0xFFFFFFFF
SETTINGS: tuple[int | str | None, ...] = (ABSENT, 0, 1, 2, ALL_ONES, TEXT)
STRONG_CRYPTO: tuple[int | None, ...] = (ABSENT, 0, 1)
POLICY = "exchange-store-addins"
HOSTS = list(host_file.shipped())
SERVER_2008_R2, SERVER_2016, SERVER_2022, SERVER_2025, UNLISTED = 7601, 14393, 20348, 26100, 99999
SSL3, TLS10, TLS11 = Protocol.SSL3, Protocol.TLS10, Protocol.TLS11
TLS12, TLS13 = Protocol.TLS12, Protocol.TLS13

PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"

Setting = int | str | None
Versions = Any
"""The network of the package `agreement`, whose types cannot be imported."""
Rule = Callable[[Registry, int, Protocol, Role], Support]
Disagreements = Callable[..., list[str]]


@pytest.fixture
def disagreements(agreement: ModuleType, shipped: Library) -> Disagreements:
    """What the opinions differ in over some cells; there has to be at least one cell."""

    def found(
        cells: Iterable[Any], network: object = None, program: Process | None = None
    ) -> list[str]:
        cells, models = list(cells), shipped.models
        assert cells
        heard = [agreement.listen(cell, models, network, program) for cell in cells]
        return [
            line
            for cell, what in zip(cells, heard, strict=True)
            for line in agreement.disagreements(cell, models, what)
        ]

    return found


@pytest.mark.parametrize("enabled", SETTINGS)
@pytest.mark.parametrize("build", [SERVER_2008_R2, SERVER_2016])
def test_tls_1_2_in_every_combination(
    agreement: ModuleType,
    one_version_servers: Versions,
    disagreements: Disagreements,
    build: int,
    enabled: Setting,
) -> None:
    cells = [cell for cell in agreement.full_grid(build, TLS12) if cell.enabled == enabled]
    assert len(cells) == 6 * 6 * 3
    assert disagreements(cells, one_version_servers) == []


@pytest.mark.parametrize(
    ("build", "protocol"),
    [
        *itertools.product([SERVER_2008_R2, SERVER_2016], [TLS10, TLS11, TLS13]),
        *itertools.product([SERVER_2022], [TLS12, TLS13]),
        *itertools.product([SERVER_2025], [TLS10, TLS13]),
        (UNLISTED, TLS12),
    ],
)
def test_other_protocols_and_builds(
    agreement: ModuleType,
    one_version_servers: Versions,
    disagreements: Disagreements,
    build: int,
    protocol: Protocol,
) -> None:
    cells = agreement.short_grid(build, protocol)
    assert disagreements(cells, one_version_servers) == []


@pytest.mark.parametrize("build", [SERVER_2008_R2, SERVER_2016, UNLISTED])
def test_ssl_3_which_openssl_has_not(
    agreement: ModuleType, disagreements: Disagreements, build: int
) -> None:
    assert disagreements(agreement.short_grid(build, SSL3)) == []


@pytest.mark.parametrize("target", ["none", "4.6", "4.7"])
@pytest.mark.parametrize("bits", [64, 32])
def test_programs_of_every_target_and_view(
    agreement: ModuleType,
    shipped: Library,
    one_version_servers: Versions,
    disagreements: Disagreements,
    target: dotnet.Target,
    bits: Literal[32, 64],
) -> None:
    """Requests are PowerShell's alone, so these programs shake hands as the lab lets them."""
    program = Process(target, bits, agreement.RELEASE)
    views = [program.view] * 3 + ["32-bit" if bits == 64 else "64-bit"]
    schannel_values = [(1, 0), (1, 1), (0, 1), (1, 0)]
    cells = [
        agreement.Cell(SERVER_2016, TLS12, *both, *choice, view)
        for both, view in zip(schannel_values, views, strict=True)
        for choice in itertools.product(SETTINGS, STRONG_CRYPTO)
    ]
    assert disagreements(cells, None, program) == []
    for cell in cells:
        registry = agreement.listen(cell, shipped.models).registry
        offer = dotnet.offer(registry, cell.build, program, "default").protocols
        uri, host = agreement.uri_of(TLS12), agreement.host_of(cell)
        traffic = web_client.get(uri, host, one_version_servers, offer, 10, threading.Event())
        assert (traffic.negotiated is TLS12) == (TLS12 in offer), cell


def test_newer_programs_alone_surely_get_tls_1_3(
    agreement: ModuleType, disagreements: Disagreements
) -> None:
    cells = [cell for cell in agreement.short_grid(SERVER_2022, TLS13) if cell.enabled != ALL_ONES]
    for target in ("none", "4.6", "4.7"):
        assert disagreements(cells, None, Process(target, 64, agreement.RELEASE)) == []


def test_the_lab_says_so_wherever_it_guesses(agreement: ModuleType, shipped: Library) -> None:
    guessed = 0
    for build, (enabled, disabled) in itertools.product(
        [SERVER_2008_R2, SERVER_2016], itertools.product(SETTINGS, SETTINGS)
    ):
        cell = agreement.Cell(build, TLS12, enabled, disabled, 1, ABSENT)
        heard = agreement.listen(cell, shipped.models)
        if agreement.is_open(cell, heard.program, "default", 0):
            guessed += 1
            assert schannel.guesses(heard.registry, build, TLS12, "Client"), cell
    assert guessed == 11 + 7


# -- the comparison would notice -------------------------------------------------------------------


def cells_that_meet_every_row(agreement: ModuleType) -> Iterable[tuple[Any, Process | None]]:
    machines = [(SERVER_2008_R2, TLS12), (SERVER_2016, TLS12), (SERVER_2016, SSL3)]
    machines += [(SERVER_2016, TLS13), (SERVER_2022, TLS13), (SERVER_2025, TLS10)]
    machines += [(UNLISTED, TLS12)]
    values = itertools.product(STRONG_CRYPTO, STRONG_CRYPTO)
    choices = [(ABSENT, ABSENT), (ABSENT, 1), (1, ABSENT)]
    for machine, both, choice in itertools.product(machines, values, choices):
        yield agreement.Cell(*machine, *both, *choice), None
    targets = [Process(target, 64, agreement.RELEASE) for target in ("none", "4.6", "4.7")]
    for program, choice in itertools.product(
        targets, itertools.product(STRONG_CRYPTO, STRONG_CRYPTO)
    ):
        yield agreement.Cell(SERVER_2016, TLS12, 1, 0, *choice), program
        yield agreement.Cell(SERVER_2022, TLS13, 1, 0, *choice), program


def test_no_row_can_be_changed_unnoticed(agreement: ModuleType, shipped: Library) -> None:
    models = shipped.models
    meeting: dict[tuple[str, int], list[tuple[Any, Any]]] = {}
    for cell, program in cells_that_meet_every_row(agreement):
        heard = agreement.listen(cell, models, None, program)
        for row in agreement.rows_met(cell, models, heard.program, heard.snapshot):
            meeting.setdefault(row, []).append((cell, heard))
    unnoticed: list[str] = []
    for name in ("schannel-protocol", "dotnet-protocols", "tls-client"):
        for row, state in itertools.product(models[name].rows, models[name].states):
            changed = agreement.changed_row(models, name, row.number, state)
            met = meeting.get((name, row.number), [])
            differs = any(any(agreement.disagreements(cell, changed, what)) for cell, what in met)
            if differs != (state != row.state):
                unnoticed.append(f"{name}, row {row.number}: {state} instead of {row.state}")
    assert unnoticed == []


def ignoring_disabled_by_default(right: Rule) -> Rule:
    def support(registry: Registry, build: int, protocol: Protocol, role: Role) -> Support:
        granted = right(registry, build, protocol, role)
        return Support.USABLE if granted is Support.ON_REQUEST else granted

    return support


def taking_all_ones_as_0(right: Rule) -> Rule:
    def support(registry: Registry, build: int, protocol: Protocol, role: Role) -> Support:
        enabled = registry.value(parse_path(rf"{PROTOCOLS}\{protocol.value}\{role}"), "Enabled")
        granted = right(registry, build, protocol, role)
        return Support.BLOCKED if dword(enabled) == ALL_ONES else granted

    return support


@pytest.mark.parametrize("wrong", [ignoring_disabled_by_default, taking_all_ones_as_0])
def test_a_wrong_rule_of_the_lab_is_noticed(
    agreement: ModuleType,
    disagreements: Disagreements,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Callable[[Rule], Rule],
) -> None:
    cells = [agreement.Cell(SERVER_2016, TLS12, ALL_ONES, 1, 1, ABSENT)]
    assert disagreements(cells) == []
    monkeypatch.setattr(schannel, "support", wrong(schannel.support))
    assert any("our tables say" in line for line in disagreements(cells))


def test_a_server_of_another_version_is_noticed(
    agreement: ModuleType, one_version_servers: Versions, disagreements: Disagreements
) -> None:
    ports = one_version_servers.ports
    swapped = {**ports, "TLS 1.2": ports["TLS 1.3"]}
    network = msgspec.structs.replace(one_version_servers, ports=swapped)
    cells = [agreement.Cell(SERVER_2016, TLS12, 1, 0, 1, ABSENT)]
    assert disagreements(cells, one_version_servers) == []
    assert any("on the wire" in line for line in disagreements(cells, network))


# -- over PowerShell remoting ----------------------------------------------------------------------


@pytest.mark.parametrize("host_id", HOSTS)
def test_every_shipped_host_over_the_wire(
    agreement: ModuleType,
    shipped: Library,
    new_lab: Callable[..., Lab],
    hklint_command: Callable[..., Any],
    tmp_path: Path,
    host_id: str,
) -> None:
    host = new_lab(host_id).hosts[host_id]
    file = tmp_path / "host.json"
    assert hklint_command("snapshot", host.target, "-p", POLICY, "-o", file).code == 0
    snapshot = load_snapshot(str(file))
    registry, build = host.machine.in_effect, host.machine.host.build
    values = [
        dword(registry.value(parse_path(path), name))
        for path, names in (
            (agreement.client_key(TLS12), ("Enabled", "DisabledByDefault")),
            (agreement.DOTNET_KEY, ("SystemDefaultTlsVersions", "SchUseStrongCrypto")),
        )
        for name in names
    ]
    cell = agreement.Cell(build, TLS12, *values)
    on_its_way = host.machine.host.proxy is None and bool(host.machine.host.names)
    reached = {shake.way: shake.negotiated is TLS12 for shake in host.handshakes}
    assert set(reached) == set(agreement.WAYS)
    assert on_its_way or set(reached.values()) == {False}
    heard = agreement.Heard(
        agreement.powershell(build), snapshot, registry, reached if on_its_way else {}
    )
    assert list(agreement.disagreements(cell, shipped.models, heard)) == []
