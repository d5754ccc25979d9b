"""A WinRM listener on 127.0.0.1 that real PowerShell remoting clients talk to."""

import ssl
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from hklint.lab.wire.acceptors import Rules
from hklint.lab.wire.accounts import Accounts
from hklint.lab.wire.authentication import (
    Authentication,
    LoggedOn,
    certificate_account,
    channel_bindings,
)
from hklint.lab.wire.certificates import TlsFiles
from hklint.lab.wire.conversation import Circumstances, Conversation, Exchange
from hklint.lab.wire.endpoint import DEFAULT, Endpoint
from hklint.lab.wire.faults import Fate, Faults
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
        keytab: The Kerberos keys of the host, which takes the system's GSS-API.
        allow_unencrypted: Takes messages that are neither sealed nor in TLS.
        max_shells: Shells that one user may have open.
        latency: Seconds before each answer.
        clock_skew: Seconds that the host's clock is ahead of the right time.
        endpoints: Session configurations by name, beside Microsoft.PowerShell, which runs the
            collector's script for everybody.
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
        keytab: Path | None = None,
        allow_unencrypted: bool = False,
        max_shells: int = 30,
        latency: float = 0.0,
        clock_skew: float = 0.0,
        endpoints: Mapping[str, Endpoint] | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._machine = machine
        self._wanted_port = port
        self._certificates = dict(client_certificates or {})
        self._max_shells = max_shells
        self._clock_skew = clock_skew
        self._endpoints = {DEFAULT: Endpoint(machine.collect), **(endpoints or {})}
        self._tls = None if tls is None else _context(tls, client_ca)
        self._rules = Rules(
            accounts=Accounts(machine.accounts, machine.name),
            schemes=tuple(authentication),
            keytab=keytab,
            bindings=None if tls is None else channel_bindings(_der(tls)),
        )
        self._logons: list[LoggedOn] = []
        self._running: _Running | None = None
        self._circumstances = Circumstances(
            sealed_only=tls is None and not allow_unencrypted,
            latency=latency,
            fate=Fate(faults or Faults()),
            log=[],
            interrupted=threading.Event(),
            restart=self.restart,
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
        service = Service(self._machine, self._endpoints, pipelines, self._max_shells)
        listener = Listener(
            self._wanted_port,
            self._tls,
            lambda connected: self._responder(service, connected),
            self._clock_skew,
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
    def logons(self) -> list[LoggedOn]:
        """The logons by tokens that were accepted, oldest first."""
        return self._logons

    @property
    def faults(self) -> Faults:
        """What goes wrong; calls are counted from when it is set."""
        return self._circumstances.fate.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._circumstances.fate = Fate(faults)

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
        authentication = Authentication(self._rules, account, self._logons.append)
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
