"""What Windows would refuse is refused before a byte is sent, with the reason and a way out."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hklint.failure import Reason
from hklint.secret import Secret
from hklint.sources import Options, collect, objection, objections
from hklint.sources.options import Spn
from hklint.sources.wsman import logon
from hklint.sources.wsman.logon import Logon, mechanisms
from hklint.target import WsmanTarget, parse_target

FILES = {"certificate_file": Path("audit.pem"), "certificate_key_file": Path("audit.key")}
HTTP, HTTPS = "psrp://exch01.contoso.example", "psrps://exch01.contoso.example"
SPN = Spn("HTTP", "exch01.contoso.example")

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    # Basic
    (HTTP, {"authentication": "basic", "user": "audit"}, "shows the password to the network"),
    (HTTPS, {"authentication": "basic", "user": "CONTOSO\\audit"}, "write audit if the host has"),
    (HTTPS, {"authentication": "basic", "user": "audit@contoso.example"}, "one of a domain"),
    ("psrps://192.0.2.7", {"authentication": "basic", "user": "audit@contoso"}, "one of a domain"),
    (HTTPS, {"authentication": "basic"}, "no account is named for exch01.contoso.example"),
    # client certificates
    (HTTP, {"authentication": "certificate", **FILES}, "write psrps:// for the target"),
    (HTTPS, {"authentication": "certificate"}, "needs two files"),
    (HTTPS, {"authentication": "certificate", "certificate_file": Path("x")}, "--client-key for"),
    (HTTPS, {"authentication": "certificate", "certificate_key_file": Path("x")}, "two files"),
    (HTTPS, {"authentication": "negotiate", **FILES}, "are for --auth certificate"),
    (HTTPS, {"authentication": "basic", "certificate_file": Path("x")}, "for --auth certificate"),
    # Kerberos
    ("psrp://192.0.2.7", {"authentication": "kerberos"}, "192.0.2.7 is an address: write the"),
    ("psrp://[2001:db8::7]", {"authentication": "kerberos"}, "2001:db8::7 is an address"),
    (HTTP, {"authentication": "kerberos", "user": ".\\audit"}, ".\\audit is a local account"),
    (HTTP, {"authentication": "kerberos", "user": "EXCH01\\audit"}, "is a local account"),
    (HTTP, {"authentication": "kerberos", "user": "audit@exch01"}, "is a local account"),
    (HTTP, {"authentication": "kerberos", "user": "CONTOSO\\audit"}, "write audit@REALM"),
    # what is for Kerberos only
    (HTTP, {"authentication": "ntlm", "user": "a", "spn": SPN}, "--spn is for Kerberos: log on"),
    (HTTP, {"authentication": "ntlm", "user": "a", "delegate": True}, "--delegate is for Kerb"),
    (HTTPS, {"authentication": "basic", "user": "audit", "spn": SPN}, "--spn is for Kerberos"),
    (HTTPS, {"authentication": "credssp", "user": "a", "delegate": True}, "--delegate is for"),
    (HTTPS, {"authentication": "certificate", **FILES, "spn": SPN}, "--spn is for Kerberos"),
    (HTTP, {"user": "CONTOSO\\audit", "delegate": True}, "--delegate is for Kerberos. Kerberos"),
    # accounts
    (HTTP, {"authentication": "ntlm"}, "no account is named"),
    (HTTP, {"authentication": "credssp"}, "no account is named"),
    # CredSSP, where nothing proves whose host gets the password
    (HTTP, {"authentication": "credssp", "user": "CONTOSO\\audit"}, "only Kerberos proves whose"),
    (HTTP, {"authentication": "credssp", "user": "audit"}, "write psrps:// for the target, or"),
    (
        "psrp://192.0.2.7",
        {"authentication": "credssp", "user": "audit@CONTOSO.EXAMPLE"},
        "or its name and the account as user@REALM",
    ),
    # proxies
    (HTTP, {"proxy": "http://proxy:3128"}, "a proxy leads to psrps:// targets only"),
    (HTTPS, {"proxy": "http://me:geheim@proxy:3128"}, "--proxy never holds a user or a password"),
    (HTTPS, {"proxy": "http://me@proxy:3128"}, "--proxy never holds a user or a password"),
    (HTTPS, {"proxy": "https://proxy:3128"}, "write --proxy http://HOST:PORT"),
    (HTTPS, {"proxy": "socks5://proxy:1080"}, "write --proxy http://HOST:PORT"),
    (HTTPS, {"proxy": "proxy:3128"}, "write --proxy http://HOST:PORT"),
    (HTTPS, {"proxy": "http://proxy"}, "write --proxy http://HOST:PORT"),
    (HTTPS, {"proxy": "http://proxy:99999"}, "--proxy is no URL: write --proxy http://HOST:PORT"),
    (HTTPS, {"proxy": "http://[::1:3128"}, "--proxy is no URL"),
    (HTTPS, {"proxy": "http://proxy:3128/path"}, "write --proxy http://HOST:PORT"),
]

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    (HTTP, {}),
    (HTTP, {"user": "audit@CONTOSO.EXAMPLE", "spn": SPN, "delegate": True}),
    (HTTP, {"authentication": "ntlm", "user": "audit"}),
    (HTTPS, {"authentication": "credssp", "user": "CONTOSO\\audit"}),
    (HTTP, {"authentication": "credssp", "user": "audit@CONTOSO.EXAMPLE"}),
    ("psrp://audit@exch01", {"authentication": "ntlm"}),
    (HTTPS, {"authentication": "basic", "user": "audit"}),
    (HTTPS, {"authentication": "basic", "user": ".\\audit"}),
    (HTTPS, {"authentication": "basic", "user": "exch01\\audit"}),
    (HTTPS, {"authentication": "basic", "user": "EXCH01.contoso.example\\audit"}),
    ("psrps://192.0.2.7", {"authentication": "basic", "user": "EXCH01\\audit"}),
    (
        HTTP,
        {
            "authentication": "basic",
            "user": "audit",
            "allow_unencrypted": frozenset({"EXCH01.contoso.example"}),
        },
    ),
    (HTTPS, {"authentication": "certificate", **FILES}),
    (HTTP, {"authentication": "kerberos"}),
    (HTTP, {"authentication": "kerberos", "user": "audit"}),
    (HTTP, {"authentication": "kerberos", "user": "audit@CONTOSO.EXAMPLE", "spn": SPN}),
    ("psrp://192.0.2.7", {"authentication": "kerberos", "spn": SPN}),
    (HTTPS, {"proxy": "http://proxy.contoso.example:3128"}),
    (HTTPS, {"proxy": "http://[2001:db8::7]:3128/"}),
]

Install = Callable[..., None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Says what this machine is: `machine(windows=, kerberos=)`."""

    def claim(*, windows: bool = False, kerberos: bool = True) -> None:
        for module in (objections, logon):
            monkeypatch.setattr(module, "on_windows", lambda: windows)
        monkeypatch.setattr(objections, "kerberos_is_installed", lambda: kerberos or windows)

    claim()
    return claim


