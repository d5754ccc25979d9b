"""`hklint jea`, from policies to verdicts: its files, and hosts that are asked through them.

The lab's endpoint takes its allow-list from the module that was written: what stands in that file
is what the host allows.
"""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_powershell
import yaml
from tree_sitter import Language, Parser

from hklint import collector
from hklint.lab import endpoints
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Endpoint, WsmanServer
from hklint.run import Run

POLICY = "exchange-store-addins"
GROUP = "LAB\\hklint-readers"
WRITE = ("jea", "--group", GROUP, "-o", "jea")
MODULE = Path("jea/HklintCollector/HklintCollector.psm1")
MEMBERS = ("LAB\\audit",)
OTHER = r"HKLM\SOFTWARE\Contoso\Other"

Command = Callable[..., Any]
Read = Callable[[Path], Run]


def allow_list() -> str:
    """The literal that the module begins with."""
    root = Parser(Language(tree_sitter_powershell.language())).parse(MODULE.read_bytes()).root_node
    (statements,) = (node for node in root.children if node.type == "statement_list")
    first = next(node for node in statements.children if node.type == "pipeline")
    name, literal = (first.text or b"").decode().split(" = ", 1)
    assert name == "$allowList"
    assert (literal[0], literal[-1]) == ("'", "'")
    return literal[1:-1].replace("''", "'")


@contextmanager
def asked(host: LabHost, **named: Endpoint) -> Iterator[tuple[str, WsmanServer]]:
    """A listener of the host with these endpoints; gives the target."""
    with WsmanServer(host.machine, endpoints=named) as server:
        yield f"psrp://LAB%5Caudit@127.0.0.1:{server.port}", server


def installed(host: LabHost) -> Endpoint:
    return endpoints.jea(host.machine, allow_list(), MEMBERS)


@pytest.mark.parametrize("host_id", ["ex2016-healthy", "ex2016-blocked", "ex2016-on-request"])
def test_a_member_gets_the_verdicts_an_administrator_gets(
    lab: Lab, hklint_command: Command, recorded: Read, host_id: str
) -> None:
    host = lab.hosts[host_id]
    usual = hklint_command("check", host.target, "-p", POLICY, "--record", "usual.jsonl")
    assert hklint_command(*WRITE, "-p", POLICY).code == 0
    with asked(host, hklint=installed(host)) as (target, server):
        done = hklint_command(
            *("check", target, "--configuration", "hklint", "-p", POLICY),
            *("--record", "run.jsonl"),
        )
        assert server.open_shells() == ()
    assert (done.code, done.err) == (usual.code, "")
    (through,), (plain,) = recorded(Path("run.jsonl")).hosts, recorded(Path("usual.jsonl")).hosts
    assert [(item.name, item.outcome, item.found) for item in through.verdicts] == [
        (item.name, item.outcome, item.found) for item in plain.verdicts
    ]


def test_no_script_is_sent_and_none_is_claimed(
    lab: Lab, hklint_command: Command, recorded: Read
) -> None:
    host = lab.hosts["ex2016-healthy"]
    hklint_command(*WRITE, "-p", POLICY)
    options = ("--configuration", "hklint", "-p", POLICY, "--record", "run.jsonl")
    with asked(host, hklint=installed(host)) as (target, server):
        assert hklint_command("check", target, *options).code == 0
        commands = [exchange for exchange in server.log if exchange.action == "command"]
    assert len(commands) == 1
    assert commands[0].received < len(collector.script())
    snapshot: Any = recorded(Path("run.jsonl")).hosts[0].snapshot
    assert snapshot["source"]["collector_sha256"] == ""
    assert snapshot["source"]["transport"].endswith(", function Get-HklintFact of endpoint hklint")
    assert snapshot["answer"]["collector"]["user"] == r"WinRM Virtual Users\WinRM_VA_1_LAB_audit"


