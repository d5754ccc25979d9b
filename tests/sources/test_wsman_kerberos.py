"""What the numbers of Kerberos mean; tests/services/kerberos meets most of them at a real KDC."""

import pytest
from spnego.exceptions import InvalidTokenError, NativeError, SpnegoError

from hklint.failure import Reason
from hklint.sources.wsman.kerberos import trouble

BASE = -1765328384


class Krb5Error(Exception):
    def __init__(self, err_code: int) -> None:
        super().__init__("Vorauthentifizierung fehlgeschlagen für audit")
        self.err_code = err_code


class GSSError(Exception):
    def __init__(self, maj_code: int, min_code: int) -> None:
        super().__init__("Uhrzeit")
        self.maj_code, self.min_code = maj_code, min_code


def gss(minor: int, major: int = 13 << 16) -> SpnegoError:
    return SpnegoError(base_error=GSSError(major, minor % (1 << 32)))


def sspi(number: int) -> SpnegoError:
    return SpnegoError(base_error=NativeError("Zugriff verweigert", winerror=number - (1 << 32)))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Krb5Error(BASE + 24), "the password of audit@LAB is wrong"),
        (Krb5Error(BASE + 31), "the password of audit@LAB is wrong"),
        (Krb5Error(BASE + 18), "audit@LAB is locked, disabled or expired"),
        (Krb5Error(BASE + 1), "audit@LAB is locked, disabled or expired"),
        (Krb5Error(BASE + 12), "a policy of the domain keeps audit@LAB from logging on now"),
        (Krb5Error(BASE + 14), "no kind of encryption in common for audit@LAB or host/ex01"),
        (Krb5Error(-1765328228), "no domain controller answers: check the way to its port 88"),
        (Krb5Error(-1765328160), "no domain controller of the account's realm is known here"),
        (gss(BASE + 7), "the domain has no service host/ex01: name the host as the domain does"),
        (gss(BASE + 31), "the host has not the key for host/ex01"),
        (gss(BASE + 33), "the Kerberos ticket is not valid yet"),
        (gss(BASE + 37), "the clocks of this machine, the domain controller and the host"),
        (gss(BASE + 41), "the host has not the key for host/ex01: that SPN may belong to another"),
        (gss(-1765328189), "there is no Kerberos ticket of audit@LAB: run kinit"),
        (gss(100001, 7 << 16), "there is no Kerberos ticket of audit@LAB: run kinit"),
        (gss(100001, 11 << 16), "the Kerberos ticket has expired: run kinit again"),
        (gss(BASE + 60), "its library stopped with code -1765328324"),
        (sspi(0x80090303), "the domain has no service host/ex01"),
        (sspi(0x8009030C), "audit@LAB or its password is wrong"),
        (sspi(0x80090311), "no domain controller answers"),
        (sspi(0x80090322), "the host has not the key for host/ex01"),
        (sspi(0x80090324), "the clocks of this machine"),
        (ImportError("libgssapi_krb5.so.2"), "the Kerberos libraries of this machine cannot be"),
    ],
)
def test_meaning(error: Exception, text: str) -> None:
    met = trouble(error, "host/ex01", "audit@LAB")
    assert met is not None
    assert text in str(met)
    assert str(error) not in str(met)


@pytest.mark.parametrize("error", [InvalidTokenError(), ValueError("?"), KeyError("err_code")])
def test_errors_of_others(error: Exception) -> None:
    assert trouble(error, "host/ex01", "audit@LAB") is None


@pytest.mark.parametrize("number", [1, 12, 18, 23, 24, 31])
def test_what_the_domain_refuses_must_not_be_tried_again(number: int) -> None:
    met = trouble(Krb5Error(BASE + number), "host/ex01", "audit@LAB")
    assert met is not None
    assert met.refused
    assert met.reason is Reason.AUTHENTICATION_FAILED


@pytest.mark.parametrize("number", [6, 7, 32, 37])
def test_what_ntlm_may_be_tried_after(number: int) -> None:
    met = trouble(gss(BASE + number), "host/ex01", "audit@LAB")
    assert met is not None
    assert not met.refused
