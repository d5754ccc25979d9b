"""Facts and observations in words."""

from typing import Any, assert_never, cast

from hklint.fact import (
    Absent,
    Data,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.facts.web_request import MEANING, Outcome
from hklint.verdict import Evidence

MAX_SHOWN = 200
SHOWN_IN_HEX_FROM = 10

_REASONS = {
    "access-denied": "access denied",
    "failed": "could not be read",
    "malformed": "malformed",
    "not-allowed": "not allowed to be asked for",
    "not-asked": "not asked for",
    "host-not-reached": "host not reached",
}

WAY_NAMES = {
    "default": "as a program asks by default",
    "tls12": "with TLS 1.2 named",
    "system-default": "with the system default named",
}


def show(seen: Observation) -> str:
    """An observation: `0 (REG_DWORD)`, `absent`, `access denied`."""
    match seen:
        case Present(type="outcome"):
            return _show_attempt(seen)
        case Present(type="key" | "name"):
            return "there"
        case Present() if seen.type.startswith("REG_"):
            return f"{show_value(seen.value, seen.type)} ({seen.type})"
        case Present():
            return _cut(str(seen.value))
        case Absent():
            return "absent" if seen.what != "key" else "absent (there is no such key)"
        case Unreadable():
            reason = _REASONS[seen.reason]
            return f"{reason}: {seen.detail.removesuffix('.')}" if seen.detail else reason
        case _:
            assert_never(seen)


def show_value(value: Data, type_name: str) -> str:
    """A registry value as it would be typed; long texts and lists are cut."""
    if isinstance(value, int):
        return f"{value} ({value:#x})" if value >= SHOWN_IN_HEX_FROM else str(value)
    if isinstance(value, tuple):
        shown = ", ".join(f'"{item}"' for item in value) or "an empty list"
        return _cut(shown)
    if type_name in {"REG_BINARY", "REG_NONE"}:
        return _cut(" ".join(map("".join, zip(value[::2], value[1::2], strict=True)))) or "no bytes"
    return f'"{value[:MAX_SHOWN]}"{_rest(value)}'


def _cut(text: str) -> str:
    return text[:MAX_SHOWN] + _rest(text)


def _rest(text: str) -> str:
    """What is said of the characters that are not shown."""
    more = len(text) - MAX_SHOWN
    return f"... [{more} more characters]" if more > 0 else ""


def evidence(fact: Fact, seen: Observation) -> Evidence:
    """A fact with its observation, ready for reports."""
    return Evidence(fact, seen, show(seen))


def read_lines(items: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Evidence as lines: registry values by key, then requests, then the host."""
    lines: list[str] = []
    keys: dict[str, list[str]] = {}
    for item in items:
        fact = item.fact
        if isinstance(fact, RegistryValue | RegistryName):
            key = f"{fact.hive}\\{fact.key} [{fact.view}]"
            keys.setdefault(key, []).append(f"{fact.value or '(default)'} = {item.shown}")
        elif isinstance(fact, RegistryKey):
            lines.append(f"{fact}: {item.shown}")
    for key, found in keys.items():
        lines += [key, *(f"    {line}" for line in found)]
    host: list[str] = []
    for item in items:
        fact = item.fact
        if isinstance(fact, HostField):
            host.append(f"{fact.field} = {item.shown}")
        elif isinstance(fact, WebRequest):
            lines.append(f"{fact.uri}, {WAY_NAMES[fact.way]}: {item.shown}")
    if host:
        lines.append("host: " + ", ".join(host))
    return tuple(lines)


def _show_attempt(seen: Present) -> str:
    detail = cast("dict[str, Any]", seen.detail or {})
    parts = [MEANING[cast("Outcome", seen.value)]]
    if detail.get("http_status") is not None:
        parts.append(f"HTTP {detail['http_status']}")
    if detail.get("status"):
        parts.append(_cut(detail["status"]))
    if detail.get("proxy"):
        parts.append(f"proxy {_cut(detail['proxy'])}")
    if "milliseconds" in detail:
        tenths = (detail["milliseconds"] + 50) // 100  # no float: a host may say any number
        parts.append(f"{tenths // 10}.{tenths % 10} s")
    return f"{seen.value} ({'; '.join(parts)})"