def target_of(text: str) -> WsmanTarget:
    target = parse_target(text)
    assert isinstance(target, WsmanTarget)
    return target


def words(text: str, chosen: dict[str, Any]) -> str:
    return " ".join([text, *(f"{name}={value}" for name, value in chosen.items())])


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("target", "chosen", "reason"), REFUSED, ids=[words(*case[:2]) for case in REFUSED]
)
def test_refused(kit: SimpleNamespace, target: str, chosen: dict[str, Any], reason: str) -> None:
    options = kit.options(**({"user": None} | chosen))
    found = objection(target_of(target), options)
    assert found is not None
    assert reason in found
    assert "geheim" not in found
    failure = collect(target_of(target), kit.REQUEST, options)
    nobody = reason.startswith("no account is named")
    expected = Reason.NO_CREDENTIALS if nobody else Reason.AUTHENTICATION_FAILED
    assert (failure.reason, failure.phase) == (expected, "before connecting")
    assert failure.detail == found


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("target", "chosen"), ACCEPTED, ids=[words(*case) for case in ACCEPTED])
def test_accepted(kit: SimpleNamespace, target: str, chosen: dict[str, Any]) -> None:
    assert objection(target_of(target), kit.options(**({"user": None} | chosen))) is None


@pytest.mark.parametrize(
    "chosen", [{"authentication": "kerberos"}, {"spn": SPN}, {"delegate": True}]
)
def test_kerberos_that_is_not_installed(
    kit: SimpleNamespace, machine: Install, chosen: dict[str, Any]
) -> None:
    machine(kerberos=False)
    found = objection(target_of(HTTP), kit.options(**chosen))
    assert found is not None
    assert "pip install 'hklint[kerberos]'" in found


