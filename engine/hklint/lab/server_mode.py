"""A lab host as one process: what `powershell.exe -ServerMode` is on a Windows.

`python -m hklint.lab.server_mode HOST` speaks PowerShell's packets on its standard input and output
for a host of the lab, as a child process or as a subsystem of sshd.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hklint.lab.host_file import load
from hklint.lab.machine import Machine
from hklint.lab.network import Network
from hklint.lab.wire.certificates import CertificateAuthority
from hklint.lab.wire.process import serve


def main(arguments: Sequence[str]) -> int:
    """Speak for the host, by its id or file, until the input ends."""
    (host,) = load(arguments).values()
    with (
        tempfile.TemporaryDirectory(prefix="hklint-lab-") as folder,
        Network([host], CertificateAuthority(Path(folder))) as network,
    ):
        machine = Machine(host, network)
        try:
            user = next(iter(machine.accounts))
            return serve(machine, user, sys.stdin.buffer, sys.stdout.buffer)
        finally:
            network.close()
            machine.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
