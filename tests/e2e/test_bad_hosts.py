"""One host that gives no answer costs nothing but its own: the others are judged and reported."""

from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hklint.cli.snapshot import failure_text
from hklint.failure import ADVICE, Failure, Reason
from hklint.lab import collector
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Fault, Faults, Kind
from hklint.run import Run

POLICY = "exchange-store-addins"

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture
def make(new_lab: Callable[..., Lab], tmp_path: Path) -> Callable[..., Mapping[str, LabHost]]:
    """Healthy hosts of these names; each has the password that is given with it."""
    text = resources.files("hklint.lab").joinpath("hosts/ex2016-healthy.yaml").read_text("utf-8")

    def start(**passwords: str) -> Mapping[str, LabHost]:
        files = [tmp_path / f"{name}.yaml" for name in passwords]
        for file, password in zip(files, passwords.values(), strict=True):
            file.write_text(text.replace("Lab-audit-1", password), "utf-8")
        return new_lab(*files).hosts

    return start


RIGHT = "Lab-audit-1"
HANG, DROP = Fault(Kind.HANG), Fault(Kind.DROP)


def broken(**faults: Fault) -> Callable[[LabHost], str]:
    def target(host: LabHost) -> str:
        host.http.faults = Faults(**faults)
        return host.target

    return target


def not_trusted(host: LabHost) -> str:
    return host.tls_target


def no_tls_here(host: LabHost) -> str:
    return host.target.replace("psrp://", "psrps://")


def unknown_name(host: LabHost) -> str:
    return host.target.replace("127.0.0.1", "no-such-host.invalid")


def unknown_account(host: LabHost) -> str:
    return host.target.replace("audit", "nobody")


