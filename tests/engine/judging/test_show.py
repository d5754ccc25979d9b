"""Facts and observations in words."""

from collections.abc import Callable
from typing import Any

import pytest

from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.judging.show import MAX_SHOWN, evidence, read_lines, show

LONG = "x" * 100_000
SHOWN: list[tuple[Observation, str]] = [
    (Present("REG_DWORD", 0), "0 (REG_DWORD)"),
    (Present("REG_DWORD", 10), "10 (0xa) (REG_DWORD)"),
    (Present("REG_DWORD", 0xFFFFFFFF), "4294967295 (0xffffffff) (REG_DWORD)"),
    (Present("REG_SZ", "1"), '"1" (REG_SZ)'),
    (Present("REG_SZ", ""), '"" (REG_SZ)'),
    (Present("REG_MULTI_SZ", ("a", "b")), '"a", "b" (REG_MULTI_SZ)'),
    (Present("REG_MULTI_SZ", ()), "an empty list (REG_MULTI_SZ)"),
    (Present("key", ""), "there"),
    (Present("REG_NONE", ""), "no bytes (REG_NONE)"),
    (Present("REG_BINARY", "00ff"), "00 ff (REG_BINARY)"),
    (Present("integer", 14393), "14393"),
    (Present("version", "15.1.2507.6"), "15.1.2507.6"),
    (Absent("key"), "absent (there is no such key)"),
    (Absent("value"), "absent"),
    (Absent("field"), "absent"),
    (Unreadable("access-denied"), "access denied"),
    (Unreadable("failed", "Zugriff verweigert."), "could not be read: Zugriff verweigert"),
    (Unreadable("malformed", "5 bytes"), "malformed: 5 bytes"),
    (Unreadable("not-asked"), "not asked for"),
    (Unreadable("host-not-reached"), "host not reached"),
]


@pytest.mark.parametrize(("seen", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_observation(seen: Observation, text: str) -> None:
    assert show(seen) == text


@pytest.mark.parametrize(
    "seen", [Present("REG_SZ", LONG), Present("REG_MULTI_SZ", (LONG, LONG)), Present("text", LONG)]
)
def test_long_texts_are_cut(seen: Present) -> None:
    assert len(show(seen)) < MAX_SHOWN + 60
    assert " more characters]" in show(seen)


def test_a_text_that_is_cut_says_by_how_much() -> None:
    shown = show(Present("REG_SZ", "x" * 1_000_000))
    assert shown == f'"{"x" * MAX_SHOWN}"... [{1_000_000 - MAX_SHOWN} more characters] (REG_SZ)'


def test_a_request_with_what_was_seen(attempt: Callable[..., dict[str, Any]]) -> None:
    record = attempt(
        status="ProtocolError", http_status=502, method="CONNECT", proxy="http://proxy.example:8080"
    )
    assert show(Present("outcome", "proxy-failed", record)) == (
        "proxy-failed (the proxy could not be used or refused the connection; HTTP 502; "
        "ProtocolError; proxy http://proxy.example:8080; 0.4 s)"
    )


def test_lines_by_key_then_requests_then_the_host() -> None:
    read: list[tuple[Fact, Observation]] = [
        (HostField("build"), Present("integer", 14393)),
        (RegistryValue("HKLM", "SOFTWARE\\A", "x"), Present("REG_DWORD", 1)),
        (WebRequest("https://store.example", "tls12"), Unreadable("failed")),
        (RegistryValue("HKLM", "SOFTWARE\\A", "x", "32-bit"), Absent("key")),
        (RegistryValue("HKLM", "SOFTWARE\\A", ""), Absent("value")),
        (HostField("edition"), Absent("field")),
    ]
    assert read_lines(tuple(evidence(fact, seen) for fact, seen in read)) == (
        "HKLM\\SOFTWARE\\A [64-bit]",
        "    x = 1 (REG_DWORD)",
        "    (default) = absent",
        "HKLM\\SOFTWARE\\A [32-bit]",
        "    x = absent (there is no such key)",
        "https://store.example, with TLS 1.2 named: could not be read",
        "host: build = 14393, edition = absent",
    )


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "0.0 s"), (412, "0.4 s"), (19_970, "20.0 s"), (10**400, "0.0 s")]
)
def test_a_request_took_whatever_the_host_says(
    milliseconds: int, text: str, attempt: Callable[..., dict[str, Any]]
) -> None:
    record = attempt(status="Timeout", milliseconds=milliseconds)
    assert show(Present("outcome", "timed-out", record)).endswith(f"{text})")
