"""The password is in nothing that a run writes, whatever becomes of the run."""

from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hklint import audit, fleet
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import wsman

POLICY = "exchange-store-addins"
CANARY = 'Canary/9f3b!Pä&"%+ss'

Command = Callable[..., Any]
Leaks = Callable[[Mapping[str, bytes]], list[str]]


def test_when_all_goes_well(host: LabHost, audited: Command) -> None:
    done = audited(host.target)
    assert (done.code, done.leaks) == (1, [])
    assert b"LAB\\\\audit" in Path("jsonl").read_bytes()


@pytest.mark.parametrize("logon", ["negotiate", "basic"])
def test_over_tls(secret_lab: Lab, host: LabHost, audited: Command, logon: str) -> None:
    done = audited(host.tls_target, "--ca", secret_lab.ca_file, "--auth", logon)
    assert (done.code, done.leaks) == (1, [])


def test_in_clear_where_that_was_allowed(host: LabHost, audited: Command) -> None:
    """It was sent, and the host takes no message that is not encrypted."""
    done = audited(host.target, "--auth", "basic", "--allow-unencrypted", "127.0.0.1")
    assert (done.code, done.leaks) == (4, [])


@pytest.mark.parametrize("action", ["authenticate", "create", "command", "receive"])
@pytest.mark.parametrize("kind", [Kind.DROP, Kind.GARBAGE, Kind.REFUSE, Kind.UNAVAILABLE])
def test_when_the_host_fails(host: LabHost, audited: Command, action: str, kind: Kind) -> None:
    host.http.faults = Faults(**{action: Fault(kind)})
    done = audited(host.target)
    assert (done.code, done.leaks) == (4, [])


@pytest.mark.parametrize("action", ["authenticate", "receive"])
def test_when_the_host_hangs(host: LabHost, audited: Command, action: str) -> None:
    host.http.faults = Faults(**{action: Fault(Kind.HANG)})
    done = audited(host.target, "--deadline", 1)
    assert (done.code, done.leaks, "timed-out" in done.said) == (4, [], True)


def test_when_the_host_refuses_it(lab: Lab, audited: Command) -> None:
    done = audited(lab.hosts["ex2016-healthy"].target)
    assert (done.code, done.leaks, "authentication-failed" in done.said) == (4, [], True)


def test_when_the_host_is_not_trusted(host: LabHost, audited: Command) -> None:
    done = audited(host.tls_target, "--auth", "basic")
    assert (done.code, done.leaks, "tls-rejected" in done.said) == (4, [], True)


def test_when_basic_cannot_carry_it(secret_lab: Lab, host: LabHost, audited: Command) -> None:
    options = ("--ca", secret_lab.ca_file, "--auth", "basic")
    done = audited(host.tls_target, *options, HKLINT_PASSWORD=f"{CANARY}\u20ac")
    assert (done.code, done.leaks, "Latin-1" in done.said) == (4, [], True)


def test_when_it_stands_in_the_target(host: LabHost, audited: Command) -> None:
    """It is refused, and not repeated: a terminal's scrollback is read by others."""
    done = audited(host.target.replace("@", ":Canary%2F9f3b%21P@"))
    assert (done.code, done.leaks) == (2, [])


@pytest.mark.parametrize(
    ("place", "name", "code"),
    [(wsman, "find_logon", 5), (fleet, "read_answer", 5), (audit, "judge", 5)],
    ids=["asking", "reading", "judging"],
)
def test_when_hklint_has_a_bug_at_a_host(
    place: object,
    name: str,
    code: int,
    host: LabHost,
    audited: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place, name, _bug)
    done = audited(host.target)
    assert (done.code, done.leaks) == (code, [])
    assert "internal-error" in done.said
    assert "a bug while" in done.said


def test_when_hklint_has_a_bug(
    host: LabHost, hklint_command: Command, leaks: Leaks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "host_result", _bug)
    done = hklint_command("check", host.target, "-p", POLICY, "-vv", HKLINT_PASSWORD=CANARY)
    assert done.code == 5
    assert done.err.startswith("hklint has a bug: ValueError at ")
    assert leaks({"stdout": done.out.encode(), "stderr": done.err.encode()}) == []


def _bug(*_: object) -> None:
    try:
        CANARY.encode("ascii")
    except UnicodeEncodeError as error:  # which holds the text
        raise ValueError(f"a message with {CANARY} in it") from error


def test_snapshot(
    host: LabHost,
    hklint_command: Command,
    leaks: Leaks,
    everything_written: Callable[[], dict[str, bytes]],
) -> None:
    options = ("-p", POLICY, "-o", "host.json", "-vv")
    done = hklint_command("snapshot", host.target, *options, HKLINT_PASSWORD=CANARY)
    assert done.code == 0
    written = everything_written() | {"stdout": done.out.encode(), "stderr": done.err.encode()}
    assert "host.json" in written
    assert leaks(written) == []


@pytest.mark.parametrize(
    ("fault", "code"), [(None, 0), (Kind.REFUSE, 4), (Kind.DROP, 4), (Kind.GARBAGE, 4)]
)
@pytest.mark.parametrize("form", [["-vv"], ["-vv", "--json"]], ids=["screen", "json"])
def test_doctor(  # noqa: PLR0913, PLR0917 - fixtures count
    fault: Kind | None,
    code: int,
    form: list[str],
    host: LabHost,
    hklint_command: Command,
    leaks: Leaks,
    everything_written: Callable[[], dict[str, bytes]],
) -> None:
    host.http.faults = Faults(create=Fault(fault) if fault else None)
    done = hklint_command("doctor", host.target, *form, HKLINT_PASSWORD=CANARY)
    assert done.code == code
    written = everything_written() | {"stdout": done.out.encode(), "stderr": done.err.encode()}
    assert leaks(written) == []


STORED = """\
kind: policy
id: stored
title: No password lies in the registry
version: 1.0.0
rules:
  - id: password-not-stored
    title: No password for automatic logon is stored
    severity: high
    expect: {registry: HKLM\\SOFTWARE\\Contoso, value: DefaultPassword, exists: false}
    why: Anyone who can log on reads it.
"""


def test_a_password_in_the_registry_is_found_and_not_read(
    new_lab: Callable[..., Lab],
    hklint_command: Command,
    leaks: Leaks,
    everything_written: Callable[[], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    """A rule on its being there: the host answers with its data, which are kept nowhere."""
    text = resources.files("hklint.lab").joinpath("hosts/ex2016-blocked.yaml").read_text("utf-8")
    value = f"    HKLM\\SOFTWARE\\Contoso: {{DefaultPassword: '{CANARY}'}}\n"
    file = tmp_path / "stored.yaml"
    file.write_text(text.replace("  64-bit:\n", f"  64-bit:\n{value}", 1), "utf-8")
    host = new_lab(file).hosts["stored"]
    file.unlink()
    Path("stored.policy.yaml").write_text(STORED, "utf-8")
    reports = [word for form in ("jsonl", "sarif") for word in ("--report", f"{form}={form}")]
    done = hklint_command("check", host.target, "-p", "stored.policy.yaml", *reports, "-vv")
    assert (done.code, "FAIL[password-not-stored]" in done.out) == (1, True)
    snapshot = hklint_command("snapshot", host.target, "-p", "stored.policy.yaml", "-o", "s.json")
    assert snapshot.code == 0
    again = hklint_command("check", "s.json", "-p", "stored.policy.yaml")
    assert again.code == 1
    written = everything_written()
    written["said"] = "".join(run.out + run.err for run in (done, snapshot, again)).encode()
    assert b"withheld" in written["s.json"]
    assert leaks(written) == []
