"""A Kerberos domain on this machine: MIT's KDC in a temporary folder, and hosts with its keys."""

import importlib.util
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hklint.failure import Failure
from hklint.sources import Answered, collect

Ask = Callable[..., tuple[Answered | Failure, SimpleNamespace]]

REALM = "LAB.TEST"
ACCOUNT = f"audit@{REALM}"
PASSWORD = "Canary-9f3b!Pa55"
PROGRAMS = ("krb5kdc", "kadmin.local", "kdb5_util", "kinit", "kvno")
_SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_START_SECONDS = 10.0

_CLIENT = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
  .lab.test = {realm}
"""
_SERVER = """\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 1h
  }}
"""


class Domain:
    """A realm with its KDC; `keytab` has the keys of the services on localhost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.config = self.client_config("krb5.conf", self.port)
        server = folder / "kdc.conf"
        server.write_text(_SERVER.format(realm=REALM, port=self.port, folder=folder))
        self.environment = {
            **os.environ,
            "PATH": _SBIN,
            "KRB5_CONFIG": str(self.config),
            "KRB5_KDC_PROFILE": str(server),
        }
        self.run("kdb5_util", "create", "-s", "-W", "-r", REALM, "-P", "master")
        self.administer(
            f"addprinc +requires_preauth -pw {PASSWORD} audit",
            f"addprinc -requires_preauth -pw {PASSWORD} unguarded",
            f"addprinc +requires_preauth -allow_tix -pw {PASSWORD} locked",
            f'addprinc +requires_preauth -pwexpire "1 day ago" -pw {PASSWORD} stale',
        )
        self.keytab = self.make_keytab("host/localhost", "HTTP/localhost")

    def client_config(self, name: str, port: int) -> Path:
        """A krb5.conf that looks for the KDC at a port."""
        file = self.folder / name
        file.write_text(_CLIENT.format(realm=REALM, port=port))
        return file

    def make_keytab(self, *services: str) -> Path:
        """The keys of new services."""
        keytab = self.folder / f"{services[0].replace('/', '-')}.keytab"
        self.administer(
            *(f"addprinc -randkey {service}" for service in services),
            *(f"ktadd -k {keytab} {service}" for service in services),
        )
        return keytab

    def administer(self, *lines: str) -> None:
        self.run("kadmin.local", "-r", REALM, given="\n".join(lines))

    def log_in(
        self,
        cache: Path,
        *,
        service: str | None = None,
        clock: int = 0,
        forwardable: bool = False,
    ) -> Path:
        """A ticket cache, with a ticket for a service too.

        `clock` is how far ahead this machine's clock seems to be, in seconds; the cache keeps the
        difference to the KDC's (krb5's "FILE ccache format", header tag 1).
        """
        flag = "-f" if forwardable else "-F"
        self.run("kinit", flag, "-c", str(cache), "-l", "10m", ACCOUNT, given=PASSWORD)
        if service is not None:
            self.run("kvno", "-q", "-c", str(cache), service)
        if clock:
            data = bytearray(cache.read_bytes())
            assert data[:8] == struct.pack(">HHHH", 0x0504, 12, 1, 8)
            data[8:16] = struct.pack(">ii", clock, 0)
            cache.write_bytes(data)
        return cache

    def run(self, program: str, *arguments: str, given: str = "") -> None:
        found = shutil.which(program, path=_SBIN)
        assert found is not None
        done = subprocess.run(  # noqa: S603 - programs of Kerberos
            [found, *arguments],
            input=given + "\n",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> subprocess.Popen[bytes]:
        found = shutil.which("krb5kdc", path=_SBIN)
        assert found is not None
        with (self.folder / "kdc.log").open("wb") as log:
            kdc = subprocess.Popen(  # noqa: S603 - the same
                [found, "-n", "-P", str(self.folder / "pid")],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.02)
            else:
                return kdc
        kdc.kill()
        kdc.wait()
        raise AssertionError((self.folder / "kdc.log").read_text())


@pytest.fixture(scope="session")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    missing = [name for name in PROGRAMS if shutil.which(name, path=_SBIN) is None]
    missing += [name for name in ("gssapi", "krb5") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed here; `make test-services` does that")
    made = Domain(tmp_path_factory.mktemp("kdc"))
    kdc = made.start()
    yield made
    kdc.terminate()
    kdc.wait(10)


@pytest.fixture(autouse=True)
def _of_the_domain(domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Client and host are members of the domain, and nobody has a ticket."""
    monkeypatch.setenv("KRB5_CONFIG", str(domain.config))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path / 'tickets'}")
    monkeypatch.setenv("KRB5_KTNAME", str(domain.keytab))
    monkeypatch.setenv("KRB5RCACHENAME", "none:")


@pytest.fixture
def have_ticket(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Puts a ticket into the cache of this process, as `Domain.log_in` makes it."""

    def log_in(**how: object) -> None:
        cache = domain.log_in(tmp_path / "cache", **how)
        monkeypatch.setenv("KRB5CCNAME", f"FILE:{cache}")

    return log_in


@pytest.fixture(scope="session")
def sources() -> ModuleType:
    """The conftest of tests/sources, which has the hosts."""
    file = Path(__file__).parents[2] / "sources" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hosts_of_sources", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def certificates(sources: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    authority = sources.CertificateAuthority(tmp_path_factory.mktemp("ca"))
    host = authority.issue("localhost", names=["localhost"], addresses=["127.0.0.1"])
    return SimpleNamespace(ca=authority.ca_file, good=host)


@pytest.fixture
def ask(domain: Domain, sources: ModuleType, certificates: SimpleNamespace) -> Ask:
    """Asks a member of the domain: `ask(scheme, lab={...}, name=, **options)`; and what it saw."""

    def once(
        scheme: str = "http",
        *,
        lab: Mapping[str, Any] | None = None,
        name: str = "localhost",
        **chosen: object,
    ) -> tuple[Answered | Failure, SimpleNamespace]:
        tls = scheme == "https"
        settings = {"keytab": domain.keytab, "tls": certificates.good if tls else None}
        options = sources.options(
            **({"user": ACCOUNT, "deadline": 20.0, "ca_file": certificates.ca} | chosen)
        )
        with sources.lab_host(**(settings | dict(lab or {}))) as host:
            outcome = collect(sources.target_of(host, tls=tls, name=name), sources.REQUEST, options)
            assert host.open_shells() == ()
            seen = SimpleNamespace(log=host.log, logons=host.logons, connections=host.connections)
        assert sources.CANARY not in repr(outcome)
        return outcome, seen

    return once


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
