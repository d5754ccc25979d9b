"""`hklint what-if` and `hklint explain RUN`: the questions that follow a failure."""

from collections.abc import Callable
from typing import Any

import pytest

from hklint.lab.lab import Lab

POLICY = "exchange-store-addins"
CLIENT = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client"
)

Command = Callable[..., Any]


@pytest.fixture
def recorded(lab: Lab, hklint_command: Command) -> str:
    """A run of the blocked host; its snapshot is beside it."""
    target = lab.hosts["ex2016-blocked"].target
    hklint_command("snapshot", target, "-p", POLICY, "-o", "host.json")
    hklint_command("check", "host.json", "-p", POLICY, "--record", "run.jsonl")
    return "run.jsonl"


def test_what_would_turn_is_told_and_the_exit_code_is_that_of_the_changed_host(
    recorded: str, hklint_command: Command
) -> None:
    both = ("--set", f"{CLIENT}:Enabled=dword:1", "--set", f"{CLIENT}:DisabledByDefault=dword:0")
    for source in ("host.json", recorded):
        done = hklint_command("what-if", source, "-p", POLICY, *both)
        assert done.code == 1
        assert "0 (REG_DWORD) -> 1 (REG_DWORD)" in done.out
        assert "1 verdict of 10 would turn:" in done.out
        assert "tls-1.2-client-usable: fail -> pass" in done.out
        assert "The live requests are from before the change." in " ".join(done.out.split())


def test_a_value_may_be_supposed_away(recorded: str, hklint_command: Command) -> None:
    done = hklint_command(
        "what-if", recorded, "-p", POLICY, "--delete", f"{CLIENT}:DisabledByDefault"
    )
    assert "1 (REG_DWORD) -> absent" in done.out
    assert "schannel-values-explicit[role=Client,value=DisabledByDefault]: pass -> fail" in done.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "nothing to suppose"),
        (("--set", f"{CLIENT}:Enabled"), "this is not KEY:NAME=DATA"),
        (("--set", f"{CLIENT}:Enabled=1"), "Enabled=1"),
        (("--set", f"{CLIENT}:Enabled=dword:0x1"), "dword"),
        (("--delete", r"HKXX\SOFTWARE:Enabled"), "no key"),
        (("--set", f"{CLIENT}:A=dword:1", "--delete", f"{CLIENT}:a"), "supposed twice"),
    ],
)
def test_mistakes_are_told(
    options: tuple[str, ...], says: str, recorded: str, hklint_command: Command
) -> None:
    done = hklint_command("what-if", recorded, "-p", POLICY, *options)
    assert done.code == 2
    assert says in done.err


def test_the_way_to_a_verdict_and_what_would_turn_it(
    recorded: str, hklint_command: Command, lab: Lab
) -> None:
    port = lab.hosts["ex2016-blocked"].http.port
    done = hklint_command(
        "explain", recorded, "--host", f"EX01 (127.0.0.1:{port})", "--rule", "tls-1.2-client-usable"
    )
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "schannel-default (TLS 1.2 Client by default): usable" in said
    assert "schannel-protocol (TLS 1.2 Client): blocked" in said
    assert "row 3 of 17, policies/models/schannel-protocol.yaml:" in said
    assert "would pass if Enabled of" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--host", "EX99", "--rule", "tls-1.2-client-usable"), "such as 'EX01"),
        (("--rule", "tls-1.2-cleint-usable"), "tls-1.2-client-usable"),
    ],
)
def test_names_that_a_run_does_not_have_are_told(
    options: tuple[str, ...], says: str, recorded: str, hklint_command: Command
) -> None:
    done = hklint_command("explain", recorded, *options)
    assert done.code == 2
    assert says in done.err
