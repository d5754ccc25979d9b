"""Three opinions on what a Windows offers: our tables, the lab's own code, and a TLS handshake."""

import itertools
import json
import ssl
import threading
import warnings
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from hklint.bind import bind
from hklint.evaluate import TableResult, evaluate
from hklint.fact import Fact, Present, View, Way, WebRequest
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete
from hklint.lab import dotnet
from hklint.lab.dotnet import Process
from hklint.lab.host_file import Host
from hklint.lab.machine import Machine
from hklint.lab.network import Network
from hklint.lab.registry import Registry
from hklint.lab.schannel import Protocol, support
from hklint.lab.store import Manners, Store
from hklint.lab.tls import OFFERABLE, client_contexts, server_context
from hklint.lab.wire.certificates import CertificateAuthority, TlsFiles
from hklint.model import Model, ModelInput, Table
from hklint.plan import table_facts
from hklint.snapshot import Snapshot, Source

Models = Mapping[str, Model]
Setting = int | str | None
Truths = frozenset[bool]

ABSENT, TEXT, ALL_ONES = None, "1", 0xFFFFFFFF
SETTINGS: tuple[Setting, ...] = (ABSENT, 0, 1, 2, ALL_ONES, TEXT)
"""What may stand in a registry value; a text is REG_SZ, where Windows wants REG_DWORD."""
ON: tuple[Setting, ...] = (1, 2, ALL_ONES)
STRONG_CRYPTO: tuple[Setting, ...] = (ABSENT, 0, 1)
SCHANNEL_OF_INTEREST: tuple[Setting, ...] = (ABSENT, 0, 1, ALL_ONES, TEXT)
DOTNET_OF_INTEREST: tuple[tuple[Setting, Setting], ...] = ((ABSENT, ABSENT), (ABSENT, 1), (1, 0))
"""SystemDefaultTlsVersions and SchUseStrongCrypto: TLS 1.0 at most, a named list, inherited."""

WAYS: tuple[Way, ...] = ("default", "tls12", "system-default")
ACCOUNT = "LAB\\audit"
RELEASE = 528049
""".NET Framework 4.8 on Windows Server 2016."""
_SCHANNEL_KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
DOTNET_KEY = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"


def client_key(protocol: Protocol) -> str:
    """The key of the two Schannel values of a protocol."""
    return rf"{_SCHANNEL_KEY}\{protocol.value}\Client"


TARGETS: Mapping[dotnet.Target, str] = {
    "none": "none",
    "4.6": "4.6 to 4.6.2",
    "4.7": "4.7 and later",
}
"""What our tables call the lab's target frameworks."""

YES, NO, OPEN = frozenset([True]), frozenset([False]), frozenset([True, False])
OFFERED = {
    "offered": YES, "not-offered": NO, "blocked": NO, "unsupported": NO, "uncertain": OPEN,
}  # fmt: skip
UNASKED = {"usable": YES, "on-request": NO, "blocked": NO, "unsupported": NO, "uncertain": OPEN}
NAMED = UNASKED | {"on-request": YES}
_TLS10_AT_MOST = 240
CHOICES = {0: "system-default", _TLS10_AT_MOST: "tls-1-0-at-most", 16320: "named-list"}
"""ServicePointManager.SecurityProtocol of a program that sets nothing, by what .NET chose."""


class Cell(msgspec.Struct, frozen=True):
    """One combination: a build of Windows, and what stands in the four values.

    `view` is where the two values of .NET stand; the other view of the registry has none.
    """

    build: int
    protocol: Protocol
    enabled: Setting
    disabled_by_default: Setting
    system_default: Setting
    strong_crypto: Setting
    view: View = "64-bit"


class Heard(msgspec.Struct, frozen=True):
    """What came of asking a host, and the program it is about.

    `reached` says by way whether the handshake settled on the protocol; it is empty where nobody
    tried.
    """

    program: Process
    snapshot: Snapshot
    registry: Registry
    reached: Mapping[Way, bool]


def full_grid(build: int, protocol: Protocol) -> Iterator[Cell]:
    """Every combination of the four values."""
    for values in itertools.product(SETTINGS, SETTINGS, SETTINGS, STRONG_CRYPTO):
        yield Cell(build, protocol, *values)