def test_a_script_is_sent_where_the_function_is_missing(
    lab: Lab, hklint_command: Command, recorded: Read
) -> None:
    host = lab.hosts["ex2016-healthy"]
    options = ("--configuration", "Contoso.Full", "-p", POLICY, "--record", "run.jsonl")
    with asked(host, **{"Contoso.Full": Endpoint(host.machine.collect)}) as (target, server):
        assert hklint_command("check", target, *options).code == 0
        assert [item.action for item in server.log].count("command") == 2
    snapshot: Any = recorded(Path("run.jsonl")).hosts[0].snapshot
    assert snapshot["source"]["collector_sha256"] == collector.sha256()
    assert "function" not in snapshot["source"]["transport"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: endpoints.no_language(), ["runs no scripts", "`hklint jea`"]),
        (lambda _: endpoints.constrained(), ["does not let scripts run", "language-mode"]),
        (lambda host: endpoints.jea(host.machine, "{}", ["LAB\\x"]), ["may not open"]),
        (lambda host: endpoints.jea(host.machine, "{}"), ["bad-allow-list"]),
    ],
    ids=["no function", "constrained", "no member", "damaged list"],
)
def test_an_endpoint_that_does_not_answer_says_why(
    lab: Lab, hklint_command: Command, make: Callable[[LabHost], Endpoint], said: list[str]
) -> None:
    host = lab.hosts["ex2016-healthy"]
    with asked(host, hklint=make(host)) as (target, server):
        done = hklint_command("check", target, "--configuration", "hklint", "-p", POLICY)
        assert server.open_shells() == ()
    assert done.code == 4
    for words in said:
        assert words in " ".join(done.out.split())
    assert "PASS" not in done.out


def mine() -> Path:
    """A policy about one value, which no shipped policy asks for."""
    value = {
        "registry": OTHER,
        "value": "Other",
        "type": "REG_DWORD",
        "equals": 1,
        "absent": "pass",
    }
    rule = {
        "id": "other",
        "title": "Other is 1",
        "severity": "high",
        "expect": value,
        "why": "It is a test.",
    }
    document = {
        "kind": "policy",
        "id": "mine",
        "title": "A test",
        "version": "0.1.0",
        "description": "A test.",
        "rules": [rule],
    }
    path = Path("mine.yaml")
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def test_what_is_not_listed_is_unknown_with_the_way_to_list_it(
    lab: Lab, hklint_command: Command, recorded: Read
) -> None:
    """The rule would pass: the value is absent, which is as good as 1."""
    host = lab.hosts["ex2016-healthy"]
    hklint_command(*WRITE, "-p", POLICY)
    options = ("--configuration", "hklint", "-p", mine(), "--record", "run.jsonl")
    with asked(host, hklint=installed(host)) as (target, _):
        done = hklint_command("check", target, *options)
    (verdict,) = recorded(Path("run.jsonl")).hosts[0].verdicts
    assert (done.code, verdict.outcome) == (4, "unknown")
    text = " ".join(done.out.replace("\n    = ", " ").split())
    assert "not allowed to be asked for: the endpoint's allow-list does not have it" in text
    assert "write the endpoint anew with `hklint jea`, for this policy" in text
    assert hklint_command("report", "run.jsonl").out.count("allow-list") >= 1


def test_a_request_that_is_not_listed_is_not_made(
    lab: Lab, hklint_command: Command, recorded: Read
) -> None:
    host = lab.hosts["ex2016-healthy"]
    store = "store_url=https://store.corp.example"
    hklint_command(*WRITE, "-p", POLICY, "--set", store)
    assert json.loads(allow_list())["web_requests"] == ["https://store.corp.example"]
    before = len(host.handshakes)
    options = ("--configuration", "hklint", "-p", POLICY, "--record", "run.jsonl")
    with asked(host, hklint=installed(host)) as (target, _):
        assert hklint_command("check", target, *options).code == 4
    outcomes = {item.name: item.outcome for item in recorded(Path("run.jsonl")).hosts[0].verdicts}
    assert "unknown" in outcomes.values()
    assert "fail" not in outcomes.values()
    assert len(host.handshakes) == before


