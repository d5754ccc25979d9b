"""`hklint observe` over the wire: what a host has becomes a policy that it passes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.documents.document import read_document
from hklint.exit_code import Exit
from hklint.lab.lab import Lab

POLICIES = ("-p", "exchange-store-addins", "-p", "member-server-authentication")


@pytest.mark.parametrize("host_id", ["ex2016-blocked", "ex2016-healthy"])
def test_a_host_passes_its_own_draft(
    host_id: str, lab: Lab, hklint_command: Callable[..., Any], tmp_path: Path
) -> None:
    target = lab.hosts[host_id].target
    files = ("--output", "observed.yaml", "--tests", "observed.tests.yaml")
    done = hklint_command("observe", target, *POLICIES, *files)
    assert done.code == Exit.PASSED, done.err
    assert "observed.yaml has" in done.err
    assert read_document(tmp_path / "observed.yaml").root["id"] == "observed"
    assert "error" not in hklint_command("lint", ".").out
    assert hklint_command("test", ".").code == Exit.PASSED
    assert hklint_command("check", target, "-p", "observed.yaml").code == Exit.PASSED


def test_values_are_observed_by_name(lab: Lab, hklint_command: Callable[..., Any]) -> None:
    client = (
        "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders"
        "\\SCHANNEL\\Protocols\\TLS 1.2\\Client"
    )
    target = lab.hosts["ex2016-blocked"].target
    done = hklint_command("observe", target, "--key", client, "--value", "Enabled")
    assert done.code == Exit.PASSED, done.err
    assert "value: Enabled\n      type: REG_DWORD\n      equals: 0\n" in done.out
    key = hklint_command("observe", target, "--key", client, "--view", "both")
    assert key.out.count("exists: true") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name what to observe"),
        (("--value", "Enabled"), "--value needs a --key"),
        (("--key", "SOFTWARE\\Contoso"), "it does not begin with a hive"),
        (
            ("--key", "HKLM\\SOFTWARE\\Contoso", "--value", "No"),
            "nothing that was asked for is there",
        ),
        (("-p", "exchange-store-addins", "--tests", "a.tests.yaml"), "--tests needs --output"),
        (("-p", "exchange-store-addins", "-o", "a.txt"), "ends in .yaml"),
    ],
)
def test_wrong_commands(
    words: tuple[str, ...],
    said: str,
    lab: Lab,
    hklint_command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    done = hklint_command("observe", lab.hosts["ex2016-healthy"].target, *words)
    assert done.code == Exit.USAGE
    assert said in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_gives_no_answer(hklint_command: Callable[..., Any]) -> None:
    words = ("psrp://LAB%5Caudit@127.0.0.1:1", "-p", "exchange-store-addins")
    assert hklint_command("observe", *words).code == Exit.UNDETERMINED
