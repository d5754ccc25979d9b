"""The collector's answer: valid for the contract, and the same as the script would give."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hklint.collector import schema, script
from hklint.lab.collector import read_value
from hklint.lab.host_file import Host
from hklint.lab.lab import Lab
from hklint.lab.registry import parse_path
from hklint.lab.windows import install

MakeHost = Callable[[dict[str, Any]], Host]
HostFile = Callable[[dict[str, Any]], Path]
KEY = r"HKLM\SYSTEM\A"


def request(**parts: object) -> str:
    return json.dumps({"version": 1, "host": False, "registry": [], "web_requests": [], **parts})


def key(path: str, *values: str, view: str = "64-bit") -> dict[str, object]:
    return {"hive": "HKLM", "view": view, "key": path, "values": values}


def ask(lab: Lab, host_id: str, **parts: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(lab.hosts[host_id].collect(request(**parts)))
    jsonschema.validate(answer, schema("answer"))
    return answer


@pytest.mark.cases("values")
def test_value(case: dict[str, Any], make_host: MakeHost) -> None:
    registry = install(make_host({"registry": {"64-bit": {KEY: {"v": case["stored"]}}}}))
    item = read_value(registry.value(parse_path(KEY), "v"), "v")
    error = item.pop("error", {})
    want = dict(case["want"])
    assert error.get("message") == want.pop("message", None)
    assert item == {"name": "v", **want}


def test_a_huge_value_is_not_sent(make_host: MakeHost) -> None:
    huge = {"REG_BINARY": "00" * 65_537}
    registry = install(make_host({"registry": {"64-bit": {KEY: {"v": huge}}}}))
    item = read_value(registry.value(parse_path(KEY), "v"), "v")
    assert (item["state"], item["error"]["type"]) == ("failed", "hklint.TooLarge")


def test_absent_denied_and_present_are_three_things(host_file: HostFile) -> None:
    fields = {
        "registry": {"64-bit": {KEY: {"Enabled": 1}, r"HKLM\SYSTEM\D": {"v": 1}}},
        "denied": {"64-bit": [r"HKLM\SYSTEM\D"]},
    }
    asked = [
        key("system\\a", "ENABLED", "other", ""),
        key("SYSTEM\\none", "v"),
        key("SYSTEM\\D", "v"),
    ]
    with Lab([host_file(fields)]) as lab:
        present, absent, denied = ask(lab, "test", registry=asked)["registry"]
    assert present["key"] == "system\\a"
    assert present["values"] == [
        {"name": "ENABLED", "state": "present", "type": "REG_DWORD", "data": 1},
        {"name": "other", "state": "absent"},
        {"name": "", "state": "absent"},
    ]
    assert (absent["state"], "values" in absent) == ("absent", False)
    assert (denied["state"], "values" in denied) == ("denied", False)
    assert denied["error"]["type"] == "System.Security.SecurityException"
    assert denied["error"]["hresult"] == -2146233078


def test_views_are_told_apart(lab: Lab) -> None:
    path = r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
    asked = [key(path, "SchUseStrongCrypto", view=view) for view in ("64-bit", "32-bit")]
    healthy = ask(lab, "ex2016-healthy", registry=asked)["registry"]
    assert [item["values"][0].get("data") for item in healthy] == [1, 1]
    blocked = ask(lab, "ex2016-blocked", registry=asked)["registry"]
    assert [item["values"][0]["state"] for item in blocked] == ["absent", "absent"]


def test_identity(lab: Lab) -> None:
    fields = {item["name"]: item for item in ask(lab, "ex2013-2008r2", host=True)["host"]}
    wanted = schema("answer")["$defs"]["host_field"]["properties"]["name"]["enum"]
    assert list(fields) == wanted
    assert fields["build"]["data"] == 7601
    assert fields["ubr"] == {"name": "ubr", "state": "absent"}
    assert fields["last_boot"]["data"] < fields["clock"]["data"]
    assert ask(lab, "ex2013-2008r2")["host"] == []


def test_registry_agrees_with_identity(lab: Lab) -> None:
    asked = [
        key(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuildNumber"),
        key(r"SOFTWARE\Microsoft\ExchangeServer\v15\Setup", "MsiBuildMajor"),
        key(r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full", "Release"),
    ]
    found = ask(lab, "ex2016-healthy", registry=asked)["registry"]
    assert [item["values"][0]["data"] for item in found] == ["14393", 2507, 528049]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad-request"),
        ("[]", "bad-request"),
        ("{}", "bad-request"),
        (request(version=2), "unsupported-version"),
        (request(version="1"), "bad-request"),
        (request(registry=[{"hive": "HKLM"}]), "bad-request"),
        (request(more=1), "bad-request"),
        *(
            (
                request(web_requests=[{"uri": uri, "ways": ["default"], "timeout_seconds": 1}]),
                "bad-request",
            )
            for uri in ("http://a/", "https:///x", "https://a:b/", "https://u:p@a/")
        ),
    ],
)
def test_refusals(text: str, code: str, lab: Lab) -> None:
    answer = json.loads(lab.hosts["ex2016-healthy"].collect(text))
    jsonschema.validate(answer, schema("answer"))
    assert answer["error"]["code"] == code


def test_a_stopped_run_ends_soon(host_file: HostFile) -> None:
    page = {"uri": "https://a.example", "ways": ["default"], "timeout_seconds": 60}
    stopped = threading.Event()
    with Lab([host_file({"names": {"a.example": "silent"}})]) as lab:
        threading.Timer(0.1, stopped.set).start()
        begun = time.monotonic()
        machine = lab.hosts["test"].machine
        answer = json.loads(machine.collect(request(web_requests=[page]), "LAB\\audit", stopped))
    assert answer["error"]["code"] == "failed"
    assert time.monotonic() - begun < 2


def test_only_the_collector_is_the_collector(lab: Lab) -> None:
    machine = lab.hosts["ex2016-healthy"].machine
    assert machine.is_collector(script())
    assert not machine.is_collector(script() + " ")


def test_a_key_alone_is_there_or_absent(host_file: HostFile) -> None:
    """Without names only the key is asked for; that it has values is not said."""
    fields = {"registry": {"64-bit": {KEY: {"Enabled": 1}}}}
    asked = [key("SYSTEM\\A"), key("SYSTEM\\B")]
    with Lab([host_file(fields)]) as lab:
        there, absent = ask(lab, "test", registry=asked)["registry"]
    assert (there["state"], there["values"]) == ("present", [])
    assert (absent["state"], "values" in absent) == ("absent", False)
