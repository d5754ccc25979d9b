import io
import re
from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from rich.cells import cell_len

from hklint.run import Run
from hklint_reports import FORMATS, Options, excerpt

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_hostile_text_drives_no_terminal_and_no_build_server(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    for verbose in (False, True):
        text = render(runs.hostile(), "terminal", verbose=verbose)
        for line in text.split("\n"):
            assert line.isprintable()
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
            assert "##vso" not in line


def test_a_long_text_is_cut_and_says_so(runs: ModuleType, render: Callable[..., str]) -> None:
    text = render(runs.hostile(), "terminal")
    assert max(map(len, text.split("\n"))) < 10_000
    assert re.search(r"\.\.\. \[9\d{4} more characters\]", text)


def test_a_sentence_that_begins_as_a_command_begins_no_line(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    run = runs.single()
    host = run.hosts[0]
    diagnosis = msgspec.structs.replace(host.diagnoses[0], sentence="::stop-commands::x")
    host = msgspec.structs.replace(host, diagnoses=(diagnosis,))
    text = render(msgspec.structs.replace(run, hosts=(host,)), "terminal")
    assert r"  \x3a:stop-commands::x" in text


def test_colour_only_repeats_the_words(recorded: Run, render: Callable[..., str]) -> None:
    plain = render(recorded, "terminal", verbose=True)
    assert ANSI.sub("", render(recorded, "terminal", verbose=True, color=True)) == plain


def test_colour_is_off_unless_asked_for(recorded: Run, render: Callable[..., str]) -> None:
    assert "\x1b" not in render(recorded, "terminal")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "utf-8", "utf-16"])
