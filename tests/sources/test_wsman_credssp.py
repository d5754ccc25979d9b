"""CredSSP, which gives the password to the host."""

import json
import ssl
import threading
from types import SimpleNamespace

import pytest
from spnego import _credssp as pyspnego
from spnego.tls import CredSSPTLSContext

from hklint.failure import Failure, Reason
from hklint.lab.wire import WsmanServer
from hklint.sources import Answered, collect
from hklint.sources.wsman import handshake, logon

REQUESTS = {"http": 12, "https": 11}


@pytest.fixture(autouse=True)
def _ntlm_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same over http as over TLS, where hklint itself would ask for Kerberos."""
    monkeypatch.setattr(logon, "objection", lambda _target, _options: None)
    monkeypatch.setattr(handshake, "mechanisms", lambda _logon, _target, _options: ("ntlm",))


def asked(
    kit: SimpleNamespace, scheme: str = "http", **chosen: object
) -> tuple[Answered | Failure, WsmanServer]:
    tls = scheme == "https"
    options = kit.options(
        **({"authentication": "credssp", "ca_file": kit.certificates.ca} | chosen)
    )
    certificate = kit.certificates.good if tls else None
    with kit.lab_host(authentication=("CredSSP",), tls=certificate) as host:
        outcome = collect(kit.target_of(host, tls=tls), kit.REQUEST, options)
        assert host.open_shells() == ()
    assert kit.CANARY not in repr(outcome)
    return outcome, host


@pytest.mark.parametrize("scheme", REQUESTS)
def test_log_on(kit: SimpleNamespace, scheme: str) -> None:
    outcome, host = asked(kit, scheme)
    assert isinstance(outcome, Answered), outcome
    kept = "sealed messages" if scheme == "http" else "certificate checked"
    assert outcome.source.transport == (
        f"{scheme}, CredSSP (NTLM), password given to the host, {kept}"
    )
    (logon,) = host.logons
    assert (logon.user, logon.mechanism, logon.delegated) == (kit.USER, "ntlm", True)
    assert len(host.log) == REQUESTS[scheme]


@pytest.mark.parametrize(
    "change",
    [{"num_tickets": 0}, {"maximum_version": ssl.TLSVersion.TLSv1_2}],
    ids=["TLS 1.3 that ends with the client", "TLS 1.2"],
)
def test_other_handshakes_of_tls(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    make = pyspnego.default_tls_context

    def changed(usage: str) -> CredSSPTLSContext:
        made = make(usage)
        if usage == "accept":
            for name, value in change.items():
                setattr(made.context, name, value)
        return made

    monkeypatch.setattr(pyspnego, "default_tls_context", changed)
    outcome, host = asked(kit)
    assert isinstance(outcome, Answered), outcome
    assert len(host.log) == REQUESTS["http"]


def test_the_host_gets_no_password_unless_credssp_is_named(kit: SimpleNamespace) -> None:
    """Not even where it offers nothing else."""
    outcome, host = asked(kit, authentication="negotiate")
    assert isinstance(outcome, Failure)
    assert "it offers CredSSP" in outcome.detail
    assert host.logons == []


@pytest.mark.parametrize("scheme", REQUESTS)
def test_messages_of_any_size(kit: SimpleNamespace, scheme: str) -> None:
    """Sealed, they go in parts of 16 KB."""

    def large(request: str, _stopped: threading.Event) -> str:
        return json.dumps(kit.answer_to(request)) + " " * 300_000

    keys = [
        {"hive": "HKLM", "view": "64-bit", "key": f"SOFTWARE\\Key{number}", "values": ["Enabled"]}
        for number in range(500)
    ]
    request = {"version": 1, "host": False, "registry": keys, "web_requests": []}
    tls = scheme == "https"
    chosen = kit.options(authentication="credssp", ca_file=kit.certificates.ca)
    certificate = kit.certificates.good if tls else None
    with kit.lab_host(large, authentication=("CredSSP",), tls=certificate) as host:
        outcome = collect(kit.target_of(host, tls=tls), request, chosen)
    assert isinstance(outcome, Answered), outcome
    assert len(outcome.answer["registry"]) == len(keys)


@pytest.mark.parametrize("scheme", REQUESTS)
@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"user": "LAB\\nobody"}])
def test_account_that_is_refused(kit: SimpleNamespace, wrong: dict[str, str], scheme: str) -> None:
    outcome, host = asked(kit, scheme, **wrong)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert host.logons == []


def test_host_that_does_not_offer_it(kit: SimpleNamespace) -> None:
    outcome = kit.failure_at_lab(chosen={"authentication": "credssp"})
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert "it offers Negotiate" in outcome.detail


def test_host_without_the_cure_of_2018_gets_no_password(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyspnego, "_CREDSSP_VERSION", 4)
    outcome, host = asked(kit)
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert "CredSSP has version 4" in outcome.detail
    assert "CVE-2018-0886" in outcome.detail
    assert host.logons == []


def test_somebody_in_between_gets_no_password(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose key is not the one that the host's side of the logon speaks of."""
    monkeypatch.setattr(pyspnego, "get_certificate_public_key", lambda _certificate: b"another")
    outcome, host = asked(kit)
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert host.logons == []
