"""What a host costs in round trips, whatever is asked; docs/performance.md has the table."""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hklint import collector
from hklint.lab.wire import Endpoint
from hklint.sources import Answered, collect
from hklint.sources.process import local
from hklint.sources.process.child import Child
from hklint.target import LocalTarget

RoundTrips = Callable[[str, int, int], None]

WAYS = {
    "http, Negotiate that comes to NTLM": ("http", "negotiate"),
    "http, NTLM": ("http", "ntlm"),
    "https, Negotiate that comes to NTLM": ("https", "negotiate"),
    "https, NTLM": ("https", "ntlm"),
    "https, Basic": ("https", "basic"),
    "https, client certificate": ("https", "certificate"),
    "https, CredSSP": ("https", "credssp"),
}
SCHEMES = ("Negotiate", "Basic", "CredSSP")


def asked_for(count: int) -> dict[str, object]:
    keys = [
        {"hive": "HKLM", "view": "64-bit", "key": f"SOFTWARE\\Key{number}", "values": ["Enabled"]}
        for number in range(count)
    ]
    return {"version": 1, "host": False, "registry": keys, "web_requests": []}


@pytest.mark.parametrize("values", [1, 500])
@pytest.mark.parametrize("way", WAYS)
def test_over_winrm(kit: SimpleNamespace, round_trips: RoundTrips, way: str, values: int) -> None:
    scheme, authentication = WAYS[way]
    files = kit.certificates
    chosen: dict[str, Any] = {"authentication": authentication, "ca_file": files.ca}
    host: dict[str, Any] = {"authentication": SCHEMES}
    if scheme == "https":
        host |= {"tls": files.good}
    if authentication == "certificate":
        chosen |= {
            "certificate_file": files.client.certificate,
            "certificate_key_file": files.client.key,
            "user": None,
        }
        host |= {"client_ca": files.ca, "client_certificates": {"audit": kit.USER}}
    with kit.lab_host(**host) as running:
        target = kit.target_of(running, tls=scheme == "https")
        answered = collect(target, asked_for(values), kit.options(**chosen))
        assert isinstance(answered, Answered), answered
        assert len(answered.answer["registry"]) == values
        round_trips(way, len(running.log), running.connections)
        assert running.open_shells() == ()


@pytest.mark.parametrize("has_function", [True, False])
def test_at_another_endpoint(
    kit: SimpleNamespace,
    round_trips: RoundTrips,
    has_function: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    def answer(request: str, _user: str, _stopped: threading.Event) -> str:
        return json.dumps(kit.answer_to(request))

    way = "an endpoint of `hklint jea`, http, NTLM"
    endpoint = Endpoint(functions={collector.FUNCTION: answer})
    if not has_function:
        way = "another endpoint, without its function, http, NTLM"
        endpoint = Endpoint(script=answer)
    with kit.lab_host(endpoints={"hklint": endpoint}) as running:
        chosen = kit.options(authentication="ntlm", configuration="hklint")
        answered = collect(kit.target_of(running), kit.REQUEST, chosen)
        assert isinstance(answered, Answered), answered
        round_trips(way, len(running.log), running.connections)


def test_through_a_process(
    kit: SimpleNamespace, round_trips: RoundTrips, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    write = Child.write

    def counted(self: Child, data: bytes) -> None:
        sent.append(data)
        write(self, data)

    host = Path(__file__).parent / "process" / "lab_host.py"
    argv = (sys.executable, "-I", str(host), "answers")
    monkeypatch.setattr(local, "command", lambda _variables: argv)
    monkeypatch.setattr(Child, "write", counted)
    answered = collect(LocalTarget(), kit.REQUEST, kit.options())
    assert isinstance(answered, Answered), answered
    round_trips("ssh, and this computer", len(sent), 1)
