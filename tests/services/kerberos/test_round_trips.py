"""What a host costs in round trips with Kerberos; docs/performance.md has the table."""

from collections.abc import Callable

import pytest

from hklint.sources import Answered

pytestmark = pytest.mark.services


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_over_winrm(
    ask: Callable[..., object], round_trips: Callable[[str, int, int], None], scheme: str
) -> None:
    outcome, host = ask(scheme, authentication="kerberos")
    assert isinstance(outcome, Answered), outcome
    round_trips(f"{scheme}, Kerberos", len(host.log), len(host.logons))
