"""`hklint gate` and `hklint demo` over the wire: open or shut, never by accident."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.lab.lab import Lab
from hklint.run import Run
from hklint_reports import FORMATS

POLICY = "exchange-store-addins"
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
CLIENT = rf"{SCHANNEL}\Protocols\TLS 1.2\Client"
DOTNET = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
INHERITS = {DOTNET: {"SystemDefaultTlsVersions": 1}}
NOT_WRITTEN_DOWN: dict[str, Any] = {"registry": {"64-bit": INHERITS, "32-bit": INHERITS}}
WRONG_TYPE: dict[str, Any] = {
    "registry": {"64-bit": {**INHERITS, CLIENT: {"Enabled": "1"}}, "32-bit": INHERITS}
}
DENIED: dict[str, Any] = {**NOT_WRITTEN_DOWN, "denied": {"64-bit": [CLIENT]}}
NO_EXCHANGE: dict[str, Any] = {"exchange_version": None}
EXCHANGE_2010: dict[str, Any] = {"exchange_version": "14.3.123.4"}

Command = Callable[..., Any]


@pytest.fixture
def target(new_lab: Callable[..., Lab], tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """The target of a host of its own: Exchange 2016 with nothing set, and these fields."""

    def start(fields: dict[str, Any]) -> str:
        host = {
            "about": "made for a test",
            "name": "EX09",
            "domain_role": 3,
            "product": "Windows Server 2016 Standard",
            "build": 14393,
            "edition": "ServerStandard",
            "installation_type": "Server",
            "dotnet_release": 528049,
            "exchange_version": "15.1.2507.6",
            "powershell": "5.1.14393.7426",
            "accounts": {"LAB\\audit": "Lab-audit-1"},
            "names": {"appsource.microsoft.com": "store"},
        }
        file = tmp_path / "made.yaml"
        file.write_text(yaml.safe_dump({**host, **fields}), "utf-8")
        return new_lab(file).hosts["made"].target

    return start


def test_the_gate_is_open_for_a_healthy_host(lab: Lab, hklint_command: Command) -> None:
    done = hklint_command("gate", lab.hosts["ex2016-healthy"].target, "-p", POLICY)
    assert (done.code, done.out.splitlines()[0]) == (0, "GATE OPEN: 10 verdicts passed")


def test_one_bad_host_of_two_shuts_the_gate(lab: Lab, hklint_command: Command) -> None:
    targets = [lab.hosts[host_id].target for host_id in ("ex2016-healthy", "ex2016-no-dns")]
    done = hklint_command("gate", *targets, "-p", POLICY)
    assert done.code == 1
    assert done.out.startswith("GATE SHUT: 1 of 20 verdicts failed (worst: high)\n")


@pytest.mark.parametrize(
    ("fields", "options", "code", "first_line"),
    [
        (NOT_WRITTEN_DOWN, [], 0, "GATE OPEN: 6 verdicts passed, 4 verdicts failed below medium"),
        (NOT_WRITTEN_DOWN, ["--fail-on", "low"], 1, "GATE SHUT: 4 of 10 verdicts failed"),
        (WRONG_TYPE, [], 4, "GATE SHUT: "),
        (WRONG_TYPE, ["--allow-unknown"], 0, "GATE OPEN: "),
        (DENIED, [], 4, "GATE SHUT: "),
        (NO_EXCHANGE, [], 4, "GATE SHUT: nothing was judged"),
        (NO_EXCHANGE, ["--allow-unknown"], 4, "GATE SHUT: nothing was judged"),
        (EXCHANGE_2010, [], 4, "GATE SHUT: nothing was judged"),
    ],
)
def test_gate(
    target: Callable[[dict[str, Any]], str],
    hklint_command: Command,
    fields: dict[str, Any],
    options: list[str],
    code: int,
    first_line: str,
) -> None:
    done = hklint_command("gate", target(fields), "-p", POLICY, *options)
    assert done.out.startswith(first_line), done.out
    assert done.code == code


def test_a_host_beside_the_policy_shuts_the_gate_for_all_and_a_check_for_none(
    lab: Lab, target: Callable[[dict[str, Any]], str], hklint_command: Command
) -> None:
    targets = [lab.hosts["ex2016-healthy"].target, target(NO_EXCHANGE)]
    assert hklint_command("gate", *targets, "-p", POLICY).code == 4
    assert hklint_command("check", *targets, "-p", POLICY).code == 0


def test_a_host_that_is_not_reached_shuts_the_gate_whatever_is_allowed(
    new_lab: Callable[..., Lab], hklint_command: Command
) -> None:
    running = new_lab("ex2016-healthy", "ex2016-dotnet")
    targets = [host.target for host in running.hosts.values()]
    running.hosts["ex2016-dotnet"].http.stop()
    done = hklint_command("gate", *targets, "-p", POLICY, "--allow-unknown")
    assert done.code == 4
    first_line = done.out.splitlines()[0]
    assert first_line.startswith("GATE SHUT: ")
    assert "1 host gave no answer" in first_line
    assert "connection-refused" in done.out


# -- the story -------------------------------------------------------------------------------------

STEPS = ("1-before", "2-merged", "3-restarted")


def test_demo(hklint_command: Command, recorded: Callable[[Path], Run]) -> None:
    done = hklint_command("demo", "-o", "story")
    assert (done.code, done.err) == (0, "")
    gates = [line for line in done.out.splitlines() if line.startswith("GATE ")]
    assert [line[:9] for line in gates] == ["GATE SHUT", "GATE OPEN"]
    assert "The underlying connection was closed" in done.out
    folder = Path("story")
    ends = (".html", ".jsonl", ".xml", ".sarif")
    files = {f"{step}{end}" for step in STEPS for end in ends} | {"fix.reg", "rollback.reg"}
    assert {path.name for path in folder.iterdir()} == files
    runs = [recorded(folder / f"{step}.jsonl") for step in STEPS]
    assert [run.summary.exit_code for run in runs] == [1, 1, 0]
    states = [run.hosts[0].diagnoses[0].state for run in runs]
    assert states == ["blocked-by-schannel", "restart-due", "works"]
    assert all(name in done.out for name in files)


def test_the_files_of_the_demo_fix_the_host_and_take_it_back(
    hklint_command: Command, recorded: Callable[[Path], Run], new_lab: Callable[..., Lab]
) -> None:
    assert hklint_command("demo", "-o", "story").code == 0
    host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
    for file, code, state in (
        ("fix.reg", 0, "works"),
        ("rollback.reg", 1, "blocked-by-schannel"),
    ):
        host.merge(Path("story", file))
        host.restart()
        done = hklint_command("gate", host.target, "-p", POLICY, "--record", "run.jsonl")
        assert done.code == code
        assert recorded(Path("run.jsonl")).hosts[0].diagnoses[0].state == state


def test_demo_leaves_a_record_that_can_be_reported(hklint_command: Command) -> None:
    assert hklint_command("demo", "-o", "story").code == 0
    for name, form in FORMATS.items():
        if form.one_file:
            run = ("report", "story/1-before.jsonl", "-f", name, "-o", name)
            assert hklint_command(*run).code == 0
    assert Path("sarif").read_bytes() == Path("story/1-before.sarif").read_bytes()
    assert Path("junit").read_bytes() == Path("story/1-before.xml").read_bytes()


def test_a_policy_that_does_not_apply_shuts_the_gate_beside_one_that_passes(
    lab: Lab, hklint_command: Command, tmp_path: Path
) -> None:
    other = tmp_path / "servers-2025.yaml"
    other.write_text(
        "kind: policy\nid: servers-2025\ntitle: Newer servers\nversion: 1.0.0\n"
        "applies_to: {build: {at_least: 26100}}\n"
        "rules:\n"
        "  - id: tls-1.2\n    title: TLS 1.2 is usable\n    severity: high\n    why: It must be.\n"
        "    expect: {model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, "
        "state: usable}\n",
        "utf-8",
    )
    both = (lab.hosts["ex2016-healthy"].target, "-p", POLICY, "-p", str(other))
    assert hklint_command("check", *both).code == 0
    done = hklint_command("gate", *both)
    first, *_ = done.out.splitlines()
    assert (done.code, first) == (4, "GATE SHUT: nothing was judged by servers-2025")
