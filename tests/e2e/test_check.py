"""`hklint check` over the wire: verdicts, diagnosis and exit code of the lab's hosts."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.lab.lab import Lab
from hklint.lab.wire import Fault, Faults, Kind
from hklint.run import Run
from hklint.verdict import Outcome

POLICY = "exchange-store-addins"
CASES: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("hosts.yaml").read_text("utf-8")
)

Command = Callable[..., Any]
Read = Callable[[Path], Run]
Rules = Callable[..., list[str]]


def test_every_shipped_host_has_a_case(lab: Lab) -> None:
    assert set(lab.hosts) == set(CASES)


@pytest.mark.parametrize("host_id", CASES)
def test_shipped_host(
    lab: Lab, hklint_command: Command, recorded: Read, failed_rules: Rules, host_id: str
) -> None:
    case, host = CASES[host_id], lab.hosts[host_id]
    done = hklint_command("check", host.target, "-p", POLICY, "--record", "run.jsonl")
    run = recorded(Path("run.jsonl"))
    (result,) = run.hosts
    assert (done.code, done.err) == (case["exit"], "")
    assert [diagnosis.state for diagnosis in result.diagnoses] == [case["diagnosis"]]
    assert failed_rules(run) == case["failed"]
    assert [item.outcome for item in result.verdicts].count(Outcome.PASS) == 10 - len(
        case["failed"]
    )
    assert result.host == f"{host.machine.name} (127.0.0.1:{host.http.port})"
    assert f"exit {done.code}" in done.out
    for name in case["failed"]:
        assert f"FAIL[{name.partition('[')[0]}]" in done.out
    assert host.http.open_shells() == ()


def test_several_hosts_at_once(
    lab: Lab, hklint_command: Command, recorded: Read, failed_rules: Rules
) -> None:
    hosts = [lab.hosts[host_id] for host_id in sorted(CASES, reverse=True)]
    targets = [host.target for host in hosts]
    done = hklint_command("check", *targets, "-p", POLICY, "--record", "run.jsonl", "-j", 4)
    run = recorded(Path("run.jsonl"))
    assert done.code == 1
    assert [result.target for result in run.hosts] == targets
    for number, host in enumerate(hosts):
        assert failed_rules(run, number) == CASES[host.id]["failed"]
    assert "(70 verdicts, 7 hosts" in done.out


@pytest.mark.parametrize("logon", ["negotiate", "ntlm", "basic"])
def test_over_tls(lab: Lab, hklint_command: Command, recorded: Read, logon: str) -> None:
    host = lab.hosts["ex2016-healthy"]
    run = ("-p", POLICY, "--ca", lab.ca_file, "--auth", logon, "--record", "run.jsonl")
    assert hklint_command("check", host.tls_target, *run).code == 0
    snapshot: Any = recorded(Path("run.jsonl")).hosts[0].snapshot
    assert snapshot["source"]["transport"].startswith("https, ")
    assert snapshot["source"]["transport"].endswith("certificate checked")
    assert logon in snapshot["source"]["transport"].lower()


def test_account_of_the_command_line(lab: Lab, hklint_command: Command) -> None:
    host = lab.hosts["ex2016-healthy"]
    target = f"127.0.0.1:{host.http.port}"
    assert hklint_command("check", target, "-u", "LAB\\audit", "-p", POLICY, "-q").code == 0
    assert hklint_command("check", target, "-u", "audit@lab.example", "-p", POLICY, "-q").code == 0


def test_what_was_merged_takes_effect_at_the_restart(
    new_lab: Callable[..., Lab], hklint_command: Command, recorded: Read, failed_rules: Rules
) -> None:
    host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
    found: list[tuple[int, str, list[str]]] = []

    def check() -> None:
        done = hklint_command("check", host.target, "-p", POLICY, "--record", "run.jsonl")
        run = recorded(Path("run.jsonl"))
        found.append((done.code, run.hosts[0].diagnoses[0].state, failed_rules(run)))

    check()
    host.merge(FIX)
    check()
    host.restart()
    check()
    blocked = CASES["ex2016-blocked"]
    assert found == [
        (1, "blocked-by-schannel", blocked["failed"]),
        (1, "restart-due", ["store-reachable"]),
        (0, "works", []),
    ]


SCHANNEL = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
FIX = rf"""Windows Registry Editor Version 5.00

[{SCHANNEL}\Protocols\TLS 1.2\Client]
"DisabledByDefault"=dword:00000000
"Enabled"=dword:00000001

