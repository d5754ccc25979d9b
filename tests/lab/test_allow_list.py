"""The collector behind an allow-list: what is not on it is neither read nor requested."""

import json
import threading
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from hklint.collector import schema
from hklint.fact import Present, RegistryKey
from hklint.facts import read_answer
from hklint.facts.host import FIELDS
from hklint.facts.problem import NOT_LISTED
from hklint.lab.lab import Lab, LabHost
from hklint.snapshot import lookup_key

KEY = r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
STORE = "https://appsource.microsoft.com"
LISTED: dict[str, Any] = {
    "host": True,
    "registry": [
        {
            "hive": "HKLM",
            "view": "64-bit",
            "key": KEY,
            "values": ["SchUseStrongCrypto", "Absent"],
            "names": ["SystemDefaultTlsVersions", "NotThere"],
        },
        {"hive": "HKLM", "view": "64-bit", "key": r"SYSTEM\None", "values": ["v"], "names": []},
        {"hive": "HKLM", "view": "32-bit", "key": KEY + r"\B", "values": [], "names": []},
    ],
    "web_requests": [STORE],
}
REFUSED = {
    "type": "hklint.NotAllowed",
    "hresult": None,
    "message": "This is not on the allow-list of the endpoint.",
}


@pytest.fixture
def host(lab: Lab) -> LabHost:
    """A host that has more than is listed."""
    return lab.hosts["ex2016-healthy"]


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(host: LabHost) -> Ask:
    """What the host answers to a request behind an allow-list; both valid for the contract."""

    def collect(allowed: object = LISTED, **parts: object) -> dict[str, Any]:
        asked = {"version": 1, "host": False, "registry": [], "web_requests": [], **parts}
        text = allowed if isinstance(allowed, str) else json.dumps(allowed)
        answer: dict[str, Any] = json.loads(
            host.machine.collect(json.dumps(asked), "LAB\\audit", threading.Event(), text)
        )
        jsonschema.validate(answer, schema("answer"))
        return answer

    return collect


def key(path: str, *values: str, view: str = "64-bit", hive: str = "HKLM") -> dict[str, object]:
    return {"hive": hive, "view": view, "key": path, "values": values}


def test_listed_values_are_read(ask: Ask) -> None:
    (item,) = ask(registry=[key(KEY, "SchUseStrongCrypto", "Absent")])["registry"]
    assert item["values"] == [
        {"name": "SchUseStrongCrypto", "state": "present", "type": "REG_DWORD", "data": 1},
        {"name": "Absent", "state": "absent"},
    ]


def test_other_values_of_a_listed_key_are_refused_one_by_one(ask: Ask) -> None:
    (item,) = ask(registry=[key(KEY, "AspNetEnforceViewStateMac", "schusestrongcrypto", "")])[
        "registry"
    ]
    assert item["state"] == "present"
    assert item["values"] == [
        {"name": "AspNetEnforceViewStateMac", "state": "failed", "error": REFUSED},
        {"name": "schusestrongcrypto", "state": "present", "type": "REG_DWORD", "data": 1},
        {"name": "", "state": "failed", "error": REFUSED},
    ]


def test_of_a_name_that_is_listed_only_being_there_is_answered(ask: Ask) -> None:
    """It may be a stored password; nor do the endpoint's transcripts get it."""
    (item,) = ask(registry=[key(KEY, "systemdefaulttlsversions", "NotThere")])["registry"]
    assert item["values"] == [
        {"name": "systemdefaulttlsversions", "state": "withheld"},
        {"name": "NotThere", "state": "absent"},
    ]