def test_every_encoding_gets_what_it_can_show(runs: ModuleType, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    FORMATS["terminal"].write(runs.hostile(), stream, Options())
    stream.flush()


def test_prose_fits_the_width_and_keys_are_whole(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    lines = render(runs.single(), "terminal", width=50).split("\n")
    key = rf"HKLM\{runs.CLIENT_KEY} [64-bit]"
    assert [line for line in lines if line.endswith(key)]
    start = next(n for n, line in enumerate(lines) if "= matters" in line)
    prose = lines[start : start + 4]
    assert all(40 < len(line) <= 50 for line in prose)


def test_prose_with_a_command_is_wrapped_and_the_command_is_whole(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    step = "Write the endpoint anew with `hklint jea --policy exchange-store-addins`, and hklint "
    said = msgspec.structs.replace(runs.REFUSED.explanation, then=(step + "will be let in.",))
    verdict = msgspec.structs.replace(runs.REFUSED, explanation=said)
    text = render(runs.run([runs.host("a", (verdict,))], 1), "terminal", width=80)
    block = text[text.index("= then") :].split("\n\n")[0].splitlines()
    assert len(block) == 3
    assert all(len(line) <= 80 for line in block)
    assert "`hklint jea --policy exchange-store-addins`" in block[1]


@pytest.mark.parametrize("width", [40, 46, 60, 70, 80, 120])
def test_a_caret_points_at_its_piece_however_narrow_the_terminal(
    runs: ModuleType, render: Callable[..., str], width: int
) -> None:
    lines = render(runs.single(), "terminal", width=width).split("\n")
    quoted = [(lines[n - 1], line) for n, line in enumerate(lines) if "^" in line]
    assert all(len(line) <= width for line, _ in quoted)
    pieces = {line[carets.index("^") :][: carets.count("^")] for line, carets in quoted}
    assert pieces >= {"reached", "usable"}


@pytest.mark.parametrize("before", ["", "ab", "a" * 90, "日本" * 40])
@pytest.mark.parametrize("piece", ["", "reached", "p" * 90])
@pytest.mark.parametrize("after", ["", "}", "z" * 90, "語" * 40])
@pytest.mark.parametrize("room", [40, 73])
def test_a_line_is_cut_around_its_piece(before: str, piece: str, after: str, room: int) -> None:
    left, kept, right = excerpt.cropped(before, piece, after, room)
    assert cell_len(left + kept + right) <= room
    assert kept == piece or len(piece) > len(kept) > room - 10
    assert before.endswith(left.removeprefix("..."))
    assert after.startswith(right.removesuffix("..."))
    if cell_len(before + piece + after) <= room:
        assert (left, kept, right) == (before, piece, after)


def test_a_long_title_goes_on_deeper_than_the_text_below(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    verdict = msgspec.structs.replace(runs.CLIENT_OFF, title="many words " * 9)
    lines = render(runs.run([runs.host("a", (verdict,))], 1), "terminal", width=80).split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith("FAIL["))
    assert all(len(line) <= 80 for line in lines[first : first + 2])
    assert lines[first + 1].startswith("    ")
    assert lines[first + 1].endswith("(high)")


def test_one_host_stands_on_top_and_nowhere_else(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.single(), "terminal")
    assert text.startswith("ex01.corp.example  (Windows Server 2016, build 14393)\n")
    assert text.count("ex01") == 1
    assert "of 1 host" not in text


def test_hosts_with_the_same_verdict_share_a_block(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.fleet(), "terminal")
    assert text.count("FAIL[tls-1.2-client-usable]") == 1
    assert "on 2 of 3 hosts: ex01, ex03" in text


@pytest.mark.parametrize(
    ("title", "shown"),
    [(".NET, 64-bit", ".NET, 64-bit  (high)"), (".NET", ".NET [view=64-bit]  (high)")],
)
def test_an_instance_is_named_once(
    runs: ModuleType, render: Callable[..., str], title: str, shown: str
) -> None:
    verdict = msgspec.structs.replace(runs.NET_UNSET[0], title=title)
    text = render(runs.run([runs.host("a", (verdict,))], 1), "terminal")
    assert f"FAIL[dotnet-uses-schannel-defaults]: {shown}\n" in text


def test_many_hosts_are_counted_not_listed(runs: ModuleType, render: Callable[..., str]) -> None:
    run = runs.run([runs.host(f"ex{n:03}", runs.SICK) for n in range(100)], 1)
    assert "on 100 of 100 hosts: ex000, " in render(run, "terminal")
    assert "ex007 and 92 more" in render(run, "terminal")
    assert "ex099" in render(run, "terminal", verbose=True)


def test_the_worst_comes_first(runs: ModuleType, render: Callable[..., str]) -> None:
    light = msgspec.structs.replace(runs.CLIENT_OFF, severity="low", title="light")
    wide = msgspec.structs.replace(runs.REFUSED, title="wide")
    heavy = msgspec.structs.replace(runs.CLIENT_OFF, severity="critical", title="heavy")
    hosts = [
        runs.host("a", (light, runs.REFUSED)),
        runs.host("b", (light, wide)),
        runs.host("c", (light, wide, heavy)),
    ]
    text = render(runs.run(hosts, 1), "terminal")
    titles = re.findall(r"^FAIL\[.*?\]: (.*?)  \(", text, re.MULTILINE)
    assert titles == ["heavy", "wide", runs.REFUSED.title, "light"]


def test_the_cause_comes_before_the_rules(runs: ModuleType, render: Callable[..., str]) -> None:
    text = render(runs.fleet(), "terminal")
    assert text.index("DIAGNOSIS") < text.index("FAIL[")


def test_quiet_is_two_lines_and_that_of_a_gate(recorded: Run, render: Callable[..., str]) -> None:
    """A gate's line alone says that the facts are old, or that something is waived."""
    lines = render(recorded, "terminal", quiet=True).splitlines()
    gate = recorded.header.command == "gate"
    assert len(lines) == 2 + gate
    assert lines[0].startswith("GATE ") is gate


def test_the_end_names_the_files(runs: ModuleType, render: Callable[..., str]) -> None:
    text = render(runs.single(), "terminal", written=("a.xml", "b c.sarif"))
    assert text.endswith("exit 1: a rule failed.  Written: a.xml, b c.sarif\n")


def test_a_line_the_document_lacks_is_not_quoted(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    run = runs.single()
    header = msgspec.structs.replace(run.header, documents={})
    text = render(msgspec.structs.replace(run, header=header), "terminal")
    assert "= verdict    expected usable, found blocked" in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("all-pass", "GATE OPEN: 5 verdicts passed"),
        ("gate-empty", "GATE SHUT: nothing was judged"),
    ],
)
def test_a_gate_says_so_first(
    runs: ModuleType, render: Callable[..., str], name: str, line: str
) -> None:
    assert render(runs.RUNS[name](), "terminal").split("\n")[0] == line


def test_a_shut_gate_says_why(runs: ModuleType, render: Callable[..., str]) -> None:
    failure = runs.Failure(runs.Reason.TIMED_OUT, "", "")
    hosts = [
        runs.host("a", (*runs.SICK, runs.DENIED)),
        runs.host("b", failure=failure),
    ]
    line = render(runs.run(hosts, 1, "gate"), "terminal").split("\n")[0]
    assert line == (
        "GATE SHUT: 4 of 6 verdicts failed (worst: high), 1 host gave no answer, "
        "1 verdict could not be judged"
    )


def test_a_gate_that_looks_over_light_failures_says_so(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    light = msgspec.structs.replace(runs.CLIENT_OFF, severity="low")
    run = runs.run([runs.host("a", (light, *runs.ALL_PASS[1:]))], 0, "gate")
    header = msgspec.structs.replace(run.header, fail_on="medium")
    text = render(msgspec.structs.replace(run, header=header), "terminal")
    assert text.startswith("GATE OPEN: 4 verdicts passed, 1 verdict failed below medium\n")
    assert text.endswith("exit 0: nothing failed of severity medium or above.\n")


def test_a_gate_with_nothing_to_judge_on_one_host_is_not_said_to_pass(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    hosts = [runs.host("a", runs.ALL_PASS), runs.gate_empty().hosts[0]]
    text = render(runs.run(hosts, 4, "gate"), "terminal")
    assert text.startswith("GATE SHUT: nothing was judged on 1 host\n")
    assert text.endswith("exit 4: nothing was judged on 1 host.\n")


def test_facts_older_than_the_run_are_said_to_be(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    fresh = runs.single()
    taken = {"hklint_snapshot": 1, "taken_at": "2026-11-01T10:00:00Z"}
    (host,) = fresh.hosts
    old = msgspec.structs.replace(host, snapshot=taken, target="ex01.json")
    single = msgspec.structs.replace(fresh, hosts=(old,))
    assert "facts recorded 2026-11-01T10:00:00Z, from ex01.json\n" in render(single, "terminal")
    assert "facts recorded" not in render(fresh, "terminal")
    both = runs.run([old, host], 1)
    assert "recorded earlier  ex01.corp.example: facts of 2026-11-01" in render(both, "terminal")


def test_a_gate_names_the_age_of_its_facts(runs: ModuleType, render: Callable[..., str]) -> None:
    fresh = runs.single()
    (host,) = fresh.hosts
    old = msgspec.structs.replace(host, snapshot={"taken_at": "2026-11-01T10:00:00Z"})
    header = msgspec.structs.replace(fresh.header, command="gate")
    text = render(msgspec.structs.replace(fresh, header=header, hosts=(old,)), "terminal")
    assert text.splitlines()[0].endswith(
        "by facts recorded 2026-11-01T10:00:00Z, not by the host as it is now"
    )


@pytest.mark.parametrize(
    ("taken_at", "shown"),
    [
        ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"),
        ("2020-01-01\x1b00:00:00", "2020-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+23:00", "at a time not known"),
        ("\x1b[2Jnow", "at a time not known"),
        ("", "at a time not known"),
    ],
)
def test_a_gate_by_a_file_says_so_whatever_the_file_says_of_its_age(
    taken_at: str, shown: str, runs: ModuleType, render: Callable[..., str]
) -> None:
    fresh = runs.single()
    (host,) = fresh.hosts
    taken = {"taken_at": taken_at, "source": {"target": host.target}}
    file = msgspec.structs.replace(host, snapshot=taken, target="ex01.json")
    header = msgspec.structs.replace(fresh.header, command="gate")
    text = render(msgspec.structs.replace(fresh, header=header, hosts=(file,)), "terminal")
    assert text.splitlines()[0].endswith(f"by facts recorded {shown}, not by the host as it is now")
