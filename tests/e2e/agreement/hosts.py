"""The wire: servers that take one version each, and what comes of asking a host."""

import json
import ssl
import threading
import warnings
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec

from hklint.fact import Fact, Present, Way, WebRequest
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete
from hklint.judging.plan import table_facts
from hklint.lab import dotnet
from hklint.lab.dotnet import Process
from hklint.lab.machine import Machine
from hklint.lab.network import Network
from hklint.lab.registry import Registry
from hklint.lab.schannel import Protocol
from hklint.lab.store import Manners, Store
from hklint.lab.tls import OFFERABLE, client_contexts, server_context
from hklint.lab.wire.certificates import CertificateAuthority, TlsFiles
from hklint.snapshot import Snapshot, Source

from .cells import ACCOUNT, RELEASE, Cell, host_of, server_name, uri_of
from .tables import Models, tables

WAYS: tuple[Way, ...] = ("default", "tls12", "system-default")


class Heard(msgspec.Struct, frozen=True):
    """What came of asking a host, and the program it is about.

    `reached` says by way whether the handshake settled on the protocol; it is empty where nobody
    tried.
    """

    program: Process
    snapshot: Snapshot
    registry: Registry
    reached: Mapping[Way, bool]


@contextmanager
def servers(folder: Path) -> Generator[Network]:
    """A network where every protocol has a server that takes no other version."""
    authority = CertificateAuthority(folder)
    names = [server_name(protocol) for protocol in OFFERABLE]
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
