"""`python -m benchmarks.host FILE`: one lab host in a process of its own.

So the CPU time of the client is the client's alone. It says where it is, in one line of JSON, and
ends with its standard input.
"""

import sys
import tempfile
import threading
from pathlib import Path

import msgspec

from hklint.lab.host_file import load
from hklint.lab.machine import Machine
from hklint.lab.network import Network
from hklint.lab.wire import CertificateAuthority, WsmanServer

SHORT = "ready"
"""What a script gets that asks for nothing."""


class Place(msgspec.Struct, frozen=True):
    """Where the host is found, and who may ask it."""

    http_port: int
    https_port: int
    ca_file: str
    account: str
    password: str


class ObligingMachine(Machine):
    """A host of the lab that takes any script for the collector."""

    def is_collector(self, script: str) -> bool:
        """Yes: the bare session sends a script of its own."""
        del script
        return True

    def collect(self, request: str, user: str, stopped: threading.Event) -> str:
        """The collector's answer, or one short string where nothing is asked."""
        return super().collect(request, user, stopped) if request else SHORT


def main(file: Path) -> None:
    """Runs the host until standard input ends."""
    (host,) = load([file]).values()
    with tempfile.TemporaryDirectory() as folder:
        authority = CertificateAuthority(Path(folder))
        certificate = authority.issue("localhost", names=["localhost"], addresses=["127.0.0.1"])
        with Network([host], authority) as network:
            machine = ObligingMachine(host, network)
            with WsmanServer(machine) as http, WsmanServer(machine, tls=certificate) as https:
                account, password = next(iter(host.accounts.items()))
                ca_file = str(authority.ca_file)
                place = Place(http.port, https.port, ca_file, account, password)
                sys.stdout.buffer.write(msgspec.json.encode(place) + b"\n")
                sys.stdout.buffer.flush()
                sys.stdin.read()
            machine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
