"""A WinRM listener on 127.0.0.1 that real PowerShell remoting clients talk to."""

import ssl
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from hklint.lab.wire.accounts import Accounts
from hklint.lab.wire.authentication import Authentication, certificate_account, channel_bindings
from hklint.lab.wire.certificates import TlsFiles
from hklint.lab.wire.conversation import Circumstances, Conversation, Exchange
from hklint.lab.wire.faults import Faults
from hklint.lab.wire.http import Connected, Listener, Responder
from hklint.lab.wire.machine import Machine
from hklint.lab.wire.wsman import Service

_MOST_PIPELINES = 64


class OpenShell(msgspec.Struct, frozen=True):
    """A shell that a client has not deleted."""

    id: str
    owner: str


class _Running(msgspec.Struct, frozen=True):
    listener: Listener
    service: Service
    pipelines: ThreadPoolExecutor


class WsmanServer:
    """A machine's WinRM service; use it as a context manager, or start and stop it.

    Args:
        machine: The Windows behind it.
        port: Where to listen; 0 takes a free port, and `port` says which.
        tls: The certificate of the host; with it the listener speaks HTTPS, and NTLM clients must
            bind to it.
        client_ca: The authority of client certificates.
        client_certificates: Accounts by the common name of the client's certificate.
        authentication: The schemes that are offered.
        allow_unencrypted: Takes messages that are neither sealed nor in TLS.
        max_shells: Shells that one user may have open.
        latency: Seconds before each answer.
        faults: What goes wrong; may be set at any time.
    """

    def __init__(  # noqa: PLR0913 - a host has many settings; all but the machine are keywords
        self,
        machine: Machine,
        *,
        port: int = 0,
        tls: TlsFiles | None = None,
        client_ca: Path | None = None,
        client_certificates: Mapping[str, str] | None = None,
        authentication: Sequence[str] = ("Negotiate", "Basic"),
        allow_unencrypted: bool = False,
        max_shells: int = 30,
        latency: float = 0.0,
        faults: Faults | None = None,
    ) -> None:
        self._machine = machine
        self._wanted_port = port
        self._accounts = Accounts(machine.accounts, machine.name)
        self._certificates = dict(client_certificates or {})
        self._schemes = tuple(authentication)
        self._max_shells = max_shells
        self._tls = None if tls is None else _context(tls, client_ca)
        self._bindings = None if tls is None else channel_bindings(_der(tls))
        self._running: _Running | None = None
        self._circumstances = Circumstances(
            sealed_only=tls is None and not allow_unencrypted,
            latency=latency,
            faults=faults or Faults(),
            log=[],
            interrupted=threading.Event(),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listens from now on.

        Raises:
            OSError: The port is taken.
        """
        if self._running is not None:
            raise RuntimeError(f"The lab host {self._machine.name} is running already.")
        self._circumstances.interrupted = threading.Event()
        pipelines = ThreadPoolExecutor(_MOST_PIPELINES, f"pipeline-{self._machine.name}")
        service = Service(self._machine, pipelines, self._max_shells)
        listener = Listener(
            self._wanted_port, self._tls, lambda connected: self._responder(service, connected)
        )
        self._running = _Running(listener, service, pipelines)

    def stop(self) -> None:
        """Closes the port and all connections, ends the pipelines and waits for the threads."""
        if self._running is None:
            return
        running, self._running = self._running, None
        self._circumstances.interrupted.set()
        running.service.close()
        running.listener.stop()
        running.service.close()  # once more, for a shell that was just being made
        running.pipelines.shutdown(cancel_futures=True)

    def restart(self) -> None:
        """Does what a restart of the WinRM service does: shells and connections are gone."""
        running = self._needed()
        interrupted = self._circumstances.interrupted
        self._circumstances.interrupted = threading.Event()
        interrupted.set()
        running.service.close()
        running.listener.cut()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._needed().listener.port

    @property
    def connections(self) -> int:
        """How many connections there have been since the start."""
        return self._needed().listener.accepted

    @property
    def log(self) -> list[Exchange]:
        """All requests, in the order of their answers."""
        return self._circumstances.log

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self._circumstances.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._circumstances.faults = faults

    def open_shells(self) -> tuple[OpenShell, ...]:
        """The shells that are open, oldest first."""
        shells = self._needed().service.shells()
        return tuple(OpenShell(shell.id, shell.owner) for shell in shells)

    def _needed(self) -> _Running:
        if self._running is None:
            raise RuntimeError(f"The lab host {self._machine.name} is not running.")
        return self._running

    def _responder(self, service: Service, connected: Connected) -> Responder:
        account = certificate_account(connected, self._certificates)
        authentication = Authentication(self._accounts, self._schemes, account, self._bindings)
        return Conversation(self._circumstances, service, authentication).respond


def _context(tls: TlsFiles, client_ca: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _der(tls: TlsFiles) -> bytes:
    return ssl.PEM_cert_to_DER_cert(tls.certificate.read_text("ascii"))
