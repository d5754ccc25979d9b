"""The password is in nothing that hklint writes, whatever happens."""

import base64
import logging
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hklint import audit
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Fault, Faults, Kind

POLICY = "exchange-store-addins"
CANARY = "Canary-9f3b!Pässwort"

Command = Callable[..., Any]

TRACES = (
    CANARY.encode(),
    CANARY.encode("latin-1"),
    CANARY.encode("utf-16-le"),
    CANARY[:8].encode(),
    *(
        base64.b64encode(f"LAB\\audit:{CANARY}".encode(encoding)).strip(b"=")
        for encoding in ("utf-8", "latin-1")
    ),
)


@pytest.fixture
def secret_lab(new_lab: Callable[..., Lab], tmp_path: Path) -> Lab:
    """A lab whose one host has the canary for its password."""
    text = resources.files("hklint.lab").joinpath("hosts/ex2016-blocked.yaml").read_text("utf-8")
    file = tmp_path / "secret.yaml"
    file.write_text(text.replace("Lab-audit-1", CANARY), "utf-8")
    running = new_lab(file)
    file.unlink()
    return running


@pytest.fixture
def host(secret_lab: Lab) -> LabHost:
    return secret_lab.hosts["secret"]


@pytest.fixture
def audited(hklint_command: Command, caplog: pytest.LogCaptureFixture) -> Command:
    """Runs a check that writes all it can, and gives back its exit code and every trace left."""
    caplog.set_level(logging.DEBUG)

    def run(target: str, *options: object) -> tuple[int, list[str]]:
        forms = ("jsonl", "junit", "sarif", "terminal")
        reports = [word for form in forms for word in ("--report", f"{form}={form}")]
        files = [*reports, "--record", "run.jsonl", "-vv", "--deadline", 3, *options]
        done = hklint_command("check", target, "-p", POLICY, *files, HKLINT_PASSWORD=CANARY)
        written = {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}
        assert set(written) >= {*forms, "run.jsonl"}
        written |= {"stdout": done.out.encode(), "stderr": done.err.encode()}
        written["log"] = caplog.text.encode()
        found = [name for name, text in written.items() for trace in TRACES if trace in text]
        return done.code, found

    return run


def test_when_all_goes_well(host: LabHost, audited: Command) -> None:
    assert audited(host.target) == (1, [])


@pytest.mark.parametrize("logon", ["negotiate", "basic"])
def test_over_tls(secret_lab: Lab, host: LabHost, audited: Command, logon: str) -> None:
    assert audited(host.tls_target, "--ca", secret_lab.ca_file, "--auth", logon) == (1, [])


@pytest.mark.parametrize("action", ["authenticate", "create", "command", "receive"])
@pytest.mark.parametrize("kind", [Kind.DROP, Kind.GARBAGE, Kind.REFUSE, Kind.UNAVAILABLE])
def test_when_the_host_fails(host: LabHost, audited: Command, action: str, kind: Kind) -> None:
    host.http.faults = Faults(**{action: Fault(kind)})
    assert audited(host.target) == (4, [])


def test_when_the_host_refuses_it(lab: Lab, audited: Command) -> None:
    assert audited(lab.hosts["ex2016-healthy"].target) == (4, [])


def test_snapshot(host: LabHost, hklint_command: Command) -> None:
    options = ("-p", POLICY, "-o", "host.json", "-vv")
    done = hklint_command("snapshot", host.target, *options, HKLINT_PASSWORD=CANARY)
    assert done.code == 0
    written = Path("host.json").read_bytes() + done.out.encode() + done.err.encode()
    assert not [trace for trace in TRACES if trace in written]


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
    new_lab: Callable[..., Lab], hklint_command: Command, tmp_path: Path
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
    written = b"".join(path.read_bytes() for path in Path().iterdir() if path.is_file())
    said = "".join(run.out + run.err for run in (done, snapshot, again)).encode()
    assert b"withheld" in written
    assert not [trace for trace in TRACES if trace in written + said]


def test_when_hklint_has_a_bug(
    host: LabHost, hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ValueError(f"a message with {CANARY} in it")

    monkeypatch.setattr(audit, "host_result", bug)
    done = hklint_command("check", host.target, "-p", POLICY, HKLINT_PASSWORD=CANARY)
    assert done.code == 5
    assert done.err.startswith("hklint has a bug: ValueError at ")
    assert not [trace for trace in TRACES if trace in (done.out + done.err).encode()]


def test_traces_would_be_found(audited: Command, host: LabHost) -> None:
    """The account stands in what is written, so the search looks at the right places."""
    code, _ = audited(host.target)
    assert code == 1
    assert b"LAB\\\\audit" in Path("jsonl").read_bytes()
