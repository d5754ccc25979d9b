"""Every reason why a host gives no answer: it has a page, and it is met for real."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
import tree_sitter_powershell
from click.testing import CliRunner
from tree_sitter import Language, Parser

import hklint
from hklint.cli import cli
from hklint.failure import ADVICE, MEANING, Failure, Reason, page
from hklint.lab.wire import Endpoint, Fault, Faults, Kind, WsmanServer
from hklint.sources import Cancellation, Options, collect
from hklint.target import SshTarget

WIDTH = 96
HEADINGS = (
    "What to do first",
    "What it means",
    "What hklint saw",
    "Check here",
    "Check on the host",
    "What it is not",
)
LANGUAGES = {"powershell", "cmd", "sh", "text"}
NEEDS_NO_COMMAND_ON_THE_HOST = {
    Reason.NO_CREDENTIALS,
    Reason.TRANSPORT_MISSING,
    Reason.INTERNAL_ERROR,
}
CODE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(|<http|http://(?!ex01\.contoso\.example)")
ADDRESS = re.compile(r"https://[^\s:]+(?<![.,)])")
BARE_WORD = re.compile(r"(?<![\w'.])[A-Za-z]\w*(?=, )|(?<=, )[A-Za-z]\w*")
POWERSHELL = Parser(Language(tree_sitter_powershell.language()))


def sections(reason: Reason) -> dict[str, str]:
    """The sections of a page by their headings."""
    _, *parts = re.split(r"^## ", page(reason), flags=re.MULTILINE)
    return {head: text for head, _, text in (part.partition("\n") for part in parts)}


def blocks(text: str) -> list[tuple[str, str]]:
    """The languages of the code in a text, and the code."""
    return CODE.findall(text)


def is_powershell(code: str) -> bool:
    """Whether it parses; the grammar knows no lists of bare words, so these are quoted for it."""
    quoted = BARE_WORD.sub(lambda found: f"'{found[0]}'", code)
    return not POWERSHELL.parse(quoted.encode()).root_node.has_error


@pytest.mark.parametrize("reason", Reason)
def test_page_has_its_sections(reason: Reason) -> None:
    found = sections(reason)
    assert tuple(found)[: len(HEADINGS)] == HEADINGS
    assert set(found) <= {*HEADINGS, "Sources"}
    assert all(text.strip() for text in found.values())


@pytest.mark.parametrize("reason", Reason)
def test_page_names_the_commands(reason: Reason) -> None:
    found = sections(reason)
    assert blocks(found["Check here"])
    languages = {language for language, _ in blocks(found["Check on the host"])}
    if reason not in NEEDS_NO_COMMAND_ON_THE_HOST:
        assert {"powershell", "cmd"} <= languages
    for language, code in blocks(page(reason)):
        assert language in LANGUAGES
        assert code.strip()
        if language == "powershell":
            assert is_powershell(code), code


@pytest.mark.parametrize("reason", Reason)
def test_page_fits_the_terminal(reason: Reason) -> None:
    done = CliRunner().invoke(cli, ["explain", "failure", reason])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == f"why a host gave no answer: {reason}"
    assert [line for line in lines if len(line) > WIDTH and "https://" not in line] == []
    assert [line for line in lines if line.startswith(("```", "|", "#"))] == []
    assert [line for line in lines if not line.isprintable() or line != line.rstrip()] == []


@pytest.mark.parametrize("reason", Reason)
def test_page_has_no_stray_link(reason: Reason) -> None:
    assert LINK.findall(page(reason)) == []
    found = sections(reason)
    sources = found.pop("Sources", "")
    assert [text for text in found.values() if ADDRESS.search(text)] == []
    for line in sources.strip().splitlines():
        assert line.startswith(("- ", "  https://")), line


@pytest.mark.parametrize("reason", Reason)
def test_short_texts(reason: Reason) -> None:
    assert MEANING[reason][0].islower() or MEANING[reason].startswith("hklint")
    assert not MEANING[reason].endswith(".")
    assert ADVICE[reason].endswith(".")
    assert len(ADVICE[reason]) <= 2 * WIDTH


def test_no_page_is_left_over() -> None:
    pages = Path(hklint.__file__).parent / "failure_pages"
    assert {file.stem for file in pages.iterdir()} == set(Reason)


def test_explain_lists_them_all() -> None:
    listed = CliRunner().invoke(cli, ["explain", "failure"]).output.splitlines()
    assert [line.split()[0] for line in listed] == list(Reason)


def test_the_docs_have_them_all() -> None:
    docs = Path(__file__).parents[2] / "docs" / "connecting.md"
    table = docs.read_text(encoding="utf-8").split("| Reason | First look at |")[1]
    rows = [line for line in table.split("\n\n")[0].splitlines() if line.startswith("| ")]
    assert [row.split()[1] for row in rows] == list(Reason)


Meet = Callable[[SimpleNamespace, pytest.MonkeyPatch], Failure]


def restarting(kit: SimpleNamespace) -> Failure:
    hosts: list[WsmanServer] = []

    def script(_request: str, stopped: threading.Event) -> str:
        threading.Thread(target=hosts[0].restart).start()
        stopped.wait(10)
        return ""

    with kit.lab_host(script) as host:
        hosts.append(host)
        return kit.failure(kit.target_of(host))


def cancelled(kit: SimpleNamespace) -> Failure:
    cancellation = Cancellation()

    def script(_request: str, stopped: threading.Event) -> str:
        cancellation.cancel()
        stopped.wait(10)
        return ""

    return kit.failure_at_lab(script, chosen={"cancellation": cancellation})


def no_route(kit: SimpleNamespace) -> Failure:
    """TCP to an address of many hosts: Linux answers that as a network that it can't reach."""
    return kit.failure(kit.target_of(5985, name="224.0.0.1"), retries=0)


