"""What a host costs in round trips with Kerberos; docs/performance.md has the table."""

from collections.abc import Callable

import pytest

from hklint.sources import Answered

pytestmark = pytest.mark.services


WAYS = {
    "http, Kerberos": ("http", "kerberos"),
    "https, Kerberos": ("https", "kerberos"),
    "http, CredSSP": ("http", "credssp"),
}


@pytest.mark.parametrize("way", WAYS)
def test_over_winrm(
    ask: Callable[..., object], round_trips: Callable[[str, int, int], None], way: str
) -> None:
    scheme, authentication = WAYS[way]
    lab = {"authentication": ("Negotiate", "CredSSP")}
    outcome, host = ask(scheme, authentication=authentication, lab=lab)
    assert isinstance(outcome, Answered), outcome
    round_trips(way, len(host.log), len(host.logons))