def test_windows_knows_domains_by_their_short_names(kit: SimpleNamespace, machine: Install) -> None:
    machine(windows=True)
    chosen = kit.options(authentication="kerberos", user="CONTOSO\\audit")
    assert objection(target_of(HTTP), chosen) is None


MECHANISMS: list[tuple[dict[str, bool], str, str, str | None, bool, tuple[str, ...]]] = [
    # of the machine, target, --auth, account, has a password
    ({}, HTTP, "negotiate", "audit@CONTOSO.EXAMPLE", True, ("kerberos", "ntlm")),
    ({}, HTTP, "negotiate", "audit@CONTOSO.EXAMPLE", False, ("kerberos",)),
    ({}, HTTP, "negotiate", None, False, ("kerberos",)),
    ({}, HTTP, "negotiate", "CONTOSO\\audit", True, ("ntlm",)),
    ({}, HTTP, "negotiate", "audit", True, ("ntlm",)),
    ({}, "psrp://192.0.2.7", "negotiate", "audit@CONTOSO.EXAMPLE", True, ("ntlm",)),
    ({}, HTTP, "credssp", "audit@CONTOSO.EXAMPLE", True, ("kerberos",)),
    ({}, HTTPS, "credssp", "audit@CONTOSO.EXAMPLE", True, ("kerberos", "ntlm")),
    ({}, HTTPS, "credssp", "CONTOSO\\audit", True, ("ntlm",)),
    ({}, HTTP, "kerberos", "audit", True, ("kerberos",)),
    ({}, HTTP, "ntlm", "audit@CONTOSO.EXAMPLE", True, ("ntlm",)),
    ({"kerberos": False}, HTTP, "negotiate", "audit@CONTOSO.EXAMPLE", True, ("ntlm",)),
    ({"windows": True}, HTTP, "negotiate", "CONTOSO\\audit", True, ("negotiate",)),
    ({"windows": True}, "psrp://192.0.2.7", "negotiate", None, False, ("negotiate",)),
    ({"windows": True}, HTTP, "kerberos", None, False, ("kerberos",)),
    ({"windows": True}, HTTP, "credssp", "CONTOSO\\audit", True, ("kerberos",)),
    ({"windows": True}, HTTPS, "credssp", "CONTOSO\\audit", True, ("negotiate",)),
]


@pytest.mark.parametrize(("of", "target", "authentication", "user", "known", "tried"), MECHANISMS)
def test_what_is_tried_in_which_order(  # noqa: PLR0913 - a row of the table
    kit: SimpleNamespace,
    machine: Install,
    *,
    of: dict[str, bool],
    target: str,
    authentication: str,
    user: str | None,
    known: bool,
    tried: tuple[str, ...],
) -> None:
    machine(**of)
    options: Options = kit.options(authentication=authentication, user=user)
    password = Secret("x") if known else None
    assert mechanisms(Logon(user, password), target_of(target), options) == tried


@pytest.mark.parametrize(
    ("of", "target", "reason"),
    [
        ({"kerberos": False}, HTTP, "no account is named for exch01.contoso.example"),
        ({}, "psrp://192.0.2.7", "no account is named for 192.0.2.7"),
    ],
)
def test_nobody_to_log_on_as(
    kit: SimpleNamespace, machine: Install, of: dict[str, bool], target: str, reason: str
) -> None:
    machine(**of)
    failure = collect(target_of(target), kit.REQUEST, kit.options(user=None))
    assert (failure.reason, failure.detail) == (Reason.NO_CREDENTIALS, reason)
