"""An answer from a host that means harm: a valid one or a failure, and nothing but text in it.

`make fuzz` does this for much longer.
"""

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hklint import collector
from hklint.audit import host_result
from hklint.facts import read_answer, to_request
from hklint.facts.host import FIELDS
from hklint.facts.registry import complete, withhold
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library
from hklint.snapshot import Snapshot, Source
from hklint.sources.answer import LARGEST_ANSWER, MOST_PARTS, parse_answer
from hklint.sources.shape import RegistryType

CASES = Path(__file__).parents[1] / "collector" / "cases"
ANSWERS = [path.read_text("utf-8") for path in sorted(CASES.glob("*valid-answer*.json"))]
ANSWER = next(answer for text in ANSWERS if not isinstance(answer := parse_answer(text), Failure))
SCHEMA = Draft202012Validator(collector.schema("answer"))
PIECES = ['"', "\\", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "0", "1e9", "-", "NaN", "null"]
SOURCE = Source("psrp", "psrp://ex01", "LAB\\audit", "http, NTLM, sealed messages", "0" * 64)
slow_is_fine = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def parsed(text: str) -> dict[str, Any] | None:
    """What a text is taken for: a valid answer, or nothing, with a reason fit for one line."""
    outcome = parse_answer(text)
    if isinstance(outcome, Failure):
        assert outcome.reason in {Reason.COLLECTOR_FAILED, Reason.LANGUAGE_MODE}
        assert len(outcome.detail) < 400
        assert outcome.detail.splitlines() == [outcome.detail]
        return None
    assert SCHEMA.is_valid(outcome)
    return outcome


# -- whatever comes --------------------------------------------------------------------------------


@given(st.text())
def test_texts(text: str) -> None:
    assert parsed(text) is None


@slow_is_fine
@given(data=st.data())
def test_damaged_texts(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(ANSWERS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 40))
        piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=4))
        text = text[:start] + piece * data.draw(st.integers(0, 3)) + text[end:]
    parsed(text)


def test_whole_answers_are_taken() -> None:
    assert any(parsed(text) for text in ANSWERS)


# -- a valid answer, whatever it says, is judged ---------------------------------------------------

STRINGS = st.text(max_size=20) | st.sampled_from(
    ["", "1", "0x1", "\x1b[31m", "'; DROP", "a\nb", "%s{0}", "TLS 1.2", "2026-01-01T00:00:00Z"]
)
NUMBERS = st.sampled_from([0, 1, -1, 2**31, 2**32 - 1, 2**32, 2**64 - 1, 2**64, 10**300])
DATA = STRINGS | NUMBERS | st.lists(STRINGS, max_size=3)
TYPES = st.sampled_from(get_args(RegistryType))
ERRORS = st.builds(
    lambda name, number, text: {"type": name, "hresult": number, "message": text},
    STRINGS,
    NUMBERS | st.none(),
    STRINGS,
)


def one_of(state: str, name: str, data: st.DataObject) -> dict[str, Any]:
    """A value or field in a state, with what has to go with it."""
    item: dict[str, Any] = {"name": name, "state": state}
    if state == "present":
        item["data"] = data.draw(DATA)
    if state in {"malformed", "failed"}:
        item["error"] = data.draw(ERRORS)
    return item


def value(name: str, data: st.DataObject) -> dict[str, Any]:
    state = data.draw(st.sampled_from(["present"] * 4 + ["absent", "malformed", "failed"]))
    item = one_of(state, name, data)
    return item | {"type": data.draw(TYPES)} if state == "present" else item


