"""Every way to log on, over the real wire, and how many requests it takes."""

from types import SimpleNamespace

import pytest

from hklint import collector
from hklint.sources import Answered, collect

NTLM_OVER_HTTP = 9
OVER_TLS = {"basic": 6, "certificate": 6, "negotiate": 8, "ntlm": 8}


def asked_for(count: int) -> dict[str, object]:
    keys = [
        {"hive": "HKLM", "view": "64-bit", "key": f"SOFTWARE\\Key{number}", "values": ["Enabled"]}
        for number in range(count)
    ]
    return {"version": 1, "host": False, "registry": keys, "web_requests": []}


@pytest.mark.parametrize("values", [1, 500])
@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
def test_http_takes_nine_requests_whatever_is_asked(
    kit: SimpleNamespace, authentication: str, values: int
) -> None:
    with kit.lab_host() as host:
        answered = collect(
            kit.target_of(host), asked_for(values), kit.options(authentication=authentication)
        )
        assert isinstance(answered, Answered), answered
        assert len(answered.answer["registry"]) == values
        assert len(host.log) == NTLM_OVER_HTTP
        assert host.connections == 1
        assert host.open_shells() == ()


@pytest.mark.parametrize("values", [1, 500])
@pytest.mark.parametrize("authentication", OVER_TLS)
def test_https_takes_few_requests_whatever_is_asked(
    kit: SimpleNamespace, authentication: str, values: int
) -> None:
    certificates = kit.certificates
    chosen = kit.options(
        authentication=authentication,
        ca_file=certificates.ca,
        certificate_file=certificates.client.certificate,
        certificate_key_file=certificates.client.key,
    )
    with kit.lab_host(
        tls=certificates.good,
        client_ca=certificates.ca,
        client_certificates={"audit": kit.USER},
    ) as host:
        answered = collect(kit.target_of(host, tls=True), asked_for(values), chosen)
        assert isinstance(answered, Answered), answered
        assert len(host.log) == OVER_TLS[authentication]
        assert host.open_shells() == ()


@pytest.mark.parametrize(
    ("authentication", "tls", "transport"),
    [
        ("negotiate", False, "http, Negotiate (NTLM), sealed messages"),
        ("ntlm", False, "http, NTLM, sealed messages"),
        ("basic", False, "http, Basic, NOT ENCRYPTED"),
        ("basic", True, "https, Basic, certificate checked"),
    ],
)
def test_the_source_says_who_asked_and_how(
    kit: SimpleNamespace, authentication: str, transport: str, *, tls: bool
) -> None:
    chosen = kit.options(
        authentication=authentication,
        ca_file=kit.certificates.ca,
        allow_unencrypted=frozenset({"LOCALHOST"}),
    )
    with kit.lab_host(tls=kit.certificates.good if tls else None, allow_unencrypted=True) as host:
        target = kit.target_of(host, tls=tls, name="localhost")
        answered = collect(target, kit.REQUEST, chosen)
    assert isinstance(answered, Answered), answered
    source = answered.source
    assert (source.kind, source.target, source.account) == ("psrp", target.text, kit.USER)
    assert source.transport == transport
    assert source.collector_sha256 == collector.sha256()
    assert 0 < answered.seconds < 5


def test_the_targets_user_is_preferred(kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        target = kit.target_of(host)
        target = type(target)(target.host, target.port, target.tls, "audit@lab", target.text)
        answered = collect(target, kit.REQUEST, kit.options(user="LAB\\nobody"))
        assert isinstance(answered, Answered), answered
        assert answered.source.account == "audit@lab"
