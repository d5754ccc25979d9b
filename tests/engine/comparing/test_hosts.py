"""A host is found again by its name, and where several have that name, by its target."""

from collections.abc import Callable

import pytest

from hklint.comparing.hosts import ByHost, host_key
from hklint.run import HostResult

Make = Callable[..., HostResult]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ex01", "ex01"),
        ("EX01.Corp.Example", "ex01.corp.example"),
        ("ex01:5999", "ex01:5999"),
        ("EX01 (10.0.0.5)", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.5"),
        ("EX01 (10.0.0.5:5999)", "10.0.0.5:5999"),
        ("EX01 (2001:db8::1)", "2001:db8::1"),
        ("EX01 ([2001:db8::1]:5999)", "[2001:db8::1]:5999"),
        ("EX01 (local:)", "ex01 (local:)"),
        ("local:", "local:"),
        ("other (10.0.0.9) (10.0.0.5)", "10.0.0.5"),
        ("other\n(10.0.0.9 (10.0.0.5)", "10.0.0.5"),
    ],
)
def test_what_of_a_name_stays(name: str, key: str) -> None:
    assert host_key(name) == key


def test_names_as_windows_compares_them() -> None:
    assert host_key("KÖLN") == host_key("köln")
    assert host_key("STRASSE") != host_key("straße")


def _found(known: list[HostResult], wanted: HostResult) -> str | None:
    by_host: ByHost[str] = ByHost()
    for each in known:
        by_host.add(each, each.target)
    return by_host.find(wanted)


@pytest.mark.parametrize(
    ("known", "wanted", "found"),
    [
        ([("ex01", "psrp://ex01")], ("EX01", "ssh://EX01"), "psrp://ex01"),
        ([("ex01", "psrp://ex01")], ("ex02", "psrp://ex01"), None),
        ([("ex01", "psrp://ex01")], ("ex01.corp.example", "psrp://ex01.corp.example"), None),
        ([("EX01 (10.0.0.5)", "10.0.0.5")], ("10.0.0.5", "10.0.0.5"), "10.0.0.5"),
        ([("EX01 (10.0.0.5)", "10.0.0.5")], ("EX01 (10.0.0.6)", "10.0.0.6"), None),
        ([("ex01", "monday/ex01.json")], ("ex01", "tuesday/ex01.json"), "monday/ex01.json"),
        (
            [("ex01", "psrp://ex01"), ("ex01", "psrps://ex01")],
            ("ex01", "psrps://ex01"),
            "psrps://ex01",
        ),
        ([("ex01", "psrp://ex01"), ("ex01", "psrps://ex01")], ("ex01", "ssh://ex01"), None),
    ],
)
def test_finding(
    make_host: Make, known: list[tuple[str, str]], wanted: tuple[str, str], found: str | None
) -> None:
    assert _found([make_host(*each) for each in known], make_host(*wanted)) == found
