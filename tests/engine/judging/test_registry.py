"""Registry values: how they are asked for, and what the collector's answers say of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.fact import Absent, Observation, Present, RegistryValue, Unreadable
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete
from hklint.snapshot import Snapshot, Source, lookup_key

KEY = "SOFTWARE\\Contoso"
VALUE = RegistryValue("HKLM", KEY, "Setting")
ERROR = {"type": "System.Security.SecurityException", "hresult": None, "message": "Zugriff"}
TYPES = (
    *("REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_DWORD"),
    *("REG_QWORD", "REG_BINARY", "REG_NONE"),
)
NOT_ASKED = Unreadable("not-asked", "the snapshot has nothing on it")


def _key(state: str = "present", **fields: object) -> dict[str, Any]:
    return {"hive": "HKLM", "view": "64-bit", "key": KEY, "state": state, **fields}


def _value(state: str = "present", **fields: object) -> dict[str, Any]:
    return _key(values=[{"name": "Setting", "state": state, **fields}])


def _dword(data: object) -> dict[str, Any]:
    return _value(type="REG_DWORD", data=data)


def _no(type_name: str) -> Unreadable:
    return Unreadable("malformed", f"the answer's data is no {type_name}")


def _snapshot(items: list[dict[str, Any]], *asked: RegistryValue) -> Snapshot:
    """What becomes of an answer with these keys, after these values were asked for."""
    answer = {"host": [], "registry": items, "web_requests": []}
    full = complete(answer, to_request(asked)["registry"])
    source = Source("test", "ex01", "", "", "")
    return Snapshot("EX01", "2026-03-04T05:06:07Z", source, full, read_answer(full))


SEEN: dict[str, tuple[dict[str, Any], Observation]] = {
    "key absent": (_key("absent"), Absent("key")),
    "key absent, no values": (_key("absent", values=[]), Absent("key")),
    "key denied": (_key("denied", error=ERROR), Unreadable("access-denied", "Zugriff")),
    "key failed": (_key("failed", error=ERROR), Unreadable("failed", "Zugriff")),
    "key denied, yet with a value": (
        _key("denied", error=ERROR, values=_dword(1)["values"]),
        Unreadable("access-denied", "Zugriff"),
    ),
    "key absent, yet with a value": (_key("absent", values=_dword(1)["values"]), Absent("key")),
    "value absent": (_value("absent"), Absent("value")),
    "value failed": (_value("failed", error=ERROR), Unreadable("failed", "Zugriff")),
    "value malformed": (_value("malformed", error=ERROR), Unreadable("malformed", "Zugriff")),
    "value not mentioned": (_key(values=[]), NOT_ASKED),
    "other value instead": (_key(values=[{"name": "Settings", "state": "absent"}]), NOT_ASKED),
    "other case": (
        _key(values=[{"name": "SETTING", "state": "present", "type": "REG_DWORD", "data": 1}])
        | {"key": KEY.upper()},
        Present("REG_DWORD", 1),
    ),
    "dword 0": (_dword(0), Present("REG_DWORD", 0)),
    "dword, largest": (_dword(2**32 - 1), Present("REG_DWORD", 2**32 - 1)),
    "dword, too large": (_dword(2**32), _no("REG_DWORD")),
    "dword, negative": (_dword(-1), _no("REG_DWORD")),
    "dword as text": (_dword("1"), _no("REG_DWORD")),
    "dword as list": (_dword(["1"]), _no("REG_DWORD")),
    "qword, largest": (_value(type="REG_QWORD", data=2**64 - 1), Present("REG_QWORD", 2**64 - 1)),
    "qword, too large": (_value(type="REG_QWORD", data=2**64), _no("REG_QWORD")),
    "text": (_value(type="REG_SZ", data="1"), Present("REG_SZ", "1")),
    "text as number": (_value(type="REG_SZ", data=1), _no("REG_SZ")),
    "text as list": (_value(type="REG_EXPAND_SZ", data=["a"]), _no("REG_EXPAND_SZ")),
    "list": (_value(type="REG_MULTI_SZ", data=["a", ""]), Present("REG_MULTI_SZ", ("a", ""))),
    "empty list": (_value(type="REG_MULTI_SZ", data=[]), Present("REG_MULTI_SZ", ())),
    "list as text": (_value(type="REG_MULTI_SZ", data="a"), _no("REG_MULTI_SZ")),
    "bytes": (_value(type="REG_BINARY", data="00ff"), Present("REG_BINARY", "00ff")),
    "no bytes": (_value(type="REG_NONE", data=""), Present("REG_NONE", "")),
    "bytes, cut": (_value(type="REG_BINARY", data="00f"), _no("REG_BINARY")),
    "bytes that are none": (_value(type="REG_NONE", data="zz"), _no("REG_NONE")),
}


@pytest.mark.parametrize("name", SEEN)
def test_observation(name: str) -> None:
    item, expected = SEEN[name]
    assert _snapshot([item], VALUE).observe(VALUE) == expected


def test_an_answer_without_the_key_leaves_the_value_unreadable() -> None:
    assert _snapshot([], VALUE).observe(VALUE) == NOT_ASKED


@pytest.mark.parametrize("state", ["absent", "denied", "failed"])
def test_a_value_nobody_asked_for_is_unreadable_whatever_its_key_is(state: str) -> None:
    snapshot = _snapshot([_key(state, error=ERROR)], RegistryValue("HKLM", KEY, "Other"))
    assert snapshot.observe(VALUE) == NOT_ASKED


def test_an_answer_may_say_more_than_was_asked() -> None:
    extra = _key("denied", error=ERROR) | {"key": "SOFTWARE\\Fabrikam"}
    snapshot = _snapshot([extra, _dword(1)], VALUE)
    assert snapshot.observe(VALUE) == Present("REG_DWORD", 1)
    values = [fact for fact in snapshot.observations if isinstance(fact, RegistryValue)]
    assert values == [lookup_key(VALUE)]


def test_the_views_are_two_registries() -> None:
    other = RegistryValue("HKLM", KEY, "Setting", "32-bit")
    snapshot = _snapshot([_dword(1), _key("absent") | {"view": "32-bit"}], VALUE, other)
    assert snapshot.observe(VALUE) == Present("REG_DWORD", 1)
    assert snapshot.observe(other) == Absent("key")


@pytest.mark.parametrize(
    "other",
    [
        RegistryValue("HKCU", KEY, "Setting"),
        RegistryValue("HKLM", KEY, "Setting", "32-bit"),
        RegistryValue("HKLM", f"{KEY}\\Setting", ""),
        RegistryValue("HKLM", KEY, ""),
    ],
    ids=str,
)
def test_one_fact_says_nothing_of_another(other: RegistryValue) -> None:
    assert _snapshot([_dword(1)], VALUE).observe(other) == NOT_ASKED


def test_names_compare_without_regard_to_case() -> None:
    spelled = RegistryValue("HKLM", "Software\\CONTOSO", "sETTING")
    assert _snapshot([_dword(1)], VALUE).observe(spelled) == Present("REG_DWORD", 1)
    assert lookup_key(spelled) == lookup_key(VALUE)


def test_the_request_has_one_item_a_key_and_view_in_a_stable_order() -> None:
    asked = [
        RegistryValue("HKLM", "SYSTEM\\B", "Second"),
        RegistryValue("HKLM", "SYSTEM\\B", "First"),
        RegistryValue("HKLM", "system\\b", "FIRST"),
        RegistryValue("HKLM", "SYSTEM\\B", "First", "32-bit"),
        RegistryValue("HKLM", "SYSTEM\\A", ""),
        RegistryValue("HKCU", "SYSTEM\\A", ""),
    ]
    items = [
        {"hive": "HKCU", "view": "64-bit", "key": "SYSTEM\\A", "values": [""]},
        {"hive": "HKLM", "view": "64-bit", "key": "SYSTEM\\A", "values": [""]},
        {"hive": "HKLM", "view": "32-bit", "key": "SYSTEM\\B", "values": ["First"]},
        {"hive": "HKLM", "view": "64-bit", "key": "SYSTEM\\B", "values": ["First", "Second"]},
    ]
    assert to_request(asked)["registry"] == items
    assert to_request(reversed(asked * 2))["registry"] == items


names = st.sampled_from(["a", "A", "b", "ab", "B\\a", "ä", "Ä", ""])


@given(
    st.sets(
        st.builds(
            RegistryValue,
            st.sampled_from(["HKLM", "HKCU"]),
            names.map(lambda name: f"SOFTWARE\\{name or 'x'}"),
            names,
            st.sampled_from(["64-bit", "32-bit"]),
        )
    )
)
def test_each_value_is_asked_for_once(facts: set[RegistryValue]) -> None:
    items: Any = to_request(facts)["registry"]
    asked = [
        RegistryValue(item["hive"], item["key"], name, item["view"])
        for item in items
        for name in item["values"]
    ]
    places = [(item["hive"], item["key"].casefold(), item["view"]) for item in items]
    assert len(set(places)) == len(places)
    assert sorted(map(str, map(lookup_key, asked))) == sorted({str(lookup_key(f)) for f in facts})


@given(st.integers() | st.text() | st.lists(st.text()), st.sampled_from(TYPES))
def test_whatever_the_data_is_it_is_read_or_malformed(data: object, type_name: str) -> None:
    seen = _snapshot([_value(type=type_name, data=data)], VALUE).observe(VALUE)
    match seen:
        case Present(type=found, value=value):
            assert found == type_name
            assert value == (tuple(data) if isinstance(data, list) else data)
        case _:
            assert seen == _no(type_name)


def test_the_host_is_asked_for_only_when_a_field_is() -> None:
    assert to_request([VALUE])["host"] is False


@pytest.mark.parametrize("name", ["Setting", "SETTING"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_contradiction_is_never_decided_by_order(name: str, order: int) -> None:
    other: dict[str, Any] = {"name": name, "state": "present", "type": "REG_DWORD", "data": 1}
    items = [_dword(0), _key(values=[other])]
    seen = _snapshot(items[::order], VALUE).observe(VALUE)
    assert seen == Unreadable("malformed", "the answer says two different things about it")


def test_the_same_said_twice_is_no_contradiction() -> None:
    assert _snapshot([_dword(1), _dword(1)], VALUE).observe(VALUE) == Present("REG_DWORD", 1)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("other", ["absent", "denied", "failed"])
def test_nothing_is_believed_of_a_key_that_is_there_and_is_not(other: str, order: int) -> None:
    items = [_dword(1), _key(other, error=ERROR) | {"key": KEY.upper()}]
    answer = {"host": [], "registry": items[::order], "web_requests": []}
    observations = read_answer(answer)
    contradiction = Unreadable("malformed", "the answer says two different things about it")
    assert set(observations.values()) == {contradiction}
