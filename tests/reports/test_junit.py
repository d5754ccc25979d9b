from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from junitparser import JUnitXml
from lxml import etree

from hklint.run import Run
from hklint.verdict import Outcome

SCHEMAS = ["junit-10.xsd", "ant-dialect.xsd"]


@pytest.fixture
def report(recorded: Run, render: Callable[..., str]) -> bytes:
    return render(recorded, "junit").encode()


@pytest.fixture(scope="module")
def valid(schemas: Path) -> Callable[[bytes, str], list[str]]:
    loaded = {name: etree.XMLSchema(file=str(schemas / name)) for name in SCHEMAS}

    def check(data: bytes, name: str) -> list[str]:
        schema = loaded[name]
        schema.validate(etree.fromstring(data))
        return [entry.message for entry in schema.error_log]

    return check


@pytest.mark.parametrize("schema", SCHEMAS)
def test_valid(report: bytes, valid: Callable[[bytes, str], list[str]], schema: str) -> None:
    assert valid(report, schema) == []


@pytest.mark.parametrize(
    ("schema", "old", "new"),
    [
        ("junit-10.xsd", b'hostname="', b'host="'),
        ("junit-10.xsd", b'classname="', b'file="x" classname="'),
        ("ant-dialect.xsd", b"<testsuites>", b'<testsuites name="x">'),
        ("ant-dialect.xsd", b'timestamp="2026-11-23T10:00:01', b'timestamp="2026-11-23T10:00:01Z'),
        ("ant-dialect.xsd", b"<system-err/>", b""),
        ("ant-dialect.xsd", b' type="hklint.fail.high"', b""),
        ("ant-dialect.xsd", b' hostname="ex01.corp.example"', b""),
        ("ant-dialect.xsd", b' time="1.250"', b' time="1,250"'),
    ],
)
def test_the_schemas_see_mistakes(
    runs: ModuleType,
    render: Callable[..., str],
    valid: Callable[[bytes, str], list[str]],
    schema: str,
    old: bytes,
    new: bytes,
) -> None:
    data = render(runs.single(), "junit").encode()
    assert old in data
    assert valid(data.replace(old, new, 1), schema)


def test_a_reader_counts_what_the_run_counts(recorded: Run, report: bytes) -> None:
    suites = JUnitXml.fromstring(report)
    counts = recorded.summary.counts
    waived = recorded.summary.waived
    cases = [case for suite in suites for case in suite if suite.name != "waivers"]
    results = [type(result).__name__ for case in cases for result in case.result]
    assert results.count("Failure") == counts[Outcome.FAIL] - waived.get(Outcome.FAIL, 0)
    assert results.count("Skipped") == counts[Outcome.NOT_APPLICABLE] + sum(waived.values())
    assert sum(not case.result for case in cases) == counts[Outcome.PASS]
    own = sum(case.classname.endswith(".run") for case in cases)
    unknown = counts[Outcome.UNKNOWN] - waived.get(Outcome.UNKNOWN, 0)
    errors = unknown + recorded.summary.hosts_not_reached
    assert results.count("Error") == errors + own


def test_the_report_is_red_whenever_the_exit_code_is(recorded: Run, report: bytes) -> None:
    root = etree.fromstring(report)
    red = any(int(s.get("failures")) + int(s.get("errors")) for s in root.iter("testsuite"))
    assert red == bool(recorded.summary.exit_code)


def test_the_content_has_all_that_the_message_has(report: bytes) -> None:
    """GitLab shows the content, Jenkins and Azure show the message above it."""
    for case in etree.fromstring(report).iter("testcase"):
        for result in case:
            assert (result.text + "\n").startswith(result.get("message") + "\n")


def test_no_two_cases_have_one_name(report: bytes) -> None:
    """GitLab keys a case by class and name, and drops the second without a word."""
    cases = [(c.get("classname"), c.get("name")) for c in etree.fromstring(report).iter("testcase")]
    assert len(set(cases)) == len(cases)