[{SCHANNEL}\Protocols\TLS 1.2\Server]
"DisabledByDefault"=dword:00000000
"Enabled"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework\v4.0.30319]
"SystemDefaultTlsVersions"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\v4.0.30319]
"SystemDefaultTlsVersions"=dword:00000001
"""


# -- recorded, and judged again --------------------------------------------------------------------


@pytest.mark.parametrize("host_id", CASES)
def test_a_recorded_snapshot_gives_the_same_verdicts(
    lab: Lab, hklint_command: Command, recorded: Read, host_id: str
) -> None:
    target, again = lab.hosts[host_id].target, ("-p", POLICY, "--record", "again.jsonl")
    live_code = hklint_command("check", target, "-p", POLICY, "--record", "live.jsonl").code
    (live,) = recorded(Path("live.jsonl")).hosts
    Path("host.json").write_text(json.dumps(live.snapshot), encoding="utf-8")
    assert hklint_command("check", "host.json", *again).code == live_code
    (offline,) = recorded(Path("again.jsonl")).hosts
    assert (offline.host, offline.windows) == (live.host, live.windows)
    assert (offline.verdicts, offline.diagnoses) == (live.verdicts, live.diagnoses)


def test_snapshot_command_and_check_of_its_file(
    lab: Lab, hklint_command: Command, recorded: Read, failed_rules: Rules
) -> None:
    host = lab.hosts["ex2016-on-request"]
    done = hklint_command("snapshot", host.target, "-p", POLICY, "-o", "host.json")
    assert (done.code, done.out) == (0, "")
    assert "Written: host.json" in done.err
    assert Path("host.json").stat().st_mode & 0o077 == 0
    asked = len(host.http.log)
    done = hklint_command("check", "host.json", "-p", POLICY, "--record", "run.jsonl")
    assert done.code == 1
    assert failed_rules(recorded(Path("run.jsonl"))) == CASES[host.id]["failed"]
    assert len(host.http.log) == asked


def test_snapshot_to_the_screen_is_the_snapshot_alone(lab: Lab, hklint_command: Command) -> None:
    target = lab.hosts["ex2016-healthy"].target
    done = hklint_command("snapshot", target, "-p", POLICY, "-o", "-")
    assert json.loads(done.out)["hklint_snapshot"] == 1
    assert done.err == ""


# -- reports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["terminal", "jsonl", "junit", "sarif"])
def test_report_of_a_record_is_the_report_of_the_run(
    new_lab: Callable[..., Lab], hklint_command: Command, form: str
) -> None:
    """Hosts are in the order given, not in that of their answers."""
    hosts = new_lab("ex2016-blocked", "ex2016-healthy").hosts
    hosts["ex2016-blocked"].http.faults = Faults(create=Fault(Kind.SLOW, 0.2))
    targets = [host.target for host in hosts.values()]
    wanted = ("--report", f"{form}=direct", "--record", "run.jsonl")
    assert hklint_command("check", *targets, "-p", POLICY, *wanted).code == 1
    assert hklint_command("report", "run.jsonl", "-f", form, "-o", "later").code == 0
    direct = Path("direct").read_bytes()
    assert len(direct) > 500
    assert Path("later").read_bytes() == direct
    on_screen = hklint_command("report", "run.jsonl", "-f", form)
    assert on_screen.code == 0
    assert on_screen.out.encode() == direct


def test_screen_of_a_record_is_the_screen_of_the_run(lab: Lab, hklint_command: Command) -> None:
    target = lab.hosts["ex2016-blocked"].target
    for options in ([], ["-v"], ["-q"]):
        live = hklint_command("check", target, "-p", POLICY, "--record", "run.jsonl", *options)
        later = hklint_command("report", "run.jsonl", *options)
        assert later.out == live.out.replace("  Written: run.jsonl", "")


def test_a_report_in_a_file_leaves_the_tally_to_the_screen(
    lab: Lab, hklint_command: Command
) -> None:
    target = lab.hosts["ex2016-blocked"].target
    whole = hklint_command("check", target, "-p", POLICY, "--record", "run.jsonl", "-v")
    done = hklint_command("report", "run.jsonl", "-v", "-o", "report.txt")
    assert "FAIL" not in done.out
    assert done.out.endswith("exit 1: a rule failed.  Written: report.txt\n")
    text = Path("report.txt").read_text("utf-8")
    assert "PASS[" in text
    assert text.count("FAIL[") == whole.out.count("FAIL[")


def test_json_lines_on_the_screen_are_alone(lab: Lab, hklint_command: Command) -> None:
    targets = [host.target for host in lab.hosts.values()]
    wanted = ("--report", "jsonl", "--report", "junit=junit.xml", "--record", "run.jsonl")
    done = hklint_command("check", *targets, "-p", POLICY, *wanted)
    kinds = [json.loads(line)["kind"] for line in done.out.splitlines()]
    assert kinds == ["run", *["host"] * len(targets), "summary"]
    assert "exit 1" in done.err
    assert "junit.xml" in done.err
    assert Path("junit.xml").read_text("utf-8").startswith("<?xml")