def short_grid(build: int, protocol: Protocol) -> Iterator[Cell]:
    """Combinations of the Schannel values, with the choices that .NET can come to."""
    for both in itertools.product(SCHANNEL_OF_INTEREST, SCHANNEL_OF_INTEREST):
        for choice in DOTNET_OF_INTEREST:
            yield Cell(build, protocol, *both, *choice)


@contextmanager
def servers(folder: Path) -> Generator[Network]:
    """A network where every protocol has a server that takes no other version."""
    authority = CertificateAuthority(folder)
    names = [_name(protocol) for protocol in OFFERABLE]
    files = authority.issue("versions", names=names)
    with ExitStack() as stack:
        ports = {
            protocol.value: stack.enter_context(
                closing(Store(_only(protocol, files), Manners()))
            ).port
            for protocol in OFFERABLE
        }
        clients = client_contexts(authority.ca_file)
        yield cast("Network", _Versions(ports, clients))


class _Versions(msgspec.Struct, frozen=True):
    """As much of a network as requests need."""

    ports: Mapping[str, int]
    clients: Mapping[Any, ssl.SSLContext]


def _only(protocol: Protocol, files: TlsFiles) -> ssl.SSLContext:
    context = server_context(files.certificate, files.key, protocol)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = context.minimum_version
    return context


def _name(protocol: Protocol) -> str:
    return f"{protocol.value.lower().replace(' ', '-').replace('.', '-')}.lab.example"


def uri_of(protocol: Protocol) -> str:
    """Where the server of a protocol is found."""
    return f"https://{_name(protocol)}"


def powershell(build: int) -> Process:
    """The program that the collector's requests are made by."""
    return dotnet.windows_powershell(build, RELEASE)


def listen(
    cell: Cell, models: Models, network: Network | None = None, program: Process | None = None
) -> Heard:
    """Ask a host of this cell through its collector; without a network no request is made.

    Requests are PowerShell's; of another program only the facts are gathered.
    """
    program = program or powershell(cell.build)
    facts: set[Fact] = set()
    for table in tables(cell, models, program):
        facts |= set(table_facts(table))
    if network is not None:
        facts |= {WebRequest(uri_of(cell.protocol), way) for way in WAYS}
    request = to_request(facts)
    machine = Machine(host_of(cell), cast("Network", network))
    answer = json.loads(machine.collect(json.dumps(request), ACCOUNT, threading.Event()))
    machine.close()
    full = complete(answer, cast("list[dict[str, Any]]", request["registry"]))
    source = Source("lab", "lab", ACCOUNT, "none", "0" * 64)
    snapshot = Snapshot("LAB", "2026-01-01T00:00:00Z", source, full, read_answer(full))
    found = reached(snapshot, machine, cell.protocol)
    return Heard(program, snapshot, machine.in_effect, found)


def reached(snapshot: Snapshot, machine: Machine, protocol: Protocol) -> dict[Way, bool]:
    """By way whether the handshake settled on the protocol; the outcome has to say the same."""
    found: dict[Way, bool] = {}
    for shake in machine.handshakes:
        found[shake.way] = shake.negotiated is protocol
        seen = snapshot.observe(WebRequest(shake.uri, shake.way))
        assert isinstance(seen, Present)
        assert (seen.value == "reached") == found[shake.way], (shake, seen)
    return found


def host_of(cell: Cell) -> Host:
    """The host of a cell; it knows the name of the protocol's server alone."""
    schannel_values = {"Enabled": cell.enabled, "DisabledByDefault": cell.disabled_by_default}
    dotnet_values = {
        "SystemDefaultTlsVersions": cell.system_default,
        "SchUseStrongCrypto": cell.strong_crypto,
    }
    registry: dict[View, dict[str, dict[str, Any]]] = {"64-bit": {}, "32-bit": {}}
    registry["64-bit"][client_key(cell.protocol)] = _set(schannel_values)
    registry[cell.view][DOTNET_KEY] = _set(dotnet_values)
    return Host(
        about="one cell of the grid",
        name="CELL",
        domain_role=3,
        product="Windows",
        build=cell.build,
        edition="ServerStandard",
        installation_type="Server",
        dotnet_release=RELEASE,
        powershell="5.1",
        accounts={ACCOUNT: "unused"},
        names=cast("Any", {_name(cell.protocol): cell.protocol.value}),
        registry=registry,
    )


