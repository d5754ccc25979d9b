"""Accounts: who logs on, and how a host refuses."""

from types import SimpleNamespace
from typing import Any

import pytest

from hklint.credentials import Passwords
from hklint.failure import Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Options, collect


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm", "basic"])
def test_wrong_password(kit: SimpleNamespace, authentication: str) -> None:
    with kit.lab_host(tls=kit.certificates.good) as host:
        outcome = kit.failure(
            kit.target_of(host, tls=True),
            password="wrong-9f3b",
            authentication=authentication,
            ca_file=kit.certificates.ca,
        )
        assert host.open_shells() == ()
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert "wrong-9f3b" not in outcome.detail


@pytest.mark.parametrize("user", ["LAB\\nobody", "audit@elsewhere.example", "nobody"])
def test_unknown_account(kit: SimpleNamespace, user: str) -> None:
    outcome = kit.failure_at_lab(chosen={"user": user})
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert user in outcome.detail


@pytest.mark.parametrize(
    ("offered", "authentication"), [("Basic", "negotiate"), ("Basic", "ntlm"), ("Kerberos", "ntlm")]
)
def test_host_that_offers_something_else(
    kit: SimpleNamespace, offered: str, authentication: str
) -> None:
    outcome = kit.failure_at_lab(
        authentication=(offered,), chosen={"authentication": authentication}
    )
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert offered in outcome.detail


def test_certificate_of_nobody(kit: SimpleNamespace) -> None:
    certificates = kit.certificates
    with kit.lab_host(tls=certificates.good, client_ca=certificates.ca) as host:
        outcome = kit.failure(
            kit.target_of(host, tls=True),
            authentication="certificate",
            ca_file=certificates.ca,
            certificate_file=certificates.client.certificate,
            certificate_key_file=certificates.client.key,
        )
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert certificates.client.certificate.name in outcome.detail


@pytest.mark.parametrize("fields", [{"user": None}, {"password": ""}])
def test_nobody_to_log_on_with(kit: SimpleNamespace, fields: dict[str, Any]) -> None:
    with kit.lab_host() as host:
        outcome = kit.failure(kit.target_of(host), authentication="ntlm", **fields)
        assert host.connections == 0
    assert outcome.reason is Reason.NO_CREDENTIALS


def test_a_wrong_password_is_not_offered_for_ever(kit: SimpleNamespace) -> None:
    passwords = Passwords({"HKLINT_PASSWORD": "wrong"})
    chosen = Options(passwords=passwords, user=kit.USER)
    with kit.lab_host() as host:
        reasons = [collect(kit.target_of(host), kit.REQUEST, chosen).reason for _ in range(5)]
        assert host.connections == 3
    assert reasons == [Reason.AUTHENTICATION_FAILED] * 3 + [Reason.NO_CREDENTIALS] * 2


def test_a_host_that_wants_another_logon_is_no_refusal(kit: SimpleNamespace) -> None:
    chosen = kit.options(authentication="ntlm")
    with kit.lab_host(authentication=("Basic",)) as host:
        for _ in range(4):
            outcome = collect(kit.target_of(host), kit.REQUEST, chosen)
            assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert not chosen.passwords.exhausted(kit.USER)


def test_account_without_the_right(kit: SimpleNamespace) -> None:
    faults = Faults(create=Fault(Kind.ACCESS_DENIED))
    outcome = kit.failure_at_lab(faults=faults)
    assert outcome.reason is Reason.NOT_AUTHORISED
