"""Kerberos with a real KDC: who logs on, as what, and what is said when it fails."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered
from hklint.sources.options import Spn
from hklint.sources.wsman import handshake

pytestmark = pytest.mark.services

ACCOUNT = "audit@LAB.TEST"
PROGRAM = "from hklint.cli import main; main()"
REQUESTS = {"http": 8, "https": 7}

Ask = Callable[..., tuple[Answered | Failure, SimpleNamespace]]
HaveTicket = Callable[..., None]


def transport(outcome: Answered | Failure) -> str:
    assert isinstance(outcome, Answered), outcome
    return outcome.source.transport


@pytest.mark.parametrize("scheme", REQUESTS)
@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
@pytest.mark.parametrize("by", ["password", "ticket", "ticket of the account"])
def test_log_on(
    ask: Ask, have_ticket: HaveTicket, scheme: str, authentication: str, by: str
) -> None:
    chosen: dict[str, object] = {"authentication": authentication}
    if by != "password":
        have_ticket()
        chosen |= {"password": "", "user": None if by == "ticket" else ACCOUNT}
    outcome, host = ask(scheme, **chosen)
    name = "Kerberos" if authentication == "kerberos" else "Negotiate (Kerberos)"
    kept = "sealed messages" if scheme == "http" else "certificate checked"
    assert transport(outcome) == f"{scheme}, {name}, {kept}"
    assert len(host.log) == REQUESTS[scheme]
    (logon,) = host.logons
    assert (logon.user, logon.mechanism, logon.delegated) == ("LAB\\audit", "kerberos", False)


@pytest.mark.parametrize("scheme", REQUESTS)
@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
def test_host_that_offers_kerberos_by_that_name_only(
    ask: Ask, scheme: str, authentication: str
) -> None:
    lab = {"authentication": ("Kerberos",)}
    outcome, host = ask(scheme, lab=lab, authentication=authentication)
    assert "Kerberos" in transport(outcome)
    assert [logon.scheme for logon in host.logons] == ["Kerberos"]


def test_large_answers_are_sealed_and_opened(ask: Ask, sources: ModuleType) -> None:
    def large(request: str, stopped: Any) -> str:  # noqa: ANN401 - the lab's event
        return str(sources.well_behaved(request, stopped)) + " " * 300_000

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources.LabMachine, "collect", lambda _self, r, _user, stop: large(r, stop))
        outcome, _ = ask(authentication="kerberos")
    assert isinstance(outcome, Answered), outcome


# -- the service principal name --------------------------------------------------------------------


def test_an_spn_in_place_of_the_targets_name(ask: Ask) -> None:
    """An address has no ticket, the name given does; the host takes tickets for both services."""
    spn = Spn("HTTP", "localhost")
    outcome, _ = ask(name="127.0.0.1", authentication="kerberos", spn=spn)
    assert transport(outcome) == "http, Kerberos, sealed messages"


def test_an_address_without_an_spn_is_left_to_ntlm(ask: Ask) -> None:
    outcome, host = ask(name="127.0.0.1")
    assert transport(outcome) == "http, Negotiate (NTLM), sealed messages"
    assert [logon.mechanism for logon in host.logons] == ["ntlm"]


def test_an_account_that_is_not_kerberos_is_left_to_ntlm(ask: Ask) -> None:
    outcome, _ = ask(user="LAB\\audit")
    assert transport(outcome) == "http, Negotiate (NTLM), sealed messages"


def test_falling_back_to_ntlm_is_told(ask: Ask) -> None:
    outcome, _ = ask(spn=Spn("HTTP", "nobody.lab.test"))
    assert transport(outcome) == (
        "http, Negotiate (NTLM, as Kerberos failed: the domain has no service "
        "HTTP/nobody.lab.test), sealed messages"
    )


def test_a_refusal_says_that_both_were_tried(ask: Ask) -> None:
    outcome, _ = ask(spn=Spn("HTTP", "nobody.lab.test"), user="other@LAB.TEST")
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert "Negotiate (NTLM, as Kerberos failed: the domain has no" in outcome.detail


# -- delegation and channel binding ----------------------------------------------------------------


@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
def test_delegation_when_asked_for(ask: Ask, authentication: str) -> None:
    outcome, host = ask(authentication=authentication, delegate=True)
    assert "Kerberos, delegated" in transport(outcome)
    assert [logon.delegated for logon in host.logons] == [True]


def test_no_delegation_of_a_ticket_that_could_be_delegated(
    ask: Ask, have_ticket: HaveTicket
) -> None:
    have_ticket(forwardable=True)
    outcome, host = ask(authentication="kerberos", user=None, password="")
    assert "delegated" not in transport(outcome)
    assert [logon.delegated for logon in host.logons] == [False]


def test_delegation_that_the_ticket_does_not_allow_is_not_claimed(
    ask: Ask, have_ticket: HaveTicket
) -> None:
    have_ticket()
    outcome, host = ask(authentication="kerberos", user=None, password="", delegate=True)
    assert "delegated" not in transport(outcome)
    assert [logon.delegated for logon in host.logons] == [False]


def test_host_that_demands_the_channel_binding(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "channel_binding", lambda _response: None)
    outcome, host = ask("https", authentication="kerberos")
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED
    assert host.logons == []


# -- CredSSP ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", REQUESTS)
def test_credssp_with_kerberos_inside(ask: Ask, scheme: str) -> None:
    outcome, host = ask(scheme, authentication="credssp", lab={"authentication": ("CredSSP",)})
    assert "CredSSP (Kerberos), password given to the host" in transport(outcome)
    (logon,) = host.logons
    assert (logon.user, logon.mechanism, logon.delegated) == ("LAB\\audit", "kerberos", True)


# -- the command -----------------------------------------------------------------------------------


def test_the_command_takes_the_ticket_of_the_user(
    domain: Any,  # noqa: ANN401 - of a conftest
    sources: ModuleType,
    have_ticket: HaveTicket,
    tmp_path: Path,
) -> None:
    have_ticket()
    file = tmp_path / "localhost.json"
    with sources.lab_host(keytab=domain.keytab) as host:
        target = f"psrp://localhost:{host.port}"
        command = [sys.executable, "-c", PROGRAM, "snapshot", target, "--auth", "kerberos"]
        done = subprocess.run(  # noqa: S603 - hklint itself
            [*command, "--policy", "exchange-store-addins", "-o", str(file)],
            env={name: value for name, value in os.environ.items() if name != "HKLINT_PASSWORD"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert '"http, Kerberos, sealed messages"' in file.read_text()
