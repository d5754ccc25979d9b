"""Waivers through the command line: accepted failures are shown, and count only while they may."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.lab.lab import Lab
from hklint.run import Run

POLICY = "exchange-store-addins"
HOST = "127.0.0.1"
FAILED = (
    "tls-1.2-client-usable",
    "tls-1.2-server-usable",
    "dotnet-inherits-schannel",
    "dotnet-offers-tls-1.2",
    "store-reachable",
)
"""The rules that the host with TLS 1.2 blocked fails: six verdicts of ten."""

Command = Callable[..., Any]
Write = Callable[..., Path]


@pytest.fixture
def snapshot(lab: Lab, hklint_command: Command) -> str:
    """The file with the snapshot of an Exchange server whose TLS 1.2 is blocked."""
    target = lab.hosts["ex2016-blocked"].target
    assert hklint_command("snapshot", target, "-p", POLICY, "-o", "ex01.json").code == 0
    return "ex01.json"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with waivers, one for each rule: `write("a.yaml", "rule", hosts=["ex01"])`."""

    def document(name: str, *rules: str, hosts: Sequence[str] = (HOST,), **fields: str) -> Path:
        usual: Mapping[str, str] = {
            "reason": "The server is taken down in spring",
            "owner": "exchange-team",
            "approver": "security-board",
            "ticket": "CHG-1234",
            "from": "2020-01-01T00:00:00Z",
            "until": "2099-01-01T00:00:00Z",
        }
        waivers = [
            {
                "id": f"{Path(name).stem}-{number}",
                "rule": rule,
                "hosts": list(hosts),
                **usual,
                **fields,
            }
            for number, rule in enumerate(rules)
        ]
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        root = {"kind": "waivers", "id": Path(name).stem, "waivers": waivers}
        path.write_text(yaml.safe_dump(root, sort_keys=False), "utf-8")
        return path

    return document


def test_a_waived_failure_is_judged_and_shown_and_marked(
    snapshot: str, write: Write, hklint_command: Command, recorded: Callable[[Path], Run]
) -> None:
    write("accepted.yaml", "dotnet-inherits-schannel[view=32-bit]")
    done = hklint_command(
        *("check", snapshot, "-p", POLICY, "--waivers", "accepted.yaml", "--record", "run.jsonl"),
        *("--report", "junit=run.xml", "--report", "sarif=run.sarif"),
    )
    assert done.code == 1
    assert "FAIL[dotnet-inherits-schannel], waived: " in done.out
    assert (
        "= waived     until 2099-01-01T00:00:00Z by security-board: The server is taken" in done.out
    )
    assert "accepted-0, owner exchange-team, ticket CHG-1234, accepted.yaml:4" in done.out
    assert "Waivers: 1 of 1 waiver in force\n" in done.out
    assert "✗ 6 fail (1 waived)" in done.out
    verdicts = {item.name: item for item in recorded(Path("run.jsonl")).hosts[0].verdicts}
    marked = [name for name, verdict in verdicts.items() if verdict.waiver is not None]
    assert marked == ["dotnet-inherits-schannel[view=32-bit]"]
    assert verdicts[marked[0]].outcome == "fail"


def test_reports_of_the_recorded_run_say_the_same(
    snapshot: str, write: Write, hklint_command: Command
) -> None:
    write("accepted.yaml", "store-reachable")
    write("over.yaml", "tls-1.2-client-usable", until="2021-01-01T00:00:00Z")
    forms = ("junit", "sarif")
    written = [item for form in forms for item in ("--report", f"{form}=first.{form}")]
    waivers = ("--waivers", "accepted.yaml", "--waivers", "over.yaml")
    done = hklint_command(
        "check", snapshot, "-p", POLICY, *waivers, *written, "--record", "run.jsonl"
    )
    again = hklint_command("report", "run.jsonl")
    assert again.out.splitlines()[:-1] == done.out.splitlines()[:-1]
    for form in forms:
        assert hklint_command("report", "run.jsonl", "-f", form, "-o", "second").code == 0
        assert Path("second").read_text("utf-8") == Path(f"first.{form}").read_text("utf-8")