def test_hosts_and_rules_that_look_alike_are_numbered(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    names = ("ex01.corp", "ex01_corp", "ex01.corp", "ex01_corp (2)")
    twice = (runs.REFUSED, runs.passed("store-reachable"))
    run = runs.run([runs.host(name, twice) for name in names], 1)
    cases = list(etree.fromstring(render(run, "junit").encode()).iter("testcase"))
    assert list(dict.fromkeys(case.get("classname") for case in cases)) == [
        "exchange-store-addins.ex01_corp",
        "exchange-store-addins.ex01_corp (2)",
        "exchange-store-addins.ex01_corp (3)",
        "exchange-store-addins.ex01_corp (2) (2)",
    ]
    name = "store-reachable: The host reaches the Microsoft Store over TLS"
    assert [case.get("name") for case in cases] == [name, f"{name} (2)"] * 4


def test_a_class_is_a_policy_and_a_host_without_dots(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    root = etree.fromstring(render(runs.single(), "junit").encode())
    classes = {case.get("classname") for case in root.iter("testcase")}
    assert classes == {"exchange-store-addins.ex01_corp_example"}


def test_a_waived_failure_is_skipped_with_who_when_and_why(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    root = etree.fromstring(render(runs.waived(), "junit").encode())
    (case,) = root.xpath("//testcase[contains(@classname, 'ex01') and skipped]")
    assert case.get("name").startswith("dotnet-uses-schannel-defaults[view=32-bit]: ")
    assert case.find("skipped").get("message") == (
        "waived until 2027-03-31T00:00:00Z by security-board (waiver-17, ticket CHG-1234, owner "
        "exchange-team): The 32-bit add-in host is retired in March; "
        "expected 1, found not set, which means 0"
    )


def test_waivers_that_need_attention_are_cases(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    root = etree.fromstring(render(runs.waived(), "junit").encode())
    names = root.xpath("//testsuite[@name='waivers']/testcase[skipped]/@name")
    assert names == [
        "waiver-3: expired",
        "waiver-20: not yet valid",
        "waiver-41: expires soon",
        "waiver-9: unused",
        "waiver-12: unused",
        "waiver-41: every host",
    ]


def test_hostile_text_is_spelled_out(runs: ModuleType, render: Callable[..., str]) -> None:
    root = etree.fromstring(render(runs.hostile(), "junit").encode())
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out", "system-err"),
    }
    failure = next(root.iter("failure"))
    assert r"own\x07\x1b[2J\x9b31m\x00\x0d\x0a::set-output" in failure.get("message")
    assert r"|\u202egnp.exe\u200b\ud800 \uffff\u2028\x85end" in failure.text
    assert "<script>&amp;]]> -->" in failure.text


def test_no_text_makes_a_build_server_fetch_a_file(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    """Jenkins' JUnit Attachments plugin would publish it, from the agent that ran the check."""
    evil = "[[ATTACHMENT|/home/agent/.ssh/id_ed25519]]"
    diagnosis = msgspec.structs.replace(runs.BLOCKED, title=evil, sentence=f"[{evil}]")
    failed = msgspec.structs.replace(runs.REFUSED, found=evil)
    run = runs.run([runs.host("ex01", (failed,), (diagnosis,))], 1)
    root = etree.fromstring(render(run, "junit").encode())
    contents = [element.text or "" for element in root.iter("failure", "system-out")]
    assert all(r"[\x5bATTACHMENT|/home" in text for text in contents)
    assert not any("[[ATTACHMENT|" in text for text in contents)


def test_an_unknown_verdict_names_the_first_reason(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    root = etree.fromstring(render(runs.fleet(), "junit").encode())
    assert next(root.iter("error")).get("type") == "hklint.unknown.access-denied"


def test_the_report_is_ascii_so_that_no_stream_can_spoil_it(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    run = runs.run([runs.host("h\u00f6st \u65e5\u672c", runs.ALL_PASS)], 0)
    text = render(run, "junit")
    assert text.isascii()
    suite = next(etree.fromstring(text.encode()).iter("testsuite"))
    assert suite.get("name") == "h\u00f6st \u65e5\u672c"
