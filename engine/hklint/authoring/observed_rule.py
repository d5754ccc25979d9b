"""A rule that a registry value or key stays as a host has it.

All names and data come from a host or its file, and may be hostile. What no document can hold, or
what would mean something else in one, gets no rule.
"""

import re

import msgspec

from hklint import language
from hklint.documents.yaml_text import Node, comment
from hklint.fact import Observation, Present, RegistryKey, RegistryName, RegistryValue, Unreadable
from hklint.language.placeholders import names_in, texts_in
from hklint.policy import AbsentMeans, ValueExpectation

Asked = RegistryValue | RegistryName | RegistryKey

LONGEST_TEXT = 2000
"""Characters of one text, or items of a list; longer values are evidence, and no rule."""
LONGEST_SHOWN = 60
UNWRITTEN = "TODO: say what follows when it is not so, and set severity and title"

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


class LeftOutError(Exception):
    """A fact that no rule can be made of; the message says why."""


def observed_rule(
    fact: Asked, seen: Observation, known: ValueExpectation | None, ids: dict[str, int]
) -> dict[str, Node]:
    """The rule that this stays as it is. Raises LeftOutError.

    `known` is what a policy expects of it; `ids` counts the ids that are taken.
    """
    if isinstance(seen, Unreadable):
        raise LeftOutError(f"it could not be read ({seen.reason}): {seen.detail}")
    expect = _expect(fact, seen, known)
    for _, text in texts_in(expect, ()):
        if names_in(text):
            raise LeftOutError(f"{{{names_in(text)[0]}}} would stand for a parameter")
    try:
        msgspec.convert(expect, language.expectation_shape(expect))
    except msgspec.ValidationError:
        raise LeftOutError("a rule can't name this key") from None
    return {
        "id": _id(fact, ids),
        "title": _title(fact, seen),
        "severity": "medium",
        "expect": expect,
        "why": UNWRITTEN,
    }


def _expect(fact: Asked, seen: Observation, known: ValueExpectation | None) -> dict[str, Node]:
    path = f"{fact.hive}\\{fact.key}"
    view: dict[str, Node] = {} if fact.view == "64-bit" else {"view": fact.view}
    if isinstance(fact, RegistryKey):
        return {"registry_key": path, **view, "exists": isinstance(seen, Present)}
    place: dict[str, Node] = {"registry": path, **view, "value": fact.value}
    if not isinstance(seen, Present) or isinstance(fact, RegistryName):
        return {**place, "exists": isinstance(seen, Present)}
    data = list(seen.value) if isinstance(seen.value, tuple) else seen.value
    if not isinstance(data, int) and len(data) > LONGEST_TEXT:
        raise LeftOutError(f"it is too long for a rule: {len(data)} characters or items")
    if seen.type in {"REG_BINARY", "REG_NONE"}:
        data = " ".join(re.findall("..", str(data)))
    expect: dict[str, Node] = {**place, "type": seen.type, "equals": data, "absent": "fail"}
    if known is not None and known.type == seen.type:
        if isinstance(known.absent, AbsentMeans):
            means = known.absent.value
            expect["absent"] = {"means": list(means) if isinstance(means, tuple) else means}
        expect["restart"] = known.restart
    return expect


def _id(fact: Asked, ids: dict[str, int]) -> str:
    """An id that no other rule has, made of the last key and the value's name."""
    name = "key" if isinstance(fact, RegistryKey) else fact.value or "default"
    words = f"{_last_keys(fact)} {name}"
    if fact.view == "32-bit":
        words += " 32-bit"
    found = slug(words) or "value"
    ids[found] = ids.get(found, 0) + 1
    return found if ids[found] == 1 else f"{found}.{ids[found]}"


def _last_keys(fact: Asked) -> str:
    """The end of a key's path, which mostly says what it is about."""
    return "\\".join(fact.key.split("\\")[-2:])


def slug(text: str) -> str:
    """A text as lower-case words joined by hyphens; "" if it has no plain letter or digit."""
    return "-".join(word for word in _WORDS.sub(" ", text).lower().split())[:LONGEST_SHOWN].strip(
        "-"
    )


def _title(fact: Asked, seen: Observation) -> str:
    key = cleaned(_last_keys(fact))
    end = " (32-bit view)" if fact.view == "32-bit" else ""
    if isinstance(fact, RegistryKey):
        return f"The key {key} is {'' if isinstance(seen, Present) else 'not '}there{end}"
    name = cleaned(fact.value) or "The default value"
    if not isinstance(seen, Present):
        return f"{name} of {key} is not set{end}"
    if isinstance(fact, RegistryName):
        return f"{name} of {key} is set{end}"
    shown = ", ".join(seen.value) if isinstance(seen.value, tuple) else str(seen.value)
    return f"{name} of {key} is {cleaned(shown) or 'empty'}{end}"


def cleaned(text: str) -> str:
    """A text from a host for one line of prose, without braces, which would name a parameter."""
    shown = comment(text)[2:].translate(str.maketrans("{}", "()"))
    return f"{shown[:LONGEST_SHOWN]}..." if len(shown) > LONGEST_SHOWN else shown
