"""Promises: no secret shows, encryption is not given up, settings of this machine are ignored."""

import base64
import io
import logging
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization

from hklint.failure import Failure, Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Answered, Cancellation, collect, objection

LIBRARIES = ("pypsrp", "spnego", "requests", "urllib3")
VERBOSE = ("hklint", "pypsrp.wsman", "spnego._ntlm", "urllib3.connectionpool")


@pytest.fixture
def everything_said(
    kit: SimpleNamespace, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., str]]:
    """Checks all that was logged at the most verbose level, printed or returned; gives it back."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in LIBRARIES:
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    for name in VERBOSE:
        logging.getLogger(name).setLevel(logging.DEBUG)

    def assert_silent(*shown: object) -> str:
        out, err = capfd.readouterr()
        text = "\n".join([log.getvalue(), out, err, *map(repr, shown), *map(str, shown)])
        secret = kit.CANARY.encode()
        account = f"{kit.USER}:{kit.CANARY}".encode()
        for form in (secret, base64.b64encode(secret), base64.b64encode(account)):
            assert form.decode() not in text
        assert "Envelope" not in text
        assert "Traceback" not in text
        return text

    yield assert_silent
    root.removeHandler(handler)
    root.setLevel(before)


SCENES = [
    ("http", Faults()),
    ("https", Faults()),
    ("http", Faults(create=Fault(Kind.HANG))),
    ("https", Faults(receive=Fault(Kind.HANG))),
    ("http", Faults(receive=Fault(Kind.GARBAGE))),
    ("https", Faults(command=Fault(Kind.DROP))),
    ("https", Faults(authenticate=Fault(Kind.REFUSE))),
    ("http", Faults(authenticate=Fault(Kind.REFUSE))),
    ("https", Faults(create=Fault(Kind.ACCESS_DENIED))),
]


@pytest.mark.parametrize(("scheme", "faults"), SCENES)
def test_the_password_shows_nowhere(
    kit: SimpleNamespace, everything_said: Callable[..., str], scheme: str, faults: Faults
) -> None:
    tls = scheme == "https"
    chosen = kit.options(
        deadline=1.5, authentication="basic" if tls else "negotiate", ca_file=kit.certificates.ca
    )
    with kit.lab_host(faults=faults, tls=kit.certificates.good if tls else None) as host:
        outcome = collect(kit.target_of(host, tls=tls), kit.REQUEST, chosen)
    text = everything_said(outcome, chosen, chosen.passwords.find(kit.USER, "exch01"))
    if isinstance(outcome, Failure):
        assert f"127.0.0.1: {outcome.phase}" in text  # the log was listened to


def test_the_libraries_would_talk(
    kit: SimpleNamespace, everything_said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the tests beside this one can fail."""
    monkeypatch.setattr("hklint.sources.wsman.silence_libraries", lambda: None)
    with kit.lab_host() as host:
        collect(kit.target_of(host), kit.REQUEST, kit.options())
    with pytest.raises(AssertionError, match="Envelope"):
        everything_said()


def test_the_password_shows_nowhere_when_cancelled(
    kit: SimpleNamespace, everything_said: Callable[..., str]
) -> None:
    cancellation = Cancellation()
    with kit.lab_host(kit.never_ending) as host:
        threading.Timer(0.5, cancellation.cancel).start()
        outcome = collect(kit.target_of(host), kit.REQUEST, kit.options(cancellation=cancellation))
    assert outcome.reason is Reason.CANCELLED
    everything_said(outcome)