BAD: Mapping[str, tuple[Callable[[LabHost], str], Reason]] = {
    "unknown name": (unknown_name, Reason.NAME_NOT_RESOLVED),
    "certificate not trusted": (not_trusted, Reason.TLS_REJECTED),
    "no TLS at the port": (no_tls_here, Reason.TLS_REJECTED),
    "unknown account": (unknown_account, Reason.AUTHENTICATION_FAILED),
    "refuses the account": (
        broken(authenticate=Fault(Kind.REFUSE)),
        Reason.AUTHENTICATION_FAILED,
    ),
    "forbids WinRM": (broken(authenticate=Fault(Kind.FORBID)), Reason.NOT_AUTHORISED),
    "denies the session": (broken(create=Fault(Kind.ACCESS_DENIED)), Reason.NOT_AUTHORISED),
    "service is down": (broken(authenticate=Fault(Kind.UNAVAILABLE)), Reason.PROTOCOL_ERROR),
    "hangs at once": (broken(authenticate=HANG), Reason.TIMED_OUT),
    "hangs in the collector": (broken(receive=HANG), Reason.TIMED_OUT),
    "drops the connection at once": (broken(authenticate=DROP), Reason.CONNECTION_LOST),
    "drops the connection at the session": (broken(create=DROP), Reason.CONNECTION_LOST),
    "drops the connection at the command": (broken(command=DROP), Reason.CONNECTION_LOST),
    "drops the connection in the collector": (broken(receive=DROP), Reason.CONNECTION_LOST),
    "answers garbage": (broken(authenticate=Fault(Kind.GARBAGE)), Reason.PROTOCOL_ERROR),
    "answers garbage for output": (broken(receive=Fault(Kind.GARBAGE)), Reason.PROTOCOL_ERROR),
    "answers a web page": (broken(authenticate=Fault(Kind.HTML)), Reason.PROTOCOL_ERROR),
    "answers another request": (
        broken(receive=Fault(Kind.WRONG_RELATES_TO)),
        Reason.PROTOCOL_ERROR,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_one_of_three_gives_no_answer(
    lab: Lab, make: Callable[..., Any], hklint_command: Command, recorded: Read, name: str
) -> None:
    spoil, reason = BAD[name]
    hosts = make(good=RIGHT, bad=RIGHT)
    targets = [hosts["good"].target, spoil(hosts["bad"]), lab.hosts["ex2016-healthy"].target]
    files = ("--record", "run.jsonl", "--report", "junit=run.xml", "--report", "sarif=run.sarif")
    done = hklint_command("check", *targets, "-p", POLICY, "--deadline", 3, *files)
    run = recorded(Path("run.jsonl"))
    assert [result.target for result in run.hosts] == targets
    assert [failure_of(run, number) for number in range(3)] == [None, reason, None]
    assert {item.outcome for number in (0, 2) for item in run.hosts[number].verdicts} == {"pass"}
    assert run.hosts[1].verdicts == ()
    assert (done.code, run.summary.exit_code) == (4, 4)
    assert done.err == ""
    assert "NOT REACHED" in done.out
    assert f"reason     {reason}" in done.out
    assert squeezed(ADVICE[reason]) in squeezed(done.out)
    assert "20 pass" in done.out
    assert "1 not reached" in done.out
    assert 'errors="1"' in Path("run.xml").read_text("utf-8")
    assert '"exitCode": 4' in Path("run.sarif").read_text("utf-8")
    assert hosts["bad"].http.open_shells() == ()


def failure_of(run: Run, number: int) -> Reason | None:
    failure = run.hosts[number].failure
    return failure.reason if failure else None


def squeezed(text: str) -> str:
    """A text without the frame and the line breaks of the terminal report."""
    return "".join(word for word in text.split() if word != "=")


def test_a_port_where_nobody_listens(make: Command, hklint_command: Command) -> None:
    host = make(bad=RIGHT)["bad"]
    target = host.target
    host.http.stop()
    done = hklint_command("check", target, "-p", POLICY)
    assert done.code == 4
    assert "reason     connection-refused" in done.out
    assert target.rpartition(":")[2] in done.out


def test_a_wrong_password(lab: Lab, make: Command, hklint_command: Command, recorded: Read) -> None:
    hosts = make(bad="another-1")
    targets = [lab.hosts["ex2016-healthy"].target, hosts["bad"].target]
    done = hklint_command("check", *targets, "-p", POLICY, "--record", "run.jsonl")
    assert done.code == 4
    run = recorded(Path("run.jsonl"))
    assert [failure_of(run, number) for number in range(2)] == [None, Reason.AUTHENTICATION_FAILED]
    assert "LAB\\audit" in done.out


def test_a_wrong_password_does_not_lock_the_account(
    make: Command, hklint_command: Command, recorded: Read
) -> None:
    hosts = make(**{f"bad{number}": "another-1" for number in range(5)})
    targets = [host.target for host in hosts.values()]
    hklint_command("check", *targets, "-p", POLICY, "-j", 1, "--record", "run.jsonl")
    refused, kept_back = Reason.AUTHENTICATION_FAILED, Reason.NO_CREDENTIALS
    run = recorded(Path("run.jsonl"))
    assert [failure_of(run, number) for number in range(5)] == [refused] * 3 + [kept_back] * 2
    assert sum(host.http.connections for host in hosts.values()) == 3


@pytest.mark.parametrize("command", ["check", "gate"])
def test_a_failed_rule_counts_for_more_than_a_host_without_answer(
    lab: Lab, hklint_command: Command, command: str
) -> None:
    targets = [lab.hosts["ex2016-no-dns"].target, "psrp://a@no-such-host.invalid"]
    assert hklint_command(command, *targets, "-p", POLICY).code == 1


@pytest.mark.parametrize(
    ("user", "detail"),
    [("audit@", "there is no password for audit"), ("", "no account is named for 127.0.0.1")],
)
def test_nobody_to_log_on_with_and_nobody_to_ask(
    lab: Lab, hklint_command: Command, user: str, detail: str
) -> None:
    port = lab.hosts["ex2016-healthy"].http.port
    asked = len(lab.hosts["ex2016-healthy"].http.log)
    target, missing = f"{user}127.0.0.1:{port}", {"HKLINT_PASSWORD": None}
    done = hklint_command("check", target, "-p", POLICY, **missing)
    assert done.code == 4
    assert "no-credentials" in done.out
    assert detail in done.out
    assert "HKLINT_PASSWORD" in done.out
    assert len(lab.hosts["ex2016-healthy"].http.log) == asked


def test_a_snapshot_that_could_not_be_taken(make: Command, hklint_command: Command) -> None:
    host = make(bad=RIGHT)["bad"]
    host.http.faults = Faults(receive=Fault(Kind.GARBAGE))
    done = hklint_command("snapshot", host.target, "-p", POLICY, "-o", "host.json")
    assert (done.code, done.out) == (4, "")
    assert "the answer is not that of a WinRM service" in done.err
    assert ADVICE[Reason.PROTOCOL_ERROR] in done.err
    assert "hklint explain failure protocol-error" in done.err
    assert not Path("host.json").exists()


def test_what_a_host_says_does_not_steer_the_terminal() -> None:
    failure = Failure(Reason.COLLECTOR_FAILED, "running the collector", "Bad\x1b]0;own\x07 \u202e")
    text = failure_text("EX01\x1b[2J", failure)
    assert r"EX01\x1b[2J: the collector" in text
    assert r"Bad\x1b]0;own\x07 \u202e" in text
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize(
    ("option", "file"), [("--report=junit=gone/run.xml", "run.xml"), ("--record=gone/run", "run")]
)
def test_a_file_that_cannot_be_written_costs_no_other(
    lab: Lab,
    hklint_command: Command,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    file: str,
) -> None:
    """The folder goes away between the check of the command line and the end of the run."""
    host, folder = lab.hosts["ex2016-blocked"], Path("gone")
    folder.mkdir()
    read_request = collector.read_request

    def remove_and_read(text: str) -> collector.Request:
        folder.rmdir()
        return read_request(text)

    monkeypatch.setattr(collector, "read_request", remove_and_read)
    other = ("--report", "sarif=run.sarif")
    done = hklint_command("check", host.target, "-p", POLICY, option, *other)
    assert done.code == 2
    assert f"gone/{file} was not written: No such file or directory" in done.err
    assert "FAIL[store-reachable]" in done.out
    assert "Written: run.sarif" in done.out
    assert Path("run.sarif").exists()
