"""What the terminal report says of waivers."""

from collections.abc import Callable
from types import ModuleType


def test_what_is_waived_is_shown_behind_what_counts(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    lines = render(runs.waived(), "terminal").splitlines()
    heads = [line for line in lines if line.startswith(("FAIL[", "UNKNOWN["))]
    assert [", waived: " in head for head in heads] == [False] * 4 + [True] * 2
    assert heads[4].startswith("FAIL[dotnet-uses-schannel-defaults], waived: ")


def test_waivers_in_force_are_listed_on_request(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    listed = "in force       waiver-17 (dotnet-uses-schannel-defaults[view=32-bit] on ex01, lab-*)"
    assert listed not in render(runs.waived(), "terminal")
    assert listed in render(runs.waived(), "terminal", verbose=True)


def test_waivers_that_need_attention_come_by_urgency(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.waived(), "terminal")
    section = text[text.index("\nWaivers: 5 of 7 waivers in force\n") :].splitlines()[2:-3]
    found = [(line[2:15].strip(), line[17:].split(" (")[0]) for line in section]
    assert [item for item in found if item[0]] == [
        ("expired", "waiver-3"),
        ("not yet valid", "waiver-20"),
        ("expires soon", "waiver-41"),
        ("unused", "waiver-9"),
        ("unused", "waiver-12"),
        ("every host", "waiver-41"),
    ]


def test_a_run_that_only_an_expired_waiver_fails_says_so(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.waiver_expired(), "terminal", quiet=True)
    assert text.endswith("exit 1: the waiver of a rule has expired.\n")


def test_quiet_still_counts_what_is_waived(runs: ModuleType, render: Callable[..., str]) -> None:
    gate, tally, ending = render(runs.gate_waived(), "terminal", quiet=True).splitlines()
    assert "4 verdicts failed and waived" in gate
    assert "4 fail (4 waived)" in tally
    assert ending == "exit 0: nothing failed that is not waived."