def test_a_gate_where_all_that_fails_is_waived_is_open_and_says_so(
    snapshot: str, write: Write, hklint_command: Command
) -> None:
    write("accepted.yaml", *FAILED)
    shut = hklint_command("gate", snapshot, "-p", POLICY)
    assert (shut.code, shut.out[:9]) == (1, "GATE SHUT")
    done = hklint_command("gate", snapshot, "-p", POLICY, "--waivers", "accepted.yaml")
    assert done.code == 0
    first_line, last_line = done.out.splitlines()[0], done.out.splitlines()[-1]
    assert first_line.startswith(
        "GATE OPEN: 4 verdicts passed, 6 verdicts failed and waived (accepted-0 until 2099-01-01"
    )
    assert last_line == "exit 0: nothing failed that is not waived."
    assert done.out.count("], waived: ") == len(FAILED)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--expired-waivers", "warn"), 0),
        (("--expired-waivers", "fail"), 1),
    ],
)
def test_whether_an_expired_waiver_fails_is_the_users_choice(
    snapshot: str, write: Write, hklint_command: Command, options: tuple[str, ...], code: int
) -> None:
    """The rule it was for is too mild to count by itself."""
    mild = "tls-1.2-server-usable"
    write("accepted.yaml", *(rule for rule in FAILED if rule != mild))
    write("over.yaml", mild, until="2021-01-01T00:00:00Z")
    done = hklint_command(
        *("check", snapshot, "-p", POLICY, "--fail-on", "high", *options),
        *("--waivers", "accepted.yaml", "--waivers", "over.yaml"),
    )
    assert done.code == code
    assert (
        "= expired    the waiver ended 2021-01-01T00:00:00Z and waives nothing any more" in done.out
    )
    assert "over-0 (tls-1.2-server-usable on 127.0.0.1) ended 2021-01-01T00:00:00Z" in done.out
    reason = "the waiver of a rule has expired" if code else "nothing failed of severity high"
    assert f"exit {code}: {reason}" in done.out


def test_an_expired_waiver_that_nothing_needs_fails_nothing(
    snapshot: str, write: Write, hklint_command: Command
) -> None:
    write("accepted.yaml", *FAILED)
    write("over.yaml", *FAILED, until="2021-01-01T00:00:00Z")
    done = hklint_command(
        *("check", snapshot, "-p", POLICY, "--expired-waivers", "fail"),
        *("--waivers", "accepted.yaml", "--waivers", "over.yaml"),
    )
    assert done.code == 0
    assert "another waiver is in force for all that it is for" in " ".join(done.out.split())


