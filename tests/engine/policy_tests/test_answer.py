"""Stated hosts go the way of real ones: what a test says is what judging sees."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.fact import (
    Absent,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.facts import to_request
from hklint.facts.web_request import OUTCOMES, WAYS
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.attempts import attempt
from hklint.policy_tests.data import DENIED, UNREADABLE
from hklint.policy_tests.stated import Stated, laid_over, place_of
from hklint.sources.recorded import read_snapshot, write_snapshot

APP = place_of("HKLM\\SOFTWARE\\Contoso\\App", "64-bit")
CONTOSO = place_of("HKLM\\SOFTWARE\\Contoso", "64-bit")
LEVEL = RegistryValue("HKLM", "SOFTWARE\\CONTOSO\\App", "LEVEL")
URI = "https://store.contoso.example"
ASKED = to_request(
    [
        LEVEL,
        RegistryValue("HKLM", "SOFTWARE\\Contoso\\App", "Level", "32-bit"),
        RegistryKey("HKLM", "SOFTWARE\\Contoso"),
        HostField("build"),
        *(WebRequest(URI, way) for way in WAYS),
    ]
)
numbers = st.integers(0, 2**32 - 1)
data = st.one_of(
    st.builds(Present, st.just("REG_DWORD"), numbers),
    st.builds(Present, st.just("REG_QWORD"), st.integers(0, 2**64 - 1)),
    st.builds(Present, st.sampled_from(["REG_SZ", "REG_EXPAND_SZ"]), st.text()),
    st.builds(Present, st.just("REG_MULTI_SZ"), st.lists(st.text()).map(tuple)),
    st.builds(Present, st.sampled_from(["REG_BINARY", "REG_NONE"]), st.binary().map(bytes.hex)),
    st.just(Absent("value")),
    st.just(UNREADABLE),
)


def _seen(stated: Stated, fact: Any = LEVEL) -> Observation:  # noqa: ANN401 - any fact
    return snapshot_of("EX01", stated, ASKED).observe(fact)


@given(data)
def test_a_value_is_read_as_it_was_stated(value: Observation) -> None:
    assert _seen(Stated(keys={APP: {"level": value}})) == value


def test_a_value_in_one_view_is_not_in_the_other() -> None:
    stated = Stated(keys={APP: {"level": Present("REG_DWORD", 1)}})
    other = RegistryValue("HKLM", "SOFTWARE\\Contoso\\App", "Level", "32-bit")
    assert _seen(stated, other) == Absent("key")


@pytest.mark.parametrize(
    ("stated", "key", "value"),
    [
        (Stated(), Absent("key"), Absent("key")),
        (Stated(keys={APP: {}}), Present("key", ""), Absent("value")),
        (Stated(keys={APP: DENIED}), Present("key", ""), DENIED),
        (Stated(keys={CONTOSO: {}}), Present("key", ""), Absent("key")),
        (Stated(keys={CONTOSO: DENIED}), DENIED, Absent("key")),
        (Stated(keys={APP: Absent("key")}), Absent("key"), Absent("key")),
    ],
    ids=["nothing", "empty", "denied", "above", "denied above", "absent"],
)
def test_a_key_is_there_where_something_below_it_is(
    stated: Stated, key: Observation, value: Observation
) -> None:
    seen = _seen(stated, RegistryKey("HKLM", "SOFTWARE\\contoso"))
    if stated.keys.get(APP) != Absent("key"):
        assert seen == key
    assert _seen(stated) == value


def test_a_field_that_is_not_stated_is_not_readable() -> None:
    build = HostField("build")
    assert isinstance(_seen(Stated(), build), Unreadable)
    assert _seen(Stated(fields={"build": Absent("field")}), build) == Absent("field")
    assert _seen(Stated(fields={"build": Present("integer", 7601)}), build) == Present(
        "integer", 7601
    )


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("way", WAYS)
def test_a_request_ends_as_it_was_stated(outcome: Any, way: Any) -> None:  # noqa: ANN401 - words
    seen = _seen(Stated(requests={way: outcome}), WebRequest(URI, way))
    assert isinstance(seen, Present)
    assert seen.value == outcome


def test_a_request_that_is_not_stated_was_not_made() -> None:
    assert isinstance(_seen(Stated(), WebRequest(URI, "tls12")), Unreadable)
    record = attempt("default", UNREADABLE, "2026-01-01T00:00:00Z")
    assert record["result"] == "not-run"


def test_a_host_can_be_kept_as_a_snapshot() -> None:
    snapshot = snapshot_of("EX01", Stated(keys={APP: {"level": Present("REG_DWORD", 1)}}), ASKED)
    assert read_snapshot(write_snapshot(snapshot), "ex01.json") == snapshot


def test_a_host_is_laid_over_value_by_value() -> None:
    one, two = Present("REG_DWORD", 1), Present("REG_DWORD", 2)
    base = Stated({"build": one}, {APP: {"level": one, "seal": one}}, {"default": "reached"})
    top = Stated({"name": two}, {APP: {"level": two, "seal": Absent("value")}}, {"tls12": "failed"})
    assert laid_over(base, top) == Stated(
        {"build": one, "name": two},
        {APP: {"level": two, "seal": Absent("value")}},
        {"default": "reached", "tls12": "failed"},
    )
    assert laid_over(base, Stated(keys={APP: {}})).keys == base.keys
    assert laid_over(base, Stated(keys={APP: DENIED})).keys == {APP: DENIED}
    assert laid_over(laid_over(base, Stated(keys={APP: DENIED})), top).keys == top.keys


def test_an_absent_key_takes_away_all_below_it_and_nothing_beside_it() -> None:
    beside = place_of("HKLM\\SOFTWARE\\Contoso2", "64-bit")
    other_view = place_of("HKLM\\SOFTWARE\\Contoso\\App", "32-bit")
    base = Stated(keys={CONTOSO: {}, APP: {}, beside: {}, other_view: {}})
    left = laid_over(base, Stated(keys={CONTOSO: Absent("key")}))
    assert left.keys == {beside: {}, other_view: {}}
