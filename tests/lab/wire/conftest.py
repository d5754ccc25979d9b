"""A machine that echoes, hosts that speak for it, and real pypsrp sessions with them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
import requests
from pypsrp.complex_objects import RunspacePoolState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from hklint.lab.wire import CertificateAuthority, Machine, TlsFiles, WsmanServer

COLLECTOR = "param([string] $Request)\r\n$Request # the collector: <_x0041_> €\r\n"

Host = Callable[..., WsmanServer]
Connect = Callable[..., WSMan]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]


def echo(request: str, user: str, stopped: threading.Event) -> str:
    assert not stopped.is_set()
    return f"{user} {request}"


@dataclass
class EchoMachine:
    """Runs `run` as its collector."""

    name: str = "EX01"
    powershell: str = "5.1.14393.0"
    accounts: Mapping[str, str] = field(default_factory=lambda: {"LAB\\auditor": "canary:pässword"})
    run: Callable[[str, str, threading.Event], str] = echo

    def collect(self, request: str, user: str, stopped: threading.Event) -> str:
        return self.run(request, user, stopped)

    def is_collector(self, script: str) -> bool:
        return script == COLLECTOR


@pytest.fixture(scope="session", autouse=True)
def _no_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps pypsrp, where it has Kerberos, from asking the domain of this machine."""
    config = tmp_path_factory.mktemp("kerberos") / "krb5.conf"
    config.write_text("[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KRB5_CONFIG", str(config))
        yield


@pytest.fixture
def collector() -> str:
    return COLLECTOR


@pytest.fixture
def machine() -> Callable[..., Machine]:
    """A machine: `machine(name=, accounts=, run=)`."""
    return EchoMachine


@pytest.fixture
def host() -> Iterator[Host]:
    """A running host: `host(machine, **options of WsmanServer)`."""
    with ExitStack() as stack:

        def start(machine: Machine | None = None, **options: object) -> WsmanServer:
            return stack.enter_context(WsmanServer(machine or EchoMachine(), **options))

        yield start


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def tls(authority: CertificateAuthority) -> TlsFiles:
    return authority.issue("localhost", names=["localhost"], addresses=["127.0.0.1"])


@pytest.fixture
def connect(authority: CertificateAuthority) -> Connect:
    """A client that has sent nothing yet: `connect(port, **options of WSMan)`."""
    usual = {
        "ssl": False,
        "auth": "ntlm",
        "username": "LAB\\auditor",
        "password": "canary:pässword",
        "cert_validation": str(authority.ca_file),
        "no_proxy": True,
        "read_timeout": 8,
        "operation_timeout": 5,
    }
    return lambda port, **options: WSMan("127.0.0.1", port=port, **{**usual, **options})


@pytest.fixture
def pool(connect: Connect) -> Pool:
    """An open runspace pool: `pool(port, **options of WSMan)`."""

    @contextmanager
    def opened(
        port: int, configuration_name: str = "Microsoft.PowerShell", **options: object
    ) -> Iterator[RunspacePool]:
        wsman = connect(port, **options)
        made = RunspacePool(wsman, configuration_name=configuration_name)
        try:
            made.open()
            yield made
            made.close()
        finally:
            wsman.close()

    return opened


@pytest.fixture
def abandon() -> Callable[[RunspacePool], None]:
    """Makes `close()` of a pool whose shell is gone do nothing."""

    def forget(opened: RunspacePool) -> None:
        opened.state = RunspacePoolState.CLOSED

    return forget


@pytest.fixture
def run() -> Run:
    """Runs the collector in a pool: `run(pool, request)`."""

    def invoke(opened: RunspacePool, request: str = "{}") -> PowerShell:
        shell = PowerShell(opened).add_script(COLLECTOR).add_parameter("Request", request)
        shell.invoke()
        return shell

    return invoke


@pytest.fixture
def collect(pool: Pool, run: Run) -> Callable[..., str]:
    """One whole session: `collect(port, request, **options of WSMan)`; the collector's answer."""

    def session(port: int, request: str = "{}", **options: object) -> str:
        with pool(port, **options) as opened:
            (answer,) = run(opened, request).output
            return answer

    return session


@pytest.fixture
def waiting() -> tuple[Machine, threading.Event]:
    """A machine whose collector waits until it is stopped, and what says that it has begun."""
    begun = threading.Event()

    def wait(_request: str, _user: str, stopped: threading.Event) -> str:
        begun.set()
        assert stopped.wait(5)
        return "stopped"

    return EchoMachine(run=wait), begun


@pytest.fixture
def in_background() -> Iterator[Callable[[RunspacePool], list[Exception]]]:
    """Runs the collector in a thread; the list that is returned gets the error that ends it."""
    threads: list[threading.Thread] = []

    def begin(opened: RunspacePool) -> list[Exception]:
        met: list[Exception] = []

        def wait() -> None:
            shell = PowerShell(opened).add_script(COLLECTOR).add_parameter("Request", "{}")
            try:
                shell.invoke()
            except (requests.ConnectionError, WSManFaultError) as error:
                met.append(error)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        return met

    yield begin
    for thread in threads:
        thread.join(5)