def _set(values: Mapping[str, Setting]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}


# -- (a) our tables --------------------------------------------------------------------------------


def tables(cell: Cell, models: Models, program: Process) -> tuple[Table, Table, Table]:
    """What our tables say of Schannel, of .NET, and of both together."""
    role = {"protocol": cell.protocol.value, "role": "Client"}
    by = {"target": TARGETS[program.target], "view": program.view}
    return (
        bind(models["schannel-protocol"], role),
        bind(models["dotnet-protocols"], by),
        bind(models["tls-client"], {"protocol": cell.protocol.value, **by}),
    )


def possible(states: Iterable[str], meaning: Mapping[str, Truths]) -> Truths:
    """Whether the protocol is offered, as far as these states tell."""
    return frozenset(truth for state in states for truth in meaning[state])


class States(msgspec.Struct, frozen=True):
    """What our three tables come to: all states that are possible."""

    schannel: frozenset[str]
    dotnet: frozenset[str]
    client: frozenset[str]


def states_of(cell: Cell, models: Models, heard: Heard) -> States:
    """Our tables, evaluated for a host."""
    found = [evaluate(table, heard.snapshot) for table in tables(cell, models, heard.program)]
    return States(*(result.states for result in found))


def by_tables(cell: Cell, states: States) -> dict[Way, Truths]:
    """Opinion (a): by way, whether the protocol is offered; both truths where that is open."""
    return {
        "default": possible(states.client, OFFERED),
        "tls12": possible(states.schannel, NAMED) if cell.protocol is Protocol.TLS12 else NO,
        "system-default": possible(states.schannel, UNASKED),
    }


def rows_met(cell: Cell, models: Models, heard: Heard) -> set[tuple[str, int]]:
    """The rows of all tables that are possible for a host, as model and number."""
    met: set[tuple[str, int]] = set()
    waiting = [evaluate(table, heard.snapshot) for table in tables(cell, models, heard.program)]
    while waiting:
        result = waiting.pop()
        met |= {(result.table.model.id, row.number) for row in result.rows}
        waiting += [item.source for item in result.inputs if isinstance(item.source, TableResult)]
    return met


def changed_row(models: Models, model_id: str, number: int, state: str) -> Models:
    """The models with one row of one table changed to another state."""
    model = models[model_id]
    rows = tuple(
        msgspec.structs.replace(row, state=state) if row.number == number else row
        for row in model.rows
    )
    changed = msgspec.structs.replace(model, rows=rows)
    return {name: _with(item, changed) for name, item in models.items()}


def _with(model: Model, changed: Model) -> Model:
    if model.id == changed.id:
        return changed
    inputs = tuple(
        msgspec.structs.replace(item, model=_with(item.model, changed))
        if isinstance(item, ModelInput)
        else item
        for item in model.inputs
    )
    return msgspec.structs.replace(model, inputs=inputs)


# -- (b) the lab's own code ------------------------------------------------------------------------


def by_lab(cell: Cell, heard: Heard) -> dict[Way, bool]:
    """Opinion (b): by way, whether the protocol is among those that are offered."""
    return {
        way: cell.protocol in dotnet.offer(heard.registry, cell.build, heard.program, way).protocols
        for way in WAYS
    }


# -- where Microsoft's texts leave it open ---------------------------------------------------------

Default = Literal["on", "on-request", "none", "open", "build-not-known"]


def default_of(build: int, protocol: Protocol) -> Default:
    """What a Windows does while no value is set, as far as the grid needs it."""
    if build > 26100:
        return "build-not-known"
    match protocol:
        case Protocol.TLS13:
            return "on" if build >= 20348 else "none"
        case Protocol.TLS12:
            return "on-request" if build == 7601 else "on"
        case Protocol.TLS11 if build == 7601:
            return "on-request"
        case Protocol.TLS10 | Protocol.TLS11:
            return "open" if build == 26100 else "on"
        case _:
            return "on" if build < 14393 else "open"


