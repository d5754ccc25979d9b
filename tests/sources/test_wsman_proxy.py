"""A proxy on the way: a tunnel with TLS from end to end, and failures that are the proxy's."""

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered, collect

MADE = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class Proxy:
    """Makes tunnels; or answers as `answer` says, if that is not MADE."""

    answer: bytes = MADE
    asked: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    def __call__(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(4096)
            if not part:
                return
            head += part
        self.asked.append(head.decode().partition("\r\n")[0])
        if self.answer != MADE:
            client.sendall(self.answer)
            return
        name, _, port = self.asked[-1].split()[1].rpartition(":")
        with socket.create_connection((name, int(port))) as host:
            client.sendall(MADE)
            self._carry(client, host)

    def _carry(self, client: socket.socket, host: socket.socket) -> None:
        ends = {client: host, host: client}
        while True:
            for end in select.select(list(ends), [], [], 30)[0]:
                data = end.recv(65_536)
                if not data:
                    return
                self.seen += data
                ends[end].sendall(data)


@pytest.fixture
def through(kit: SimpleNamespace) -> Callable[..., contextlib.AbstractContextManager[object]]:
    """Options that lead through a proxy: `with through(proxy, **options) as chosen`."""

    @contextlib.contextmanager
    def start(serve: Callable[[socket.socket], None], **chosen: object) -> Iterator[object]:
        with kit.raw_server(serve) as port:
            usual = {"proxy": f"http://localhost:{port}", "ca_file": kit.certificates.ca}
            yield kit.options(**(usual | {"retries": 0} | chosen))

    return start


def failed_behind(
    kit: SimpleNamespace, through: Callable[..., object], serve: object, **chosen: object
) -> Failure:
    with kit.lab_host(tls=kit.certificates.good) as host, through(serve, **chosen) as options:
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, options)
        assert host.log == []
    assert isinstance(outcome, Failure)
    return outcome


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm", "basic"])
def test_tls_goes_through_a_tunnel(
    kit: SimpleNamespace, through: Callable[..., object], authentication: str
) -> None:
    """And the logon is bound to the host's certificate, which the lab demands."""
    proxy = Proxy()
    with (
        kit.lab_host(tls=kit.certificates.good) as host,
        through(proxy, authentication=authentication) as chosen,
    ):
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
        assert host.open_shells() == ()
        assert proxy.asked == [f"CONNECT 127.0.0.1:{host.port} HTTP/1.{proxy.asked[0][-1]}"]
    assert isinstance(outcome, Answered), outcome
    place = chosen.proxy.removeprefix("http://").replace(":", " port ")
    assert outcome.source.transport.endswith(f", certificate checked, through the proxy {place}")
    assert b"POST" not in proxy.seen
    assert b"Negotiate" not in proxy.seen


def test_the_hosts_certificate_is_checked_behind_a_proxy(
    kit: SimpleNamespace, through: Callable[..., object]
) -> None:
    with (
        kit.lab_host(tls=kit.certificates.wrong_name) as host,
        through(Proxy(), authentication="basic") as chosen,
    ):
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
        assert host.log == []
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.TLS_REJECTED
    assert "the certificate of 127.0.0.1 port" in outcome.detail


def test_host_that_hangs_up_behind_a_proxy(
    kit: SimpleNamespace, through: Callable[..., object]
) -> None:
    with (
        kit.raw_server(lambda connection: connection.recv(100)) as port,
        through(Proxy()) as chosen,
    ):
        outcome = collect(kit.target_of(port, tls=True), kit.REQUEST, chosen)
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.TLS_REJECTED
    assert "127.0.0.1" in outcome.detail


ANSWERS = [
    (b"HTTP/1.1 407 No\r\n\r\n", Reason.NO_ROUTE, "wants a logon of its own"),
    (b"HTTP/1.1 403 No\r\n\r\n", Reason.NO_ROUTE, "does not let anybody through to 127.0.0.1 port"),
    (b"HTTP/1.1 405 No\r\n\r\n", Reason.NO_ROUTE, "does not let anybody through to 127.0.0.1 port"),
    (b"HTTP/1.1 502 No\r\n\r\n", Reason.NO_ROUTE, "did not reach 127.0.0.1 port"),
    (b"HTTP/1.1 504 No\r\n\r\n", Reason.NO_ROUTE, "did not reach 127.0.0.1 port"),
    (b"HTTP/1.1 418 \r\n\r\n", Reason.NO_ROUTE, "(HTTP 418)"),
    (b"", Reason.CONNECTION_LOST, "closed the connection"),
    (b"220 mail.example ESMTP\r\n", Reason.PROTOCOL_ERROR, "does not answer as a proxy does"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, Reason.PROTOCOL_ERROR, "as a proxy does"),
    (b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200_000, Reason.PROTOCOL_ERROR, "as a proxy does"),
]


@pytest.mark.parametrize(("answer", "reason", "detail"), ANSWERS)
def test_proxy_that_makes_no_tunnel(
    kit: SimpleNamespace,
    through: Callable[..., object],
    answer: bytes,
    reason: Reason,
    detail: str,
) -> None:
    outcome = failed_behind(kit, through, Proxy(answer))
    assert (outcome.reason, outcome.phase) == (reason, "connecting")
    assert outcome.detail.startswith("the proxy localhost port ")
    assert detail in outcome.detail


@pytest.mark.parametrize(
    ("proxy", "reason", "detail"),
    [
        ("http://localhost:{free}", Reason.CONNECTION_REFUSED, "port {free} refuses connections"),
        ("http://no-such.invalid:3128", Reason.NAME_NOT_RESOLVED, "no-such.invalid has no address"),
    ],
)
def test_proxy_that_is_not_there(
    kit: SimpleNamespace, proxy: str, reason: Reason, detail: str
) -> None:
    free = kit.free_port()
    outcome = kit.failure(
        kit.target_of(kit.free_port(), tls=True), proxy=proxy.format(free=free), retries=0
    )
    assert (outcome.reason, outcome.phase) == (reason, "connecting")
    assert outcome.detail.startswith("the proxy ")
    assert detail.format(free=free) in outcome.detail


def test_proxy_without_a_route(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object, **_options: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("urllib3.util.connection.create_connection", unreachable)
    outcome = kit.failure(
        kit.target_of(5986, tls=True), proxy="http://proxy.example:3128", retries=0
    )
    assert outcome.reason is Reason.NO_ROUTE
    assert "the proxy proxy.example port 3128 cannot be reached" in outcome.detail


@pytest.mark.parametrize("limit", [{"deadline": 1.0}, {"connect_timeout": 0.8}])
def test_proxy_that_says_nothing(
    kit: SimpleNamespace, through: Callable[..., object], limit: dict[str, float]
) -> None:
    def silent(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    started = time.monotonic()
    outcome = failed_behind(kit, through, silent, **limit)
    assert outcome.reason is Reason.TIMED_OUT
    assert time.monotonic() - started < 2.0
    if "connect_timeout" in limit:
        assert "no answer from the proxy localhost port" in outcome.detail


def test_the_deadline_cuts_a_tunnel(kit: SimpleNamespace, through: Callable[..., object]) -> None:
    started = time.monotonic()
    with (
        kit.lab_host(kit.never_ending, tls=kit.certificates.good) as host,
        through(Proxy(), deadline=2.0) as chosen,
    ):
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
        assert host.open_shells() == ()
    assert outcome.reason is Reason.TIMED_OUT
    assert time.monotonic() - started < 3.0