def test_the_list_is_what_the_policies_ask(lab: Lab, hklint_command: Command) -> None:
    """A request of the same policies: all of it is allowed, and nothing else is."""
    seen: list[dict[str, Any]] = []
    host = lab.hosts["ex2016-healthy"]

    def keep(request: str, user: str, stopped: Any) -> str:  # noqa: ANN401 - an event
        seen.append(json.loads(request))
        return host.machine.collect(request, user, stopped)

    policies = ("-p", POLICY, "-p", mine())
    hklint_command(*WRITE, *policies)
    functions = {collector.FUNCTION: keep}
    with asked(host, hklint=Endpoint(functions=functions)) as (target, _):
        hklint_command("check", target, "--configuration", "hklint", *policies)
    (request,) = seen
    listed = json.loads(allow_list())
    for key in listed["registry"]:
        key["values"] = sorted(key["values"] + key.pop("names"))
    for key in request["registry"]:
        key["values"] = sorted(key["values"])
    assert listed == {
        "host": request["host"],
        "registry": request["registry"],
        "web_requests": [page["uri"] for page in request["web_requests"]],
    }


def test_the_files_are_as_windows_reads_them(hklint_command: Command) -> None:
    assert hklint_command(*WRITE, "-p", POLICY).code == 0
    files = [path for path in Path("jea").rglob("*") if path.is_file()]
    assert len(files) == 7
    for path in files:
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\n") == content.count(b"\r\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_it_says_what_it_wrote_and_what_is_next(hklint_command: Command) -> None:
    done = hklint_command(*WRITE, "-p", POLICY)
    assert done.out == ""
    assert "Written: jea\n" in done.err
    assert "11 registry values in 7 keys, whether 7 more keys are there" in done.err
    assert "requests to https://appsource.microsoft.com" in done.err
    assert ".\\Register-HklintCollector.ps1" in done.err
    assert "hklint check HOST --user 'DOMAIN\\account' --configuration hklint -p" in done.err


def test_files_that_are_there_stay(hklint_command: Command) -> None:
    hklint_command(*WRITE, "-p", POLICY)
    before = MODULE.read_bytes()
    refused = hklint_command(*WRITE, "-p", mine())
    assert refused.code == 2
    assert "is there already; --force replaces it" in refused.err
    assert MODULE.read_bytes() == before
    assert hklint_command(*WRITE, "-p", mine(), "--force").code == 0
    assert json.loads(allow_list())["web_requests"] == []
    assert hklint_command(*WRITE, "-p", POLICY, "--force").code == 0
    assert MODULE.read_bytes() == before


def test_a_link_is_replaced_and_not_followed(hklint_command: Command) -> None:
    aim = Path("precious.txt")
    aim.write_text("precious", "utf-8")
    Path("jea").mkdir()
    Path("jea/README.md").symlink_to(aim.resolve())
    assert hklint_command(*WRITE, "-p", POLICY, "--force").code == 0
    assert aim.read_text("utf-8") == "precious"
    assert not Path("jea/README.md").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-p", POLICY, "-o", "jea"), "--group"),
        (("-p", POLICY, "--group", GROUP), "--output"),
        (("--group", GROUP, "-o", "jea"), "--policy"),
        (("-p", POLICY, "--group", "LABreaders", "-o", "jea"), "DOMAIN\\name"),
        ((*WRITE[1:], "-p", POLICY, "--transcripts", "logs"), "a folder on the host"),
        (("-p", POLICY, "--group", GROUP, "-o", "file/jea"), "can't be made"),
        (("-p", POLICY, "--group", GROUP, "-o", "file"), "is a file"),
    ],
    ids=["no group", "no folder", "no policy", "bare name", "transcripts", "below a file", "file"],
)
def test_mistakes_are_found_before_anything_is_written(
    hklint_command: Command, arguments: tuple[str, ...], said: str
) -> None:
    Path("file").write_text("", "utf-8")
    done = hklint_command("jea", *arguments)
    assert done.code == 2
    assert said in done.err
    assert not Path("jea").exists()


def test_help_has_examples(hklint_command: Command) -> None:
    done = hklint_command("jea", "--help")
    assert done.code == 0
    assert (
        "hklint jea -p exchange-store-addins --group 'CONTOSO\\hklint-readers' -o jea" in done.out
    )
    assert max(map(len, done.out.splitlines())) <= 100