def refused(kit: SimpleNamespace) -> Failure:
    return kit.failure(kit.target_of(kit.free_port()), retries=0)


def silent(kit: SimpleNamespace) -> Failure:
    def serve(connection: socket.socket) -> None:
        while connection.recv(65_536):
            continue

    with kit.raw_server(serve) as port:
        return kit.failure(kit.target_of(port), deadline=1.0)


def a_bug(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Failure:
    def broken(_text: str) -> None:
        raise AssertionError(kit.CANARY)

    monkeypatch.setattr("hklint.sources.conversation.parse_answer", broken)
    return kit.failure_at_lab()


def without_ssh(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Failure:
    monkeypatch.setenv("PATH", "/nowhere")
    outcome = collect(SshTarget("ex01", None, None, "ssh://ex01"), kit.REQUEST, kit.options())
    assert isinstance(outcome, Failure)
    return outcome


def unknown_ca(kit: SimpleNamespace) -> Failure:
    with kit.lab_host(tls=kit.certificates.good) as host:
        return kit.failure(kit.target_of(host, tls=True), ca_file=kit.certificates.stranger_ca)


def at_lab(**fields: object) -> Meet:
    return lambda kit, _monkeypatch: kit.failure_at_lab(**fields)


MET: Mapping[Reason, Meet] = {
    Reason.NAME_NOT_RESOLVED: lambda kit, _: kit.failure(
        kit.target_of(5985, name="no-such-host.invalid")
    ),
    Reason.CONNECTION_REFUSED: lambda kit, _: refused(kit),
    Reason.NO_ROUTE: lambda kit, _: no_route(kit),
    Reason.TIMED_OUT: lambda kit, _: silent(kit),
    Reason.CONNECTION_LOST: at_lab(faults=Faults(command=Fault(Kind.DROP))),
    Reason.HOST_RESTARTED: lambda kit, _: restarting(kit),
    Reason.TLS_REJECTED: lambda kit, _: unknown_ca(kit),
    Reason.NO_CREDENTIALS: at_lab(chosen={"user": None, "authentication": "ntlm"}),
    Reason.AUTHENTICATION_FAILED: at_lab(chosen={"password": "wrong-9f3b"}),
    Reason.NOT_AUTHORISED: at_lab(faults=Faults(create=Fault(Kind.ACCESS_DENIED))),
    Reason.SHELL_QUOTA: at_lab(max_shells=0),
    Reason.ENDPOINT_MISSING: at_lab(chosen={"configuration": "Nope"}),
    Reason.LANGUAGE_MODE: at_lab(endpoints={"Microsoft.PowerShell": Endpoint()}),
    Reason.COLLECTOR_MISSING: at_lab(
        endpoints={"Contoso": Endpoint()}, chosen={"configuration": "Contoso"}
    ),
    Reason.TRANSPORT_MISSING: without_ssh,
    Reason.PROTOCOL_ERROR: at_lab(faults=Faults(receive=Fault(Kind.GARBAGE))),
    Reason.COLLECTOR_FAILED: at_lab(script=lambda _request, _stopped: json.dumps({"version": 0})),
    Reason.CANCELLED: lambda kit, _: cancelled(kit),
    Reason.INTERNAL_ERROR: a_bug,
}
"""How each reason is met, over the wire; a bug alone has to be made."""

ELSEWHERE: Mapping[Reason, str] = {
    Reason.HOST_KEY_REJECTED: "tests/services/ssh/test_ssh.py",
}
"""The files whose tests meet those that need an sshd."""


def test_every_reason_is_met_somewhere() -> None:
    assert set(MET) | set(ELSEWHERE) == set(Reason)
    for reason, file in ELSEWHERE.items():
        text = Path(__file__).parents[2].joinpath(file).read_text(encoding="utf-8")
        assert f"Reason.{reason.name}" in text


@pytest.mark.parametrize("reason", MET)
def test_reason_is_met(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    outcome = MET[reason](kit, monkeypatch)
    assert outcome.reason is reason, outcome
    assert outcome.phase
    assert outcome.detail
    assert "\n" not in outcome.detail


@pytest.fixture
def refusing_host(kit: SimpleNamespace) -> Iterator[WsmanServer]:
    with kit.lab_host(authentication=("Negotiate", "Kerberos")) as host:
        yield host


def test_a_refusal_says_what_was_tried(kit: SimpleNamespace, refusing_host: WsmanServer) -> None:
    outcome = kit.failure(kit.target_of(refusing_host), password="wrong-9f3b")
    place = f"127.0.0.1 port {refusing_host.port}"
    assert f"{place} did not accept LAB\\audit by Negotiate" in outcome.detail
    assert "it offers Negotiate, Kerberos" in outcome.detail


def test_options_are_checked_before_anything_is_sent(kit: SimpleNamespace) -> None:
    """With the reason of a logon, which could never succeed."""
    chosen: Options = kit.options(authentication="basic")
    with kit.lab_host() as host:
        outcome = collect(kit.target_of(host), kit.REQUEST, chosen)
        assert host.connections == 0
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "before connecting")
