"""Rules and what hosts may have for them, drawn at random from what is known to be awkward.

The same seed gives the same. Rules are as YAML has them, so they go the whole way.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from hklint import language
from hklint.documents.yaml_tree import FORBIDDEN
from hklint.fact import (
    Absent,
    Data,
    Observation,
    Present,
    RegistryKey,
    RegistryValue,
    Unreadable,
)
from hklint.linking.conditions import OperandError, Type, value_set
from hklint.registry_test import RegistryTest
from hklint.values import kind_of

_AWKWARD = json.loads((Path(__file__).parent / "awkward.json").read_text(encoding="ascii"))
TEXTS = (*_AWKWARD["texts"], "a" * 300, "ab," * 500)
UNCARRIED = _AWKWARD["uncarried"]
"""Texts that XML does not carry."""
TOO_LONG = ("a" * 2001, "ab," * 4000)
NUMBERS = _AWKWARD["numbers"]
LONG_NUMBERS = _AWKWARD["long_numbers"]
BYTES = _AWKWARD["bytes"]
TYPES = (
    "REG_DWORD",
    "REG_QWORD",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_MULTI_SZ",
    "REG_BINARY",
    "REG_NONE",
)
UNREAD = (
    Unreadable("access-denied", "Requested registry access is not allowed."),
    Unreadable("failed", "The device is not ready. \x1b]]>"),
    Unreadable("malformed", "the answer's data is no REG_DWORD"),
    Unreadable("not-allowed", "the endpoint's allow-list does not have it"),
    Unreadable("not-asked", "the snapshot has nothing on it"),
)
NUMBERS_OF = {"REG_DWORD": NUMBERS, "REG_QWORD": NUMBERS + LONG_NUMBERS}
SURELY: tuple[tuple[dict[str, Any], Observation], ...] = (
    ({"type": "REG_SZ", "matches": "(a+)+"}, Present("REG_SZ", "a" * 40 + "b")),
    ({"type": "REG_SZ", "matches": "a+"}, Present("REG_SZ", "a" * 2001)),
    ({"type": "REG_SZ", "equals": "a"}, Present("REG_SZ", "a\0")),
    ({"type": "REG_SZ", "equals": ""}, Present("REG_SZ", "  ")),
    ({"type": "REG_MULTI_SZ", "equals": []}, Present("REG_MULTI_SZ", ("",))),
    ({"type": "REG_MULTI_SZ", "equals": ["a"]}, Present("REG_MULTI_SZ", ("a", "a"))),
    ({"type": "REG_SZ", "matches": "a.b"}, Present("REG_SZ", "a\nb")),
    ({"type": "REG_SZ", "equals": "ä"}, Present("REG_SZ", "Ä")),
    ({"type": "REG_SZ", "equals": "k"}, Present("REG_SZ", "\u212a")),
    ({"type": "REG_DWORD", "equals": 0}, Present("REG_SZ", "")),
    ({"type": "REG_QWORD", "at_least": 5}, Present("REG_QWORD", 2**63)),
    ({"type": "REG_QWORD", "less_than": 2**63}, Present("REG_QWORD", 5)),
)
"""Rules and what hosts have for them, for what chance might leave out."""


def expectations(random: Random, number: int) -> Iterator[dict[str, Any]]:
    """So many expectations that can be linked, each on a key of its own."""
    for count in range(number):
        key = rf"HKLM\{random.choice(_AWKWARD['keys'])}\{count}"
        asked = _existence(random, key) if random.random() < 0.06 else _asked(random, key)
        yield asked | {"view": random.choice(("64-bit", "32-bit"))}


def sure_expectations() -> Iterator[dict[str, Any]]:
    """The expectations of what is surely tried."""
    for count, (asked, _) in enumerate(SURELY):
        yield {"registry": rf"HKLM\SURE\{count}", "value": "Value", "absent": "fail"} | asked


def _existence(random: Random, key: str) -> dict[str, Any]:
    exists = random.random() < 0.5
    return random.choice(
        (
            {"registry": key, "value": random.choice(_AWKWARD["names"]), "exists": exists},
            {"registry_key": key, "exists": exists},
            {"registry_key": key, "has_value": random.choice(_AWKWARD["names"])},
            {"registry_key": key, "has_subkey": "Sub Key"},
        )
    )


def _asked(random: Random, key: str) -> dict[str, Any]:
    """An expectation of data that some value can meet."""
    while True:
        kind = random.choice(TYPES)
        exact = kind_of(kind) in {"text", "list"} and random.random() < 0.3
        condition = _condition(random, kind, 2)
        try:
            shape = msgspec.convert(condition, language.operators.Operators)
            value_set(shape, Type(kind, exact))
        except (OperandError, msgspec.ValidationError):
            continue
        means = {"means": _operand(random, kind)}
        absent = random.choice(("fail", "fail", "pass", "not_applicable", means))
        place = {"registry": key, "value": random.choice(_AWKWARD["names"])}
        return place | {"type": kind, "case_sensitive": exact, "absent": absent} | condition


def _condition(random: Random, kind: str, depth: int) -> dict[str, Any]:
    if depth and random.random() < 0.25:
        inner = [_condition(random, kind, depth - 1) for _ in range(random.randint(1, 3))]
        return random.choice(({"all_of": inner}, {"any_of": inner}, {"not": inner[0]}))
    count = 1 if random.random() < 0.8 else 2
    return dict(_operator(random, kind) for _ in range(count))


def _operator(random: Random, kind: str) -> tuple[str, object]:
    one = _operand(random, kind)
    several = [_operand(random, kind) for _ in range(random.randint(1, 4))]
    choices: list[tuple[str, object]] = [
        ("equals", one),
        ("not_equals", one),
        ("one_of", several),
        ("none_of", several),
    ]
    match kind_of(kind):
        case "number":
            ordered = ("less_than", "at_most", "at_least", "greater_than", "bits_set", "bits_clear")
            choices += [(name, one) for name in ordered]
            choices.append(("between", sorted([one, _operand(random, kind)])))
        case "text":
            parts = [text for text in several if text] or ["a"]
            pattern = "".join(random.choices(_AWKWARD["patterns"], k=random.randint(1, 4)))
            choices += [("contains", parts), ("excludes", parts)]
            choices += [
                ("matches", pattern),
                ("matches", pattern),
                ("not", {"matches": pattern}),
            ] * 2
        case "list":
            items = [_written(random.choice(TEXTS[:40])) for _ in range(random.randint(1, 4))]
            parts = [text for text in items if text] or ["a"]
            choices += [("contains", parts), ("excludes", parts), ("subset_of", items)] * 2
            choices += [("superset_of", items), ("not", {"subset_of": items})]
    return random.choice(choices)


def _operand(random: Random, kind: str) -> int | str | list[str]:
    match kind_of(kind):
        case "number":
            return random.choice(NUMBERS_OF[kind])
        case "text":
            return _written(_text(random))
        case "list":
            return [_written(item) for item in _list(random)]
        case _:
            return random.choice(BYTES)


def _written(text: str) -> str:
    """A text as a policy can have it."""
    return FORBIDDEN.sub("", text)


def _text(random: Random) -> str:
    """A text; braces would name a parameter."""
    chance = random.random()
    if chance < 0.05:
        return random.choice(UNCARRIED)
    if chance < 0.3:
        return "".join(random.choices("aAbBkKsSäÄß ,.1\n", k=random.randint(1, 5)))
    return random.choice(TEXTS)


def _list(random: Random) -> tuple[str, ...]:
    return tuple(random.choice(TEXTS[:40]) for _ in range(random.choice((0, 1, 1, 2, 3))))


def observations(random: Random, number: int, test: RegistryTest) -> Iterator[Observation]:
    """So many things that a host may have where this is asked."""
    operands = [asked.operand for way in test.ways for asked in way]
    for _ in range(number):
        drawn = _observation(random, test.type, operands)
        if isinstance(drawn, Present) and not isinstance(test.fact, RegistryValue):
            there = "key" if isinstance(test.fact, RegistryKey) else "name"
            drawn = Present(there, "")
        yield drawn


def _observation(random: Random, kind: str, operands: list[Data]) -> Observation:
    chance = random.random()
    if chance < 0.1:
        return Absent(random.choice(("key", "value")))
    if chance < 0.2:
        return random.choice(UNREAD)
    if kind in {"any", "key"} or chance < 0.28:
        other = random.choice(TYPES)
        return Present(other, _data(random, other))
    if operands and chance < 0.7:
        return Present(kind, _near(random, kind, random.choice(operands)))
    return Present(kind, _data(random, kind))


def _near(random: Random, kind: str, operand: Data) -> Data:
    """Data of the type that are an operand, or almost."""
    match kind_of(kind), operand:
        case "number", int(number):
            most = 2**32 if kind == "REG_DWORD" else 2**64
            return (number + random.choice((0, 0, 0, 1, -1))) % most
        case "text", str(text):
            if random.random() < 0.5:
                text = re.sub(r"[\\^$*+?()\[\]|]", "", text.removeprefix("(?i)"))
            changed = (text.swapcase(), f"{text}\n", f"a{text}", f"{text}B", f"b{text}\n")
            return random.choice((text, text, *changed))
        case "list", tuple(items):
            swapped = tuple(item.swapcase() for item in items)
            return random.choice(
                (items, items, items * 2, items[1:], items[::-1], swapped, (*items, "z"))
            )
        case "list", str(text):
            return random.choice(((text,), (text.swapcase(), "z"), (text, text)))
        case "bytes", str(text):
            return text
        case _:
            return _data(random, kind)


def _data(random: Random, kind: str) -> Data:
    match kind_of(kind):
        case "number":
            return random.choice(NUMBERS_OF[kind])
        case "text":
            return random.choice(TOO_LONG) if random.random() < 0.03 else _text(random)
        case "list":
            return _list(random)
        case _:
            return random.choice(BYTES)
