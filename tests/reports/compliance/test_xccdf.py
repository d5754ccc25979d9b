"""XCCDF: valid for NIST's schema, and what stands where."""

import io
import re
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType

import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace

from hklint.fact import RegistryValue, Unreadable
from hklint.run import HostResult, Run
from hklint.verdict import Evidence, Outcome
from hklint_reports import FORMATS

Tree = etree._Element
Find = Callable[[str, str], list[Tree]]
OUTCOMES = {
    "pass": Outcome.PASS,
    "fail": Outcome.FAIL,
    "unknown": Outcome.UNKNOWN,
    "error": Outcome.UNKNOWN,
    "notapplicable": Outcome.NOT_APPLICABLE,
}


@pytest.fixture
def find(names: dict[str, str]) -> Find:
    """The elements of a document that a path names."""
    return lambda text, path: etree.fromstring(text.encode("ascii")).xpath(path, namespaces=names)


@pytest.fixture
def one_host(runs: ModuleType) -> Callable[..., Run]:
    """A run over one host with some verdicts."""
    return lambda *verdicts: runs.run([runs.host("ex01", verdicts)], 1)


def test_golden(
    case: str, recorded: Run, render: Callable[..., str], golden: Callable[[str, str], None]
) -> None:
    golden(f"{case}.xccdf.xml", render(recorded, "xccdf"))


def test_valid(
    recorded: Run,
    render: Callable[..., str],
    render_files: Callable[[Run, str], dict[str, str]],
    schema: Callable[[str], etree.XMLSchema],
) -> None:
    for text in (render(recorded, "xccdf"), *render_files(recorded, "xccdf").values()):
        schema("xccdf").assertValid(etree.fromstring(text.encode("ascii")))


def test_every_verdict_has_a_result_and_every_rule_at_least_one_on_each_host(
    recorded: Run, render: Callable[..., str], find: Find
) -> None:
    text = render(recorded, "xccdf")
    rules = {rule.get("id") for rule in find(text, "//x:Rule")}
    results = find(text, "/x:Benchmark/x:TestResult")
    for host, result in zip(recorded.hosts, results, strict=True):
        children = result.findall("{*}rule-result")
        assert {child.get("idref") for child in children} == rules
        counted = Counter(
            OUTCOMES[found] for child in children if (found := child[0].text) in OUTCOMES
        )
        if host.failure is None:
            assert counted == Counter(verdict.outcome for verdict in host.verdicts)


def test_a_file_for_each_host_has_the_same_as_the_one_file(
    recorded: Run,
    render: Callable[..., str],
    render_files: Callable[[Run, str], dict[str, str]],
    find: Find,
) -> None:
    whole = find(render(recorded, "xccdf"), "//x:TestResult")
    parts = render_files(recorded, "xccdf")
    assert list(parts) == [f"{host.host}.xccdf.xml" for host in recorded.hosts]
    for text, result in zip(parts.values(), whole, strict=True):
        (part,) = find(text, "//x:TestResult")
        assert etree.tostring(part) == etree.tostring(result)


