"""The lab as a whole: hosts one can ask over PSRP, the stand-in Store, and what comes between."""

import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from urllib.parse import quote

from hklint.lab.attempt import Handshake
from hklint.lab.host_file import load, shipped
from hklint.lab.listener import LOOPBACK
from hklint.lab.machine import Machine
from hklint.lab.network import Network
from hklint.lab.store import Store
from hklint.lab.wire.certificates import CertificateAuthority
from hklint.lab.wire.server import WsmanServer


class LabHost:
    """A running host: its two listeners (`http`, `https`) and the machine behind them."""

    def __init__(
        self, host_id: str, machine: Machine, http: WsmanServer, https: WsmanServer
    ) -> None:
        self.id = host_id
        self.machine = machine
        self.http = http
        self.https = https
        self.account, self.password = next(iter(machine.accounts.items()))

    @property
    def target(self) -> str:
        """The host as hklint's commands take it, over HTTP with sealed messages."""
        return f"psrp://{quote(self.account, safe='')}@{LOOPBACK}:{self.http.port}"

    @property
    def tls_target(self) -> str:
        """The same over HTTPS; its certificate is trusted through the lab's CA file."""
        return f"psrps://{quote(self.account, safe='')}@{LOOPBACK}:{self.https.port}"

    @property
    def handshakes(self) -> Sequence[Handshake]:
        """What the host's own requests did on the wire, oldest first."""
        return tuple(self.machine.handshakes)

    def collect(self, request: str) -> str:
        """The collector's answer without the wire between, as the host's account gets it."""
        return self.machine.collect(request, self.account, threading.Event())

    def merge(self, source: Path | str | bytes) -> int:
        """Merge a .reg file, or the text of one; says how many steps it had.

        Raises:
            RegFileError: Lines are not understood; nothing was merged.
            OSError: The file can't be read.
        """
        return self.machine.merge(source.read_bytes() if isinstance(source, Path) else source)

    def restart(self) -> None:
        """Restart the host: what was merged takes effect, open sessions are gone."""
        self.machine.restart()
        self.http.restart()
        self.https.restart()


class Lab:
    """The lab, running from its making until `close`; use it as a context manager.

    `hosts` are ids of shipped hosts or host files (all shipped ones when None), `folder` is where
    certificates and keys are put (a temporary one, removed at the end, when None). Start it in the
    main thread: see `hklint.lab.tls`.

    Raises:
        UsageError: A host is unknown or its file invalid.
    """

    def __init__(
        self, hosts: Sequence[str | Path] | None = None, folder: Path | None = None
    ) -> None:
        files = shipped() if hosts is None else load(hosts)
        self._stack = ExitStack()
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            if folder is None:
                made = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hklint-lab-"))
                folder = Path(made)
            authority = CertificateAuthority(folder)
            self.ca_file = authority.ca_file
            self._network = self._stack.enter_context(Network(files.values(), authority))
            certificate = authority.issue("localhost", names=["localhost"], addresses=[LOOPBACK])
            running: dict[str, LabHost] = {}
            for host_id, file in files.items():
                machine = Machine(file, self._network)
                self._stack.callback(machine.close)
                http = self._stack.enter_context(WsmanServer(machine))
                https = self._stack.enter_context(WsmanServer(machine, tls=certificate))
                running[host_id] = LabHost(host_id, machine, http, https)
            self._stack.callback(self._network.close)
            self.hosts: Mapping[str, LabHost] = running
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """The stand-in Store; it counts its connections and answers."""
        return self._network.store

    def close(self) -> None:
        """End everything: requests on their way, listeners, threads, the temporary folder."""
        self._stack.close()
