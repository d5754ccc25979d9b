"""A real sshd on 127.0.0.1, run by the user who runs the tests, with PowerShells to be had."""

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hklint.credentials import Passwords
from hklint.failure import Failure
from hklint.sources import Answered, Options, collect
from hklint.target import SshTarget, parse_target

PROCESSES = Path(__file__).parents[2] / "sources" / "process"
SSHD = shutil.which("sshd", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
PRIVILEGE_SEPARATION = Path("/run/sshd")
PATIENCE_SECONDS = 10

REQUEST = {"version": 1, "host": False, "registry": [], "web_requests": []}
SERVER = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
AuthenticationMethods publickey
StrictModes no
UsePAM no
Banner {folder}/banner
"""
CLIENT = """
Host *
    IdentityFile {key}
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile {known_hosts}
    GlobalKnownHostsFile /dev/null
    HostKeyAlgorithms ssh-ed25519
"""


@dataclass(frozen=True)
class Sshd:
    """A running sshd; a client's configuration is in `configuration()`."""

    port: int
    folder: Path
    pid: int

    def configuration(
        self, *more: str, key: str = "user_key", known: str | None = "host_key.pub"
    ) -> Path:
        """A configuration of ssh: with a key, a host key that is known, and more lines."""
        place = self.folder / f"client-{time.monotonic_ns()}"
        place.mkdir()
        known_hosts = place / "known_hosts"
        if known is not None:
            kind, data, *_ = (self.folder / known).read_text().split()
            known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {data}\n")
        text = CLIENT.format(key=self.folder / key, known_hosts=known_hosts)
        file = place / "config"
        file.write_text("\n".join((*more, text)))
        return file

    def kill_sessions(self) -> None:
        """Ends what serves connections, as a crash does; the listener goes on."""
        for child in children_of(self.pid):
            for process in (child, *children_of(child)):
                os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("needs Debian's openssh-server and openssh-client: `make test-services`")
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host_key", "other_host_key", "user_key", "other_user_key"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(make, check=True)  # noqa: S603 - our own command
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    (folder / "banner").write_text("root@ex01: Permission denied (publickey).\nAll is monitored.\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    subsystems = "".join(f"Subsystem {name} {command}\n" for name, command in powershells(folder))
    configuration = folder / "sshd_config"
    configuration.write_text(SERVER.format(port=port, folder=folder) + subsystems)
    made = os.geteuid() == 0 and not PRIVILEGE_SEPARATION.exists()
    if made:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755)  # as Debian's service does when it starts
    log = folder / "log"
    command = [SSHD, "-D", "-f", str(configuration), "-E", str(log)]
    with subprocess.Popen(command) as process:  # noqa: S603 - our own command
        try:
            wait_until_it_listens(port, process, log)
            yield Sshd(port, folder, process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
            if made:
                PRIVILEGE_SEPARATION.rmdir()


def powershells(folder: Path) -> Iterator[tuple[str, str]]:
    """Subsystems by their names: what stands for PowerShell in them."""
    noisy = folder / "noisy.sh"
    noisy.write_text(
        f"echo Welcome\nprintf 'PS> '\nexec {script('lab_host.py', 'answers', 'lines')}"
    )
    yield "powershell", f"{sys.executable} -m hklint.lab.server_mode ex2016-healthy"
    yield "psrpcore", script("psrpcore_host.py")
    yield "noisy", f"sh {noisy}"
    yield "hanging", script("lab_host.py", "hangs", "nothing", str(folder / "state"))
    yield "jea", script("lab_host.py", "has-the-function-only")
    yield "silent", script("hostile_host.py", "listen_for_ever")
    yield "broken", "/no/such/pwsh -sshs"


def script(*words: str) -> str:
    name, *arguments = words
    return shlex.join((sys.executable, "-I", str(PROCESSES / name), *arguments))


@pytest.fixture
def options(sshd: Sshd) -> Callable[..., Options]:
    """Options for that sshd: `options(**options)`."""

    def make(**chosen: object) -> Options:
        usual = {"ssh_config": sshd.configuration(), "deadline": 20.0, "retries": 0}
        return Options(passwords=Passwords({}), **{**usual, **chosen})

    return make


@pytest.fixture
def ask(sshd: Sshd, options: Callable[..., Options]) -> Callable[..., Answered | Failure]:
    """Asks that sshd for nothing: `ask(target, **options)`."""

    def asked(target: str | None = None, **chosen: object) -> Answered | Failure:
        user = getpass.getuser()
        parsed = parse_target(target or f"ssh://{user}@127.0.0.1:{sshd.port}")
        assert isinstance(parsed, SshTarget)
        return collect(parsed, REQUEST, options(**chosen))

    return asked


@pytest.fixture
def when_running(sshd: Sshd) -> Iterator[Callable[[Callable[[], object]], Callable[[], str]]]:
    """Acts once the script of the subsystem "hanging" runs; what is returned says its state."""
    file = sshd.folder / "state"
    file.unlink(missing_ok=True)
    threads: list[threading.Thread] = []

    def begin(act: Callable[[], object]) -> Callable[[], str]:
        def wait() -> None:
            until = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < until and (not file.exists() or not file.read_text()):
                time.sleep(0.02)
            act()

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        return file.read_text

    yield begin
    for thread in threads:
        thread.join()


def wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def children_of(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()]