def test_a_rule_with_instances_is_a_rule_for_each(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    text = render(runs.single(), "xccdf")
    rules = find(text, "//x:Rule[contains(@id, 'dotnet')]")
    assert [rule.get("id") for rule in rules] == [
        "xccdf_hklint_rule_exchange-store-addins_dotnet-uses-schannel-defaults_view_64-bit",
        "xccdf_hklint_rule_exchange-store-addins_dotnet-uses-schannel-defaults_view_32-bit",
    ]
    assert find(text, "//x:Rule[contains(@id, 'view_32')]/x:title")[0].text.endswith(
        "[view=32-bit]"
    )


@pytest.mark.parametrize(
    ("reason", "result"),
    [
        ("access-denied", "error"),
        ("failed", "error"),
        ("malformed", "error"),
        ("not-asked", "unknown"),
        ("not-allowed", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_could_not_be_read_is_an_error(
    runs: ModuleType,
    one_host: Callable[..., Run],
    render: Callable[..., str],
    find: Find,
    reason: str,
    result: str,
) -> None:
    fact = RegistryValue("HKLM", "SOFTWARE", "a")
    seen = (Evidence(fact, Unreadable(reason), ""),) if reason else ()  # type: ignore[arg-type]
    verdict = runs.judged("store-reachable", Outcome.UNKNOWN, wanted="1", found="", evidence=seen)
    text = render(one_host(verdict), "xccdf")
    (found,) = find(text, "//x:rule-result[contains(@idref, 'store-reachable')]")
    assert found[0].text == result


def test_a_waiver_leaves_the_result_as_it_is(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    run = runs.waived()
    results = find(render(run, "xccdf"), "//x:rule-result[starts-with(x:message, 'waived until')]")
    waived = sum(run.summary.waived.values())
    assert len(results) == waived > 0
    assert {result[0].text for result in results} <= {"fail", "unknown", "error"}


def test_nothing_is_known_of_a_host_that_was_not_reached(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    text = render(runs.not_reached(), "xccdf")
    silent = "//x:TestResult[x:target = 'ex09.corp.example']"
    assert {found.text for found in find(text, f"{silent}//x:result")} == {"error"}
    (message,) = {found.text for found in find(text, f"{silent}//x:message")}
    assert message.startswith("not judged: the host was not reached, timed-out (connecting): ")
    assert find(text, f"{silent}/x:title")[0].text.endswith(", which was not reached")
    assert [found.text for found in find(text, f"{silent}/x:score")] == ["0.00", "0"]


def test_scores(
    runs: ModuleType, one_host: Callable[..., Run], render: Callable[..., str], find: Find
) -> None:
    """What does not apply doesn't count, what is not known counts as if it had failed."""
    not_here = runs.judged("store-reachable", Outcome.NOT_APPLICABLE, wanted="", found="")
    run = one_host(*runs.ALL_PASS[1:4], runs.DENIED, not_here)
    scores = find(render(run, "xccdf"), "//x:score")
    assert [(score.get("system"), score.get("maximum"), score.text) for score in scores] == [
        ("urn:xccdf:scoring:default", "100", "75.00"),
        ("urn:xccdf:scoring:flat", "4", "3"),
    ]


def test_explanations_are_in_the_messages(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    messages = find(render(runs.single(), "xccdf"), "//x:rule-result/x:message")
    assert messages[0].text.splitlines()[:4] == [
        "expected usable, found blocked",
        rf"read       HKLM\{runs.CLIENT_KEY} [64-bit]",
        "               Enabled = 0 (REG_DWORD)",
        "               DisabledByDefault = 1 (REG_DWORD)",
    ]


def test_hostile_text_is_spelled_out_and_does_nothing(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    text = render(runs.hostile(), "xccdf")
    assert text.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    assert r"\x1b]0;own\x07" in text
    (target,) = find(text, "(//x:target)[1]")
    assert "<script>" in target.text
    assert find(text, "//*[local-name() = 'script']") == []
    ids = find(text, "//@id | //@idref")
    assert all(re.fullmatch(r"[A-Za-z0-9._:/-]+", str(found)) for found in ids)


def test_hosts_are_read_twice_and_not_kept(runs: ModuleType, render: Callable[..., str]) -> None:
    class Hosts:
        passes = 0

        def __iter__(self) -> Iterator[HostResult]:
            self.passes += 1
            yield from runs.fleet().hosts

    run = runs.fleet()
    assert run.tally.hosts == 3
    hosts = Hosts()
    again = type(run).counted(run.tally, hosts, run.summary)
    assert render(again, "xccdf") == render(run, "xccdf")
    assert hosts.passes == 2


def test_memory_does_not_grow_with_hosts(runs: ModuleType) -> None:
    (host,) = runs.single().hosts

    class Hosts:
        def __init__(self, number: int) -> None:
            self.number = number

        def __iter__(self) -> Iterator[HostResult]:
            return (
                msgspec.convert(msgspec.to_builtins(host), HostResult) for _ in range(self.number)
            )

    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak(number: int) -> int:
        single = runs.single()
        run = type(single).counted(single.tally, Hosts(number), single.summary)
        tracemalloc.start()
        FORMATS["xccdf"].write(run, Nowhere())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(400) < peak(10) + 100_000


def test_two_hosts_of_one_name_have_results_of_their_own(
    runs: ModuleType, render: Callable[..., str], find: Find
) -> None:
    run = runs.fleet()
    same = replace(run, hosts=tuple(replace(host, host="ex01") for host in run.hosts))
    ids = [str(found) for found in find(render(same, "xccdf"), "//x:TestResult/@id")]
    assert ids == [f"xccdf_hklint_testresult_{number:05}_ex01" for number in (1, 2, 3)]
