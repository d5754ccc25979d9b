"""Live requests: real connections and handshakes, reported as Windows PowerShell 5.1 would."""

import json
import socket
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hklint.collector import schema
from hklint.lab.lab import Lab, LabHost
from hklint.lab.reg_file import HEADER
from hklint.lab.schannel import Protocol

HostFile = Callable[[dict[str, Any]], Path]
STORE = "https://appsource.microsoft.com"
PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
DOTNET = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
WAYS = ["default", "tls12", "system-default"]


def ask(host: LabHost, uri: str = STORE, seconds: int = 1) -> dict[str, Any]:
    """The attempts by way."""
    page = {"uri": uri, "ways": WAYS, "timeout_seconds": seconds}
    request = {"version": 1, "host": False, "registry": [], "web_requests": [page]}
    answer = json.loads(host.collect(json.dumps(request)))
    jsonschema.validate(answer, schema("answer"))
    return {attempt["way"]: attempt for attempt in answer["web_requests"][0]["attempts"]}


@pytest.mark.cases("requests")
def test_request(case: dict[str, Any], host_file: HostFile) -> None:
    keys: dict[str, Any] = {
        rf"{PROTOCOLS}\{name}\Client": {"Enabled": 0} for name in case.get("blocked", [])
    }
    keys[DOTNET] = case.get("dotnet", {"SystemDefaultTlsVersions": 1})
    fields = {
        "names": {"appsource.microsoft.com": case["to"]},
        "registry": {"64-bit": keys},
        **case.get("host", {}),
    }
    way = case.get("way", "system-default")
    with Lab([host_file(fields)]) as lab:
        host = lab.hosts["test"]
        attempt = ask(host, case.get("uri", STORE))[way]
        handshakes = {handshake.way: handshake.negotiated for handshake in host.handshakes}
    assert {name: attempt[name] for name in case["want"]} == case["want"]
    assert handshakes[way] == case.get("negotiated")
    if "chain" in case:
        assert [error["type"] for error in attempt["exceptions"]] == case["chain"]
    for name in ("socket_error", "native_error"):
        if name in case:
            assert attempt["exceptions"][-1][name] == case[name]


@pytest.mark.parametrize(
    ("host_id", "statuses"),
    [
        ("ex2016-blocked", ["SendFailure", "ReceiveFailure", "SendFailure"]),
        ("ex2016-on-request", ["SendFailure", None, "SendFailure"]),
        ("ex2016-dotnet", ["SendFailure", None, None]),
        ("ex2016-healthy", [None, None, None]),
        ("ex2013-2008r2", ["SendFailure", None, "SendFailure"]),
        ("ex2016-wrong-proxy", ["ProtocolError"] * 3),
        ("ex2016-no-dns", ["NameResolutionFailure"] * 3),
    ],
)
def test_shipped_hosts(host_id: str, statuses: list[str | None], lab: Lab) -> None:
    attempts = ask(lab.hosts[host_id], seconds=10)
    assert [attempts[way]["status"] for way in WAYS] == statuses


def test_texts_are_in_the_language_of_the_host(lab: Lab) -> None:
    german = ask(lab.hosts["ex2016-dotnet"])["default"]
    english = ask(lab.hosts["ex2016-on-request"])["default"]
    assert german["message"].startswith("Die zugrunde liegende Verbindung")
    assert english["message"].endswith("An unexpected error occurred on a send.")
    assert german["exceptions"] == english["exceptions"]


def test_the_ways_run_side_by_side(host_file: HostFile) -> None:
    with Lab([host_file({"names": {"appsource.microsoft.com": "silent"}})]) as lab:
        begun = time.monotonic()
        attempts = ask(lab.hosts["test"], seconds=1)
        assert time.monotonic() - begun < 2.5
    assert {attempt["status"] for attempt in attempts.values()} == {"Timeout"}


def test_the_store_sees_a_connection_and_no_request_when_it_hangs_up(host_file: HostFile) -> None:
    with Lab([host_file({"names": {"appsource.microsoft.com": "store"}})]) as lab:
        ask(lab.hosts["test"])
        assert (lab.store.accepted, lab.store.answered) == (3, 2)


def test_the_store_resets_without_a_word(lab: Lab) -> None:
    with socket.create_connection(("127.0.0.1", lab.store.port), timeout=5) as line:
        line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            line.recv(1)


def test_the_healthy_host_really_negotiates_tls_1_2(lab: Lab) -> None:
    host = lab.hosts["ex2016-healthy"]
    ask(host)
    assert host.handshakes[-1].negotiated is Protocol.TLS12
    assert host.handshakes[-1].offered == {Protocol.TLS10, Protocol.TLS11, Protocol.TLS12}


def test_every_set_of_versions_settles_on_its_newest(host_file: HostFile) -> None:
    versions = [Protocol.TLS10, Protocol.TLS11, Protocol.TLS12, Protocol.TLS13]
    fields = {
        "build": 20348,
        "names": {"appsource.microsoft.com": "lenient-store"},
        "registry": {"64-bit": {DOTNET: {"SystemDefaultTlsVersions": 1}}},
    }
    with Lab([host_file(fields)]) as lab:
        host = lab.hosts["test"]
        for chosen in product((0, 1), repeat=len(versions)):
            host.merge(
                f"{HEADER}\n"
                + "".join(
                    f"[HKEY_LOCAL_MACHINE\\{PROTOCOLS[5:]}\\{version}\\Client]\n"
                    f'"Enabled"=dword:{enabled}\n'
                    for version, enabled in zip(versions, chosen, strict=True)
                )
            )
            host.restart()
            ask(host)
            handshake = next(seen for seen in host.handshakes[-3:] if seen.way == "default")
            offered = [version for version, on in zip(versions, chosen, strict=True) if on]
            assert handshake.offered == set(offered)
            assert handshake.negotiated == (offered[-1] if offered else None)
