"""Every way to log on, over the real wire."""

from types import SimpleNamespace

import pytest

from hklint import collector
from hklint.sources import Answered, collect


@pytest.mark.parametrize(
    ("authentication", "user", "tls", "transport"),
    [
        ("negotiate", "LAB\\audit", False, "http, Negotiate (NTLM), sealed messages"),
        ("ntlm", "LAB\\audit", False, "http, NTLM, sealed messages"),
        ("basic", "audit", False, "http, Basic, NOT ENCRYPTED"),
        ("basic", "audit", True, "https, Basic, certificate checked"),
    ],
)
def test_the_source_says_who_asked_and_how(
    kit: SimpleNamespace, authentication: str, user: str, transport: str, *, tls: bool
) -> None:
    chosen = kit.options(
        authentication=authentication,
        user=user,
        ca_file=kit.certificates.ca,
        allow_unencrypted=frozenset({"LOCALHOST"}),
    )
    with kit.lab_host(tls=kit.certificates.good if tls else None, allow_unencrypted=True) as host:
        target = kit.target_of(host, tls=tls, name="localhost")
        answered = collect(target, kit.REQUEST, chosen)
    assert isinstance(answered, Answered), answered
    source = answered.source
    assert (source.kind, source.target, source.account) == ("psrp", target.text, user)
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
