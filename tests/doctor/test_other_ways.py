"""The ways through a proxy, by SSH, and to this computer."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from hklint.doctor import local as doctor_local
from hklint.doctor.examination import Examination, Finding, Mark, Step
from hklint.failure import Reason
from hklint.sources.process import local
from hklint.target import LocalTarget, SshTarget

Walk = Callable[..., Examination]

HOST = Path(__file__).parents[1] / "sources" / "process" / "lab_host.py"


def found(whole: Examination, step: Step) -> Finding:
    (finding,) = [finding for finding in whole.findings if finding.step is step]
    return finding


# -- through a proxy -------------------------------------------------------------------------------


@contextmanager
def proxy(kit: SimpleNamespace, answer: bytes | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that leads to the host asked for, or answers so; and the requests it got."""
    asked: list[bytes] = []

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def serve(client: socket.socket) -> None:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += client.recv(1)
        asked.append(request)
        if answer is not None:
            client.sendall(answer)
            return
        host, _, port = request.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            pump(client, server)
            back.join()

    with kit.raw_server(serve) as port:
        yield f"http://127.0.0.1:{port}", asked


def test_through_a_proxy(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.good) as host, proxy(kit) as (url, asked):
        target = kit.target_of(host, tls=True, name="localhost")
        whole = walk(target, kit.options(ca_file=kit.certificates.ca, proxy=url))
    assert whole.conclusion.works
    assert "the proxy 127.0.0.1" in found(whole, Step.NAME).summary
    assert "the proxy 127.0.0.1 port" in found(whole, Step.PORT).summary
    assert asked[0].startswith(b"CONNECT localhost:%d HTTP/1." % target.port)
    assert b"Authorization" not in asked[0]


def test_a_certificate_is_looked_at_through_the_proxy(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.wrong_name) as host, proxy(kit) as (url, asked):
        target = kit.target_of(host, tls=True)
        whole = walk(target, kit.options(ca_file=kit.certificates.ca, proxy=url))
        assert host.log == []
    assert whole.conclusion.step is Step.TLS
    assert found(whole, Step.TLS).details["names"] == ("other.example",)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "reason", "says"),
    [
        (b"HTTP/1.1 403 No\r\n\r\n", Reason.NO_ROUTE, "does not let anybody through"),
        (b"HTTP/1.1 407 Who?\r\n\r\n", Reason.NO_ROUTE, "wants a logon of its own"),
        (b"", Reason.CONNECTION_LOST, "closed the connection"),
    ],
)
def test_a_proxy_that_leads_nowhere(
    walk: Walk, kit: SimpleNamespace, answer: bytes, reason: Reason, says: str
) -> None:
    with proxy(kit, answer) as (url, _):
        whole = walk(kit.target_of(5986, tls=True), kit.options(proxy=url))
    assert (whole.conclusion.step, whole.conclusion.reason) == (Step.PORT, reason)
    assert says in found(whole, Step.PORT).summary