def test_a_folder_of_waivers_and_every_kind_of_attention(
    snapshot: str, write: Write, hklint_command: Command
) -> None:
    soon = datetime.now(UTC) + timedelta(days=20)
    write("waivers/a.yaml", "store-reachable", until=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    write("waivers/b.yaml", "tls-1.2-client-usable", until="2021-01-01T00:00:00Z")
    write("waivers/c.yaml", "dotnet-offers-tls-1.2", **{"from": "2098-01-01T00:00:00Z"})
    write("waivers/d.yaml", "schannel-values-explicit", hosts=["*"])
    write("waivers/e.yaml", "store-reachable", hosts=["ex02"])
    write("waivers/f.yaml", "some-rule", policy="of-another-run")
    done = hklint_command("check", snapshot, "-p", POLICY, "--waivers", "waivers")
    shown = done.out[done.out.index("\nWaivers: ") :].splitlines()
    assert shown[1] == "Waivers: 4 of 6 waivers in force"
    found = [(line[2:15].strip(), line[17:].split(" (")[0]) for line in shown[2:-3]]
    assert done.code == 1
    assert [item for item in found if item[0]] == [
        ("expired", "b-0"),
        ("not yet valid", "c-0"),
        ("expires soon", "a-0"),
        ("unused", "d-0"),
        ("unused", "e-0"),
        ("unused", "f-0"),
        ("every host", "d-0"),
    ]
    fewer = hklint_command(
        "check", snapshot, "-p", POLICY, "--waivers", "waivers", "--warn-days", "10"
    )
    assert "expires soon" not in fewer.out


def test_a_waiver_for_a_host_that_gave_no_answer_is_not_called_unused(
    write: Write, hklint_command: Command
) -> None:
    write("accepted.yaml", "store-reachable", hosts=["host.invalid"], until="2021-01-01T00:00:00Z")
    done = hklint_command(
        "check", "psrp://u@host.invalid", "-p", POLICY, "--waivers", "accepted.yaml"
    )
    assert done.code == 4
    said = " ".join(done.out.split())
    assert "nobody knows if it is needed: 1 host gave no answer" in said


def test_a_mistake_in_a_waiver_is_found_before_any_host_is_asked(
    write: Write, hklint_command: Command
) -> None:
    write("wrong.yaml", "store-reachabel", "store-reachable", until="2019-01-01T00:00:00Z")
    done = hklint_command("check", "psrp://u@host.invalid", "-p", POLICY, "--waivers", "wrong.yaml")
    assert (done.code, done.out) == (3, "")
    assert "no policy has a rule 'store-reachabel'" in done.err
    assert "did you mean 'store-reachable'?" in done.err
    assert done.err.count("is not later than 'from'") == 2


def test_a_file_without_waivers(hklint_command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    given = ("check", "psrp://u@host.invalid", "-p", POLICY, "--waivers")
    done = hklint_command(*given, "empty")
    assert done.code == 2
    assert "empty: there are no waivers in it" in done.err
    assert hklint_command(*given, "nowhere.yaml").code == 2


# -- hklint waivers --------------------------------------------------------------------------------


def test_waivers_are_listed_with_those_that_have_expired_first(
    write: Write, hklint_command: Command
) -> None:
    write("waivers/a.yaml", "store-reachable", hosts=["ex01", "lab-*"])
    write("waivers/b.yaml", "tls-1.2-client-usable", until="2021-01-01T00:00:00+02:00", hosts=["*"])
    done = hklint_command("waivers", "waivers")
    assert (done.code, done.err) == (0, "")
    first, second, last = done.out.split("\n\n")
    assert first.startswith("EXPIRED  b-0: ended 2020-12-31T22:00:00Z, ")
    assert "hosts     * (every host)" in first
    assert second.startswith("IN FORCE  a-0: ends 2099-01-01T00:00:00Z, in ")
    assert "approver  security-board" in second
    assert last == "2 waivers: 1 expired, 1 in force.\n"
    assert hklint_command("waivers", "waivers", "--expired-waivers", "fail").code == 1
    assert hklint_command("waivers", "waivers/a.yaml", "--expired-waivers", "fail").code == 0
    soon = hklint_command("waivers", "waivers/a.yaml", "--warn-days", "3660")
    assert soon.out.startswith("IN FORCE")


def test_waivers_of_a_policy_of_ones_own(write: Write, hklint_command: Command) -> None:
    Path("own.yaml").write_text(
        "kind: policy\nid: own\ntitle: Own\nversion: 1.0.0\nrules:\n"
        "  - id: own-rule\n    title: TLS 1.2 is usable\n    severity: high\n    why: It must be.\n"
        "    expect: {model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, "
        "state: usable}\n",
        "utf-8",
    )
    write("accepted.yaml", "own-rule", policy="own")
    done = hklint_command("waivers", "accepted.yaml")
    assert done.code == 3
    assert "there is no policy 'own'" in done.err
    assert hklint_command("waivers", "accepted.yaml", "-p", "own.yaml").code == 0