@pytest.mark.parametrize("spelled", [KEY.lower(), KEY.upper()])
def test_case_does_not_count(ask: Ask, spelled: str) -> None:
    (item,) = ask(registry=[key(spelled, "SCHUSESTRONGCRYPTO")])["registry"]
    assert item["values"][0]["data"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        key(KEY, view="32-bit"),
        key(KEY, hive="HKCU"),
        key(rf"{KEY}\B"),
        key(r"SOFTWARE\Microsoft\.NETFramework"),
        key(KEY + "\\"),
        key("\\" + KEY),
        key(KEY.replace("\\", "\\\\")),
        key(KEY + r"\..\v4.0.30319"),
        key(r"SOFTWARE\Microsoft\.NETFramework\*"),
        key(KEY.replace("SOFTWARE", r"SOFTWARE\Wow6432Node")),
        key(f"{KEY} "),
        key(f"{KEY}\u200d"),
        key(r"SYSTEM\Hidden", "v"),
    ],
    ids=lambda asked: f"{asked['hive']} {asked['key']!a} {asked['view']}",
)
def test_any_other_key_is_refused_whether_it_is_there_or_not(
    ask: Ask, asked: dict[str, object]
) -> None:
    place = {name: asked[name] for name in ("hive", "view", "key")}
    assert ask(registry=[asked])["registry"] == [{**place, "state": "failed", "error": REFUSED}]


def test_an_absent_key_that_is_listed_is_absent(ask: Ask) -> None:
    (item,) = ask(registry=[key(r"SYSTEM\None", "v", "w")])["registry"]
    assert (item["state"], "values" in item) == ("absent", False)


@pytest.mark.parametrize(
    "uri",
    [
        STORE + "/",
        STORE + "?",
        STORE + ":443",
        STORE + "\u200d",
        STORE.replace("appsource", "AppSource"),
        "https://localhost/",
    ],
)
def test_any_other_address_is_refused_without_a_request(ask: Ask, host: LabHost, uri: str) -> None:
    before = len(host.handshakes)
    page = {"uri": uri, "ways": ["default", "tls12"], "timeout_seconds": 5}
    (item,) = ask(web_requests=[page])["web_requests"]
    assert [attempt["way"] for attempt in item["attempts"]] == ["default", "tls12"]
    for attempt in item["attempts"]:
        assert (attempt["result"], attempt["error_id"]) == ("not-run", "hklint.NotAllowed")
    assert len(host.handshakes) == before


def test_a_listed_address_is_requested(ask: Ask) -> None:
    page = {"uri": STORE, "ways": ["default"], "timeout_seconds": 5}
    (item,) = ask(web_requests=[page])["web_requests"]
    assert item["attempts"][0]["result"] == "response"


def test_the_identity_can_be_refused(ask: Ask, host: LabHost) -> None:
    assert ask(host=True)["host"][0]["data"] == host.machine.name
    fields = ask({**LISTED, "host": False}, host=True)["host"]
    assert {field["state"] for field in fields} == {"failed"}
    assert [field["name"] for field in fields] == schema("answer")["$defs"]["host_field"][
        "properties"
    ]["name"]["enum"]


@pytest.mark.parametrize(
    "allowed",
    ["", "null", "[]", "true", "{}", {**LISTED, "registry": "*"}, {**LISTED, "web_requests": None}],
    ids=str,
)
def test_a_list_that_cannot_be_read_allows_nothing(ask: Ask, allowed: object) -> None:
    answer = ask(allowed, registry=[key(KEY, "SchUseStrongCrypto")])
    assert answer["error"]["code"] == "bad-allow-list"


def test_what_is_refused_is_not_known(ask: Ask) -> None:
    """From the answer to facts: neither absent nor present, and never a failure to read."""
    page = {"uri": "https://b.example/", "ways": ["tls12"], "timeout_seconds": 5}
    asked = [key(KEY, "AspNetEnforceViewStateMac"), key(r"SYSTEM\Hidden")]
    answer = ask({**LISTED, "host": False}, host=True, registry=asked, web_requests=[page])
    known = read_answer(answer)
    assert known.pop(lookup_key(RegistryKey("HKLM", KEY))) == Present("key", "")
    assert set(known.values()) == {NOT_LISTED}
    assert len(known) == len(FIELDS) + len(("value and its name", "", "key", "request"))