def test_the_password_shows_nowhere_when_hklint_has_a_bug(
    kit: SimpleNamespace, everything_said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError(kit.CANARY)

    for place in ("psrp.session.Command", "conversation.parse_answer", "conversation.Session"):
        with monkeypatch.context() as patch, kit.lab_host() as host:
            patch.setattr(f"hklint.sources.{place}", broken)
            outcome = collect(kit.target_of(host), kit.REQUEST, kit.options())
            assert host.open_shells() == ()
        assert (outcome.reason, outcome.detail) == (Reason.INTERNAL_ERROR, "RuntimeError"), place
        everything_said(outcome)


def test_letters_that_basic_cannot_carry(
    kit: SimpleNamespace, everything_said: Callable[..., str]
) -> None:
    target = kit.target_of(kit.free_port(), tls=True)
    outcome = collect(target, kit.REQUEST, kit.options(password="пароль", authentication="basic"))
    assert outcome.reason is Reason.NO_CREDENTIALS
    assert "пароль" not in everything_said(outcome)


# -- encryption ------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [frozenset(), frozenset({"exch01"})])
def test_basic_over_http_is_refused_before_a_byte_is_sent(
    kit: SimpleNamespace, allowed: frozenset[str]
) -> None:
    chosen = kit.options(authentication="basic", allow_unencrypted=allowed)
    with kit.lab_host(allow_unencrypted=True) as host:
        target = kit.target_of(host)
        outcome = collect(target, kit.REQUEST, chosen)
        assert host.connections == 0
    assert isinstance(outcome, Failure)
    assert "--allow-unencrypted 127.0.0.1" in outcome.detail
    assert objection(target, chosen) == outcome.detail


def test_basic_over_http_when_asked_for_by_name(kit: SimpleNamespace) -> None:
    chosen = kit.options(authentication="basic", allow_unencrypted=frozenset({"127.0.0.1"}))
    with kit.lab_host(allow_unencrypted=True) as host:
        assert isinstance(collect(kit.target_of(host), kit.REQUEST, chosen), Answered)


def test_a_client_certificate_is_not_shown_over_http(kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        outcome = collect(
            kit.target_of(host), kit.REQUEST, kit.options(authentication="certificate")
        )
        assert host.connections == 0
    assert "psrps://" in outcome.detail


def test_allowing_basic_unencrypted_leaves_negotiate_sealed(kit: SimpleNamespace) -> None:
    chosen = kit.options(allow_unencrypted=frozenset({"127.0.0.1"}))
    with kit.lab_host(allow_unencrypted=True) as host:
        answered = collect(kit.target_of(host), kit.REQUEST, chosen)
    assert answered.source.transport.endswith("sealed messages")


def test_unsealed_answer_is_not_believed(kit: SimpleNamespace) -> None:
    """Somebody between us and the host can't answer in its place."""
    with kit.lab_host(faults=Faults(create=Fault(Kind.GARBAGE))) as host:
        outcome = collect(kit.target_of(host), kit.REQUEST, kit.options())
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "not encrypted" in outcome.detail


# -- this machine's settings -----------------------------------------------------------------------


def test_proxies_of_the_environment_are_not_used(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    with kit.raw_server(called.append) as port:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{port}")
        assert set(urllib.request.getproxies()) >= {"http", "https", "all"}
        with kit.lab_host() as host:
            assert isinstance(collect(kit.target_of(host), kit.REQUEST, kit.options()), Answered)
        with kit.lab_host(tls=kit.certificates.good) as host:
            chosen = kit.options(authentication="basic", ca_file=kit.certificates.ca)
            answered = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
            assert isinstance(answered, Answered)
    assert called == []


def test_netrc_is_not_used(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login LAB\\thief password stolen\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    certificates = kit.certificates
    chosen = kit.options(
        authentication="certificate",
        ca_file=certificates.ca,
        certificate_file=certificates.client.certificate,
        certificate_key_file=certificates.client.key,
    )
    with kit.lab_host(
        tls=certificates.good,
        client_ca=certificates.ca,
        client_certificates={"audit": kit.USER},
    ) as host:
        answered = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
    assert isinstance(answered, Answered), answered


def test_a_ca_bundle_for_requests_widens_no_trust(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(kit.certificates.ca))
    with kit.lab_host(tls=kit.certificates.good) as host:
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, kit.options())
        assert host.log == []
    assert outcome.reason is Reason.TLS_REJECTED


def test_a_locked_key_file_asks_nobody(kit: SimpleNamespace, tmp_path: Path) -> None:
    key = serialization.load_pem_private_key(kit.certificates.client.key.read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"x"),
        )
    )
    outcome = collect(
        kit.target_of(kit.free_port(), tls=True),
        kit.REQUEST,
        kit.options(
            authentication="certificate",
            certificate_file=kit.certificates.client.certificate,
            certificate_key_file=locked,
        ),
    )
    assert outcome.reason is Reason.TLS_REJECTED
    assert "protected with a password" in outcome.detail