# -- by SSH ----------------------------------------------------------------------------------------


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """An `ssh` in PATH with such a configuration; its host answers, or it fails with a message."""

    def make(*configuration: str, message: str = "") -> None:
        said = "".join(f"echo '{line}'\n" for line in configuration)
        ends = f"echo '{message}' >&2; exit 255"
        runs = ends if message else f"exec {sys.executable} -I {HOST} answers"
        program = tmp_path / "ssh"
        program.write_text(
            "#!/bin/sh\ncase $1 in\n-V) echo 'OpenSSH_for_Windows_9.5p2' >&2;;\n"
            f"-G) {said or 'echo no such option >&2; exit 255'}\n;;\n*) {runs};;\nesac\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


TARGET = SshTarget("ex01", None, "audit", "ssh://audit@ex01")


def test_all_is_well_by_ssh(
    walk: Walk, kit: SimpleNamespace, fake_ssh: Callable[..., None], listening: int
) -> None:
    fake_ssh("user audit", "hostname 127.0.0.1", f"port {listening}")
    whole = walk(TARGET, kit.options())
    assert whole.conclusion.works
    assert [finding.step for finding in whole.findings] == [
        *(Step.PROGRAM, Step.NAME, Step.PORT, Step.AUTHENTICATION),
        *(Step.SESSION, Step.LANGUAGE_MODE, Step.COLLECTOR),
    ]
    program = found(whole, Step.PROGRAM)
    assert program.details["version"] == "OpenSSH_for_Windows_9.5p2"
    assert (program.details["login"], program.details["port"]) == ("audit", str(listening))
    assert "the subsystem powershell" in found(whole, Step.SESSION).summary


def test_a_jump_host_is_not_walked(
    walk: Walk, kit: SimpleNamespace, fake_ssh: Callable[..., None]
) -> None:
    fake_ssh("hostname ex01", "port 22", "proxyjump jump.example")
    whole = walk(TARGET, kit.options())
    assert whole.conclusion.works
    marks = [found(whole, step).mark for step in (Step.NAME, Step.PORT)]
    assert marks == [Mark.NOT_USED, Mark.NOT_USED]
    assert "jump.example" in found(whole, Step.NAME).summary


def test_a_port_where_no_sshd_listens(
    walk: Walk, kit: SimpleNamespace, fake_ssh: Callable[..., None]
) -> None:
    fake_ssh("hostname 127.0.0.1", f"port {kit.free_port()}")
    whole = walk(TARGET, kit.options())
    conclusion = whole.conclusion
    assert (conclusion.step, conclusion.reason) == (Step.PORT, Reason.CONNECTION_REFUSED)
    assert found(whole, Step.PORT).notes == ()


@pytest.mark.parametrize(
    ("message", "reason", "step"),
    [
        ("Host key verification failed.", Reason.HOST_KEY_REJECTED, Step.AUTHENTICATION),
        (
            "audit@ex01: Permission denied (publickey).",
            Reason.AUTHENTICATION_FAILED,
            Step.AUTHENTICATION,
        ),
        ("subsystem request failed on channel 0", Reason.ENDPOINT_MISSING, Step.SESSION),
    ],
)
def test_what_ssh_says(  # noqa: PLR0913, PLR0917 - four fixtures, three columns
    walk: Walk,
    kit: SimpleNamespace,
    fake_ssh: Callable[..., None],
    listening: int,
    message: str,
    reason: Reason,
    step: Step,
) -> None:
    fake_ssh("hostname 127.0.0.1", f"port {listening}", message=message)
    whole = walk(TARGET, kit.options(retries=0))
    assert (whole.conclusion.step, whole.conclusion.reason) == (step, reason)
    assert message in found(whole, step).summary


def test_without_ssh(walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    conclusion = walk(TARGET, kit.options()).conclusion
    assert (conclusion.step, conclusion.reason) == (Step.PROGRAM, Reason.TRANSPORT_MISSING)


def test_a_configuration_that_ssh_refuses(
    walk: Walk, kit: SimpleNamespace, fake_ssh: Callable[..., None]
) -> None:
    fake_ssh()
    whole = walk(TARGET, kit.options())
    assert whole.conclusion.step is Step.PROGRAM
    assert "ssh says: no such option" in found(whole, Step.PROGRAM).summary


# -- to this computer ------------------------------------------------------------------------------


def test_all_is_well_on_this_computer(
    walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = (sys.executable, "-I", str(HOST), "answers")
    for module in (local, doctor_local):
        monkeypatch.setattr(module, "command", lambda _variables: argv)
    whole = walk(LocalTarget(), kit.options())
    assert whole.conclusion.works
    assert [finding.step for finding in whole.findings] == [
        *(Step.PROGRAM, Step.SESSION, Step.LANGUAGE_MODE, Step.COLLECTOR),
    ]
    assert found(whole, Step.COLLECTOR).details["process"] == "powershell"


@pytest.mark.parametrize("argv", [None, ("/no/such/powershell.exe",)])
def test_no_powershell_on_this_computer(
    walk: Walk,
    kit: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    argv: tuple[str, ...] | None,
) -> None:
    monkeypatch.setattr(doctor_local, "command", lambda _variables: argv)
    conclusion = walk(LocalTarget(), kit.options()).conclusion
    assert (conclusion.step, conclusion.reason) == (Step.PROGRAM, Reason.TRANSPORT_MISSING)
