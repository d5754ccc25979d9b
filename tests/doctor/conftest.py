"""Walks to hosts of the lab, and to what is no host; the kit is that of the sources' tests."""

import datetime as dt
import importlib.util
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hklint.doctor.examination import Examination, Finding, Mark
from hklint.doctor.walk import examined, reach, session
from hklint.lab.wire import TlsFiles
from hklint.sources import Options
from hklint.target import HostTarget

STARTED = "2026-03-04T05:06:07Z"


def _load_kit() -> ModuleType:
    """The conftest of the sources; tests are no package that it could be imported from."""
    place = Path(__file__).parents[1] / "sources" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_sources_conftest", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_kit = _load_kit()
kit, certificates = _kit.kit, _kit.certificates


@pytest.fixture(scope="session")
def walk() -> Callable[[HostTarget, Options], Examination]:
    """The whole walk, as the command goes it."""
    return _walk


def _walk(target: HostTarget, options: Options) -> Examination:
    findings: list[Finding] = list(reach(target, options))
    if all(finding.failure is None for finding in findings):
        findings += session(target, options)
    whole = examined(target, STARTED, findings)
    _check_shape(whole)
    return whole


def _check_shape(whole: Examination) -> None:
    """Nothing follows a failure but what was not tried, and the conclusion names that step."""
    marks = [finding.mark for finding in whole.findings]
    failed = [number for number, mark in enumerate(marks, 1) if mark is Mark.FAILED]
    assert [whole.conclusion.number] == (failed or [None])
    assert whole.conclusion.works is not bool(failed)
    rest = marks[failed[0] :] if failed else []
    assert set(rest) <= {Mark.NOT_TRIED}
    assert Mark.NOT_TRIED not in marks[: len(marks) - len(rest)]
    assert _kit.CANARY not in repr(whole)


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full: what comes now is neither taken nor refused."""
    with _full_port() as port:
        yield port


@contextmanager
def _full_port() -> Iterator[int]:
    waiting: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        place = listener.getsockname()
        for _ in range(8):
            waiting.append(socket.socket())
            waiting[-1].settimeout(0.1)
            try:
                waiting[-1].connect(place)
            except TimeoutError:
                break
        else:
            pytest.fail("this system queues connections without end")
        yield place[1]
        for client in waiting:
            client.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """A certificate as `New-SelfSignedCertificate` makes it; its names try to paint the screen."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EX01\x1b[2J\u202e\n")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), *(x509.DNSName(f"\x1b[31m{n}") for n in range(40))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=300))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("self-signed")
    files = TlsFiles(folder / "certificate.pem", folder / "key.pem")
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
