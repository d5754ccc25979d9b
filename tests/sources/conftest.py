"""Hosts for the sources' tests: a lab host behind a real wire, and servers that are none."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hklint import collector
from hklint.credentials import Passwords
from hklint.failure import Failure
from hklint.lab.wire import CertificateAuthority, TlsFiles, WsmanServer
from hklint.sources import Options, collect
from hklint.target import WsmanTarget

USER = "LAB\\audit"
CANARY = "Canary-9f3b!Pa55"
REQUEST: Mapping[str, object] = {"version": 1, "host": False, "registry": [], "web_requests": []}

Script = Callable[[str, threading.Event], str]


def answer_to(request: str) -> dict[str, Any]:
    """A valid answer: every key that is asked for is absent."""
    keys = [
        {"hive": key["hive"], "view": key["view"], "key": key["key"], "state": "absent"}
        for key in json.loads(request)["registry"]
    ]
    process = {
        "powershell": "5.1.14393.0",
        "edition": "Desktop",
        "bits": 64,
        "process": "wsmprovhost",
        "user": USER,
        "administrator": True,
        "culture": "fi-FI",
        "milliseconds": 7,
    }
    return {"version": 1, "collector": process, "host": [], "registry": keys, "web_requests": []}


def well_behaved(request: str, _stopped: threading.Event) -> str:
    return json.dumps(answer_to(request))


def never_ending(_request: str, stopped: threading.Event) -> str:
    stopped.wait(30)
    return ""


@dataclass
class LabMachine:
    """The Windows behind a lab host; `script` stands for the collector."""

    script: Script = well_behaved
    name: str = "EXCH01"
    powershell: str = "5.1.14393.0"
    accounts: Mapping[str, str] = field(default_factory=lambda: {USER: CANARY})
    known: bool = True

    def collect(self, request: str, user: str, stopped: threading.Event) -> str:
        assert user.casefold() == USER.casefold()
        return self.script(request, stopped)

    def is_collector(self, script: str) -> bool:
        return self.known and script == collector.script()


@dataclass(frozen=True)
class Certificates:
    ca: Path
    good: TlsFiles
    wrong_name: TlsFiles
    expired: TlsFiles
    client: TlsFiles
    stranger_ca: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = CertificateAuthority(tmp_path_factory.mktemp("ca"))
    stranger = CertificateAuthority(tmp_path_factory.mktemp("stranger"))
    names, addresses = ["localhost"], ["127.0.0.1"]
    return Certificates(
        ca=authority.ca_file,
        good=authority.issue("localhost", names=names, addresses=addresses),
        wrong_name=authority.issue("other.example", names=["other.example"]),
        expired=authority.issue("localhost", names=names, addresses=addresses, expired=True),
        client=authority.issue("audit"),
        stranger_ca=stranger.ca_file,
    )


@contextmanager
def lab_host(
    script: Script = well_behaved, *, known: bool = True, **options: object
) -> Iterator[WsmanServer]:
    """A lab host; stopping it ends what still waits there."""
    with WsmanServer(LabMachine(script=script, known=known), **options) as host:
        yield host


def target_of(
    host: WsmanServer | int, *, tls: bool = False, name: str = "127.0.0.1"
) -> WsmanTarget:
    port = host if isinstance(host, int) else host.port
    scheme = "psrps" if tls else "psrp"
    return WsmanTarget(name, port, tls, None, f"{scheme}://{name}:{port}")


def options(password: str = CANARY, **chosen: object) -> Options:
    chosen = {"user": USER, "deadline": 8.0, "connect_timeout": 3.0} | chosen
    return Options(passwords=Passwords({"HKLINT_PASSWORD": password}), **chosen)


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hands every connection to `serve`, in a thread of its own; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with closing(connection):
            try:
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            accepted.append(connection)
            threads.append(threading.Thread(target=handle, args=(connection,)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        listener.close()
        for connection in accepted:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in threads:
            thread.join()


def http_server(response: bytes) -> Callable[[socket.socket], None]:
    """Answers every request with the same bytes; for `raw_server`."""

    def serve(connection: socket.socket) -> None:
        while connection.recv(65_536):
            connection.sendall(response)

    return serve


def failure(target: WsmanTarget, **chosen: object) -> Failure:
    """The failure that asking a target ends in."""
    outcome = collect(target, REQUEST, options(**chosen))
    assert isinstance(outcome, Failure), outcome
    assert CANARY not in outcome.detail
    return outcome


def failure_at_lab(
    script: Script = well_behaved,
    *,
    known: bool = True,
    chosen: Mapping[str, object] | None = None,
    **lab: object,
) -> Failure:
    """The same at a lab host, which has no shell afterwards."""
    with lab_host(script, known=known, **lab) as host:
        outcome = failure(target_of(host), **(chosen or {}))
        assert host.open_shells() == ()
        return outcome


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture(scope="session")
def kit(certificates: Certificates) -> SimpleNamespace:
    """All of the above under one name, since tests are no package to import from."""
    return SimpleNamespace(
        USER=USER,
        CANARY=CANARY,
        REQUEST=REQUEST,
        answer_to=answer_to,
        never_ending=never_ending,
        lab_host=lab_host,
        target_of=target_of,
        options=options,
        raw_server=raw_server,
        http_server=http_server,
        failure=failure,
        failure_at_lab=failure_at_lab,
        free_port=free_port,
        certificates=certificates,
    )