def is_open(cell: Cell, program: Process, way: Way, before: int) -> bool:
    """Whether nobody can say if the protocol is offered, by the texts and not by our tables.

    `before` is what .NET chose by itself (ServicePointManager.SecurityProtocol).
    """
    default = default_of(cell.build, cell.protocol)
    asked = {"default": before, "tls12": dotnet.TLS12, "system-default": 0}[way]
    if default == "none" or cell.enabled == 0:
        return False
    if asked and cell.protocol is Protocol.TLS13:
        return way == "default" and asked != _TLS10_AT_MOST  # 4.8 names it, older ones do not
    if asked and cell.protocol not in _named(asked):
        return False
    if way == "default" and not asked and cell.disabled_by_default not in ON:
        if cell.protocol is Protocol.SSL3:
            return True  # SchUseStrongCrypto may take it out again
        if cell.protocol is Protocol.TLS13 and program.target != "4.7":
            return True  # whether older programs get it
    if cell.enabled == TEXT:
        surely_not = not asked and cell.disabled_by_default in ON
        return not surely_not or default not in ("on", "on-request")
    if cell.disabled_by_default == TEXT:
        return not asked or default != "on"
    return _open_alone(cell, default)


def _open_alone(cell: Cell, default: Default) -> bool:
    """Whether it is open although both values have the right type; Enabled is not 0."""
    enabled, disabled = cell.enabled, cell.disabled_by_default
    match default:
        case "on" | "none":
            return False
        case "on-request":
            return (enabled is ABSENT and disabled == 0) or (
                enabled is not ABSENT and disabled is ABSENT
            )
        case "open":
            return enabled is ABSENT or disabled is ABSENT
        case "build-not-known":
            return True


def _named(asked: int) -> frozenset[Protocol]:
    flags = {
        dotnet.SSL3: Protocol.SSL3, dotnet.TLS: Protocol.TLS10, dotnet.TLS11: Protocol.TLS11,
        dotnet.TLS12: Protocol.TLS12, dotnet.TLS13: Protocol.TLS13,
    }  # fmt: skip
    return frozenset(protocol for flag, protocol in flags.items() if asked & flag)


# -- the comparison --------------------------------------------------------------------------------


def disagreements(cell: Cell, models: Models, heard: Heard) -> Iterator[str]:
    """Every way in which the opinions differ, or in which one is unsure where it should not be."""
    states = states_of(cell, models, heard)
    before = dotnet.default_protocols(heard.registry, heard.program)
    if states.dotnet != frozenset([CHOICES[before]]):
        yield f"{cell}: .NET chooses {before}, the table says {sorted(states.dotnet)}"
    yield from _kinds_of_no(cell, states, heard)
    lab, ours = by_lab(cell, heard), by_tables(cell, states)
    for way in WAYS:
        if heard.reached and heard.reached[way] != lab[way]:
            yield f"{cell} {way}: the lab offers: {lab[way]}, on the wire: {heard.reached[way]}"
        unsure = is_open(cell, heard.program, way, before)
        expected = OPEN if unsure else frozenset([lab[way]])
        if ours[way] != expected:
            yield f"{cell} {way}: {sorted(expected)} expected, our tables say {sorted(ours[way])}"


def _kinds_of_no(cell: Cell, states: States, heard: Heard) -> Iterator[str]:
    """A protocol that is not offered may be blocked, or not there, or just not asked for."""
    granted = support(heard.registry, cell.build, cell.protocol, "Client").value
    if not states.schannel & {granted, "uncertain"}:
        yield f"{cell}: {granted} in the lab, {sorted(states.schannel)} in our table of Schannel"
    no = granted if granted in ("blocked", "unsupported") else "not-offered"
    expected = "offered" if by_lab(cell, heard)["default"] else no
    if not states.client & {expected, "uncertain"}:
        yield f"{cell}: {expected} in the lab, {sorted(states.client)} in our table of programs"