def key(asked: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    state = data.draw(st.sampled_from(["present"] * 4 + ["absent", "denied", "failed"]))
    item = {name: asked[name] for name in ("hive", "view", "key")} | {"state": state}
    if state in {"denied", "failed"}:
        return item | {"error": data.draw(ERRORS)}
    if state == "absent":
        return item
    names = [*asked["values"], *data.draw(st.lists(STRINGS, max_size=1))]
    return item | {"values": [value(name, data) for name in names]}


def field(name: str, data: st.DataObject) -> dict[str, Any]:
    state = data.draw(st.sampled_from(["present"] * 4 + ["absent", "failed"]))
    item = one_of(state, name, data)
    if isinstance(item.get("data"), list):
        item["data"] = data.draw(STRINGS | NUMBERS)
    return item


@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)
@given(data=st.data())
def test_valid_answers_are_judged(data: st.DataObject, shipped: Library) -> None:
    name = data.draw(st.sampled_from(sorted(shipped.policies)))
    policy = shipped.policies[name]
    facts = facts_needed([policy])
    request = to_request(facts)
    asked = data.draw(st.permutations(request["registry"]))
    said = ANSWER | {
        "host": [field(name, data) for name in FIELDS],
        "registry": [key(item, data) for item in asked[: data.draw(st.integers(0, 40))]],
        "web_requests": [],
    }
    answer = parsed(json.dumps(said))
    assert answer is not None
    kept = withhold(complete(answer, request["registry"]), facts)
    observations = read_answer(kept)
    snapshot = Snapshot("EX01", "2026-03-04T05:06:07Z", SOURCE, kept, observations)
    gathered = Gathered(0, "EX01", "psrp://ex01", "2026-03-04T05:06:07Z", 0.1, snapshot)
    result = host_result(gathered, [policy])
    assert result.failure is None
    assert result.verdicts


# -- size and time ---------------------------------------------------------------------------------

KEY = {"hive": "HKLM", "view": "64-bit", "key": "x", "state": "absent"}


def with_keys(*keys: object) -> str:
    return json.dumps(ANSWER | {"registry": keys})


LARGE: dict[str, Callable[[int], str]] = {
    "lists": lambda size: '{"a":[' + "[]," * size + "0]}",
    "objects": lambda size: '{"a":[' + "{}," * size + "0]}",
    "members": lambda size: "{" + ",".join(f'"{each:x}":1' for each in range(size)) + "}",
    "keys": lambda size: with_keys(*[KEY] * (size // 4)),
    "keys, and the last is wrong": lambda size: with_keys(*[KEY] * (size // 4), {}),
    "a name in the place of another": lambda size: with_keys(KEY | {"hive": "x" * size * 8}),
    "halves of characters": lambda size: with_keys(KEY | {"key": "\ud800" * size}),
    "long numbers": lambda size: '{"a":[' + ",".join(["9" * 4000] * (size // 400)) + "]}",
    "spaces": lambda size: " " * size * 8 + "{}",
}


def seconds(text: str) -> float:
    def once() -> float:
        started = time.process_time()
        parse_answer(text)
        return time.process_time() - started

    return min(once() for _ in range(3))


@pytest.mark.parametrize("make", LARGE.values(), ids=list(LARGE))
def test_time_is_linear(make: Callable[[int], str]) -> None:
    """Eight times as much may take eight times as long, and as much again for what is uneven."""
    small, large = seconds(make(2500)), seconds(make(20_000))
    assert large < 16 * small + 0.02


@pytest.fixture
def memory() -> Iterator[Callable[[], int]]:
    """The bytes that were taken at most, as Python counts them."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.parametrize("part", ["[],", "{},", '"abc",', '{"a":{"b":[0]}},'])
def test_memory_is_bounded(memory: Callable[[], int], part: str) -> None:
    text = '{"a":[' + part * ((LARGEST_ANSWER - 100) // len(part)) + "0]}"
    before = memory()
    assert parsed(text) is None
    assert memory() - before < 1_000_000


def test_parts_are_bounded() -> None:
    assert "parts" in parse_answer("[" + "0," * MOST_PARTS + "0]").detail
    assert "parts" not in parse_answer("[" + "0," * (MOST_PARTS - 1) + "0]").detail


def test_the_depth_is_bounded() -> None:
    for text in ("[" * 100_000, '{"version":' * 60_000):
        assert "nested too deeply" in parse_answer(text).detail
