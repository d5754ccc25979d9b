"""Kerberos that fails: what is said, and what is not tried after that."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered, collect
from hklint.sources.options import Spn

pytestmark = pytest.mark.services

ACCOUNT = "audit@LAB.TEST"

Ask = Callable[..., tuple[Answered | Failure, SimpleNamespace]]
HaveTicket = Callable[..., None]


OF_ACCOUNTS = [
    ("wrong password", {"password": "wrong"}, "the password of audit@LAB.TEST is wrong"),
    (
        "wrong password, not checked beforehand",
        {"user": "unguarded@LAB.TEST", "password": "wrong"},
        "the password of unguarded@LAB.TEST is wrong",
    ),
    ("locked", {"user": "locked@LAB.TEST"}, "locked@LAB.TEST is locked, disabled or expired"),
    ("stale", {"user": "stale@LAB.TEST"}, "the password of stale@LAB.TEST has expired"),
]


@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
@pytest.mark.parametrize(
    ("chosen", "detail"),
    [case[1:] for case in OF_ACCOUNTS],
    ids=[case[0] for case in OF_ACCOUNTS],
)
def test_what_the_domain_refuses_is_not_tried_by_ntlm(
    ask: Ask, chosen: dict[str, Any], detail: str, authentication: str
) -> None:
    outcome, host = ask(authentication=authentication, **chosen)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert detail in outcome.detail
    assert [exchange.status for exchange in host.log] == [401]  # nothing was shown to the host


def test_a_password_that_the_domain_refuses_is_not_offered_for_ever(
    sources: ModuleType,
    domain: Any,  # noqa: ANN401 - of a conftest
) -> None:
    options = sources.options(password="wrong", user=ACCOUNT)
    with sources.lab_host(keytab=domain.keytab) as host:
        target = sources.target_of(host, name="localhost")
        reasons = [collect(target, sources.REQUEST, options).reason for _ in range(4)]
    assert reasons == [Reason.AUTHENTICATION_FAILED] * 3 + [Reason.NO_CREDENTIALS]


FAILURES: list[tuple[str, dict[str, Any], str]] = [
    (
        "unknown service",
        {"spn": Spn("HTTP", "nobody.lab.test")},
        "the domain has no service HTTP/nobody.lab.test: name the host as the domain does",
    ),
    ("unknown account", {"user": "nobody@LAB.TEST"}, "the domain has no account nobody@LAB.TEST"),
    ("unknown realm", {"user": "audit@OTHER.TEST"}, "no domain controller of the account's realm"),
]


@pytest.mark.parametrize(
    ("chosen", "detail"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
def test_kerberos_never_falls_back(ask: Ask, chosen: dict[str, Any], detail: str) -> None:
    outcome, host = ask(authentication="kerberos", **chosen)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert detail in outcome.detail
    assert host.logons == []


TICKETS: list[tuple[str, dict[str, Any], str]] = [
    ("this machine's clock is wrong", {"clock": 480}, "clocks of this machine"),
    ("the host's clock is wrong", {"clock": 480, "service": "host/localhost"}, "clocks of this"),
    ("expired", {"clock": 1200}, "the Kerberos ticket has expired: run kinit again"),
]


@pytest.mark.parametrize(
    ("ticket", "detail"), [case[1:] for case in TICKETS], ids=[case[0] for case in TICKETS]
)
def test_tickets_out_of_time(
    ask: Ask, have_ticket: HaveTicket, ticket: dict[str, Any], detail: str
) -> None:
    have_ticket(**ticket)
    outcome, host = ask(authentication="kerberos", user=None, password="")
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert detail in outcome.detail
    assert host.logons == []


@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
@pytest.mark.parametrize("user", [None, ACCOUNT])
def test_no_ticket(ask: Ask, authentication: str, user: str | None) -> None:
    outcome, _ = ask(authentication=authentication, user=user, password="")
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.NO_CREDENTIALS
    assert f"no Kerberos ticket of {user or 'the current user'}: run kinit" in outcome.detail


def test_domain_controller_that_is_down(
    ask: Ask,
    domain: Any,  # noqa: ANN401 - of a conftest
    sources: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KRB5_CONFIG", str(domain.client_config("down.conf", sources.free_port())))
    outcome, _ = ask(authentication="kerberos")
    assert isinstance(outcome, Failure)
    assert "no domain controller answers: check the way to its port 88" in outcome.detail
    outcome, _ = ask(authentication="negotiate")
    assert isinstance(outcome, Answered), outcome
    told = "NTLM, as Kerberos failed: no domain controller answers"
    assert told in outcome.source.transport


def test_domain_controller_that_does_not_answer(
    ask: Ask,
    domain: Any,  # noqa: ANN401 - of a conftest
    sources: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The Kerberos library waits half a minute for it; the deadline holds all the same."""

    def silent(connection: Any) -> None:  # noqa: ANN401 - a socket
        while connection.recv(1024):
            pass

    with sources.raw_server(silent) as port:
        monkeypatch.setenv("KRB5_CONFIG", str(domain.client_config("silent.conf", port)))
        outcome, _ = ask(authentication="kerberos", deadline=1.5)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "logging on")


def test_host_with_the_key_of_another_service(ask: Ask, domain: Any) -> None:  # noqa: ANN401
    """As when the SPN is registered for another account than the one the host runs as."""
    lab = {"keytab": domain.make_keytab("host/other.lab.test")}
    outcome, _ = ask(authentication="kerberos", lab=lab)
    assert isinstance(outcome, Failure)
    assert "the host has not the key for host/localhost" in outcome.detail


def test_account_that_the_host_does_not_know(ask: Ask) -> None:
    outcome, _ = ask(authentication="kerberos", user="unguarded@LAB.TEST")
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert "did not accept unguarded@LAB.TEST by Kerberos" in outcome.detail
