"""A run put together: its header, each host's result, its summary."""

from collections.abc import Callable
from typing import Any

import pytest

from hklint import __version__, collector
from hklint.audit import header, host_result, summary
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered
from hklint.linking.library import Library
from hklint.run import HostResult
from hklint.snapshot import Snapshot
from hklint.sources.recorded import read_snapshot, write_snapshot
from hklint.tally import tally
from hklint.verdict import Outcome

POLICY = "exchange-store-addins"
FAILURE = Failure(Reason.TIMED_OUT, "connecting", "20 s")


def _gathered(result: Snapshot | Failure) -> Gathered:
    return Gathered(0, "EX01", "psrp://ex01", "2026-03-04T05:06:07Z", 1.5, result)


@pytest.fixture
def judged(shipped: Library, store_host: Callable[[str], Snapshot]) -> Callable[[str], HostResult]:
    """The result of a case's host."""

    def result(name: str) -> HostResult:
        return host_result(_gathered(store_host(name)), [shipped.policies[POLICY]])

    return result


def _header(shipped: Library, command: str = "check") -> Any:  # noqa: ANN401 - a header
    arguments = [command, "ex01"]
    return header(shipped, command, arguments, targets=1, fail_on="info", allow_unknown=False)


def test_the_header_says_what_was_judged_and_by_what(shipped: Library) -> None:
    found = _header(shipped)
    assert (found.hklint, found.collector_sha256) == (__version__, collector.sha256())
    assert found.arguments == ("check", "ex01")
    assert found.parameters[f"{POLICY}.store_url"] == "https://appsource.microsoft.com"
    (policy,) = (item for item in found.policies if item.id == POLICY)
    assert policy.path == "policies/exchange/store-addins.yaml"
    ids = [rule.id for rule in policy.rules]
    assert len(ids) == len(set(ids))
    assert {rule.info.id for rule in shipped.policies[POLICY].rules} == set(ids)


def test_spans_lead_to_the_text_they_name(
    shipped: Library, judged: Callable[[str], HostResult]
) -> None:
    """Reports show these places: the wanted value of a verdict, the row of a table."""
    documents = _header(shipped).documents

    def text(span: Any) -> str:  # noqa: ANN401 - a span
        line = documents[span.path].splitlines()[span.line - 1]
        return str(line[span.column - 1 : span.end_column - 1])

    verdicts = {item.name: item for item in judged("tls12-blocked").verdicts}
    assert text(verdicts["tls-1.2-client-usable"].span) == "usable"
    assert text(verdicts["store-reachable"].span) == "reached"
    assert text(verdicts["dotnet-inherits-schannel[view=32-bit]"].span) == "1"
    for verdict in verdicts.values():
        for row in verdict.rows:
            line = documents[row.span.path].splitlines()[row.span.line - 1]
            assert line.strip().removeprefix("- ").startswith("when:")


def test_a_host_is_judged_with_its_diagnosis(judged: Callable[[str], HostResult]) -> None:
    result = judged("tls12-blocked")
    assert (result.host, result.target, result.seconds) == ("EX01", "psrp://ex01", 1.5)
    assert result.windows == "build 14393"
    assert [item.state for item in result.diagnoses] == ["blocked-by-schannel"]
    assert result.failure is None


def test_a_host_that_gave_no_answer_has_no_verdicts(shipped: Library) -> None:
    result = host_result(_gathered(FAILURE), [shipped.policies[POLICY]])
    assert (result.host, result.failure) == ("EX01", FAILURE)
    assert (result.snapshot, result.diagnoses, result.verdicts) == (None, (), ())


@pytest.mark.parametrize("case", ["tls12-blocked", "healthy", "enabled-is-text", "no-request-made"])
def test_a_judgement_can_be_repeated_from_the_evidence(
    case: str,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
) -> None:
    snapshot = store_host(case)
    text = write_snapshot(snapshot)
    again = read_snapshot(text, "ex01.json")
    assert again == snapshot
    assert write_snapshot(again) == text
    policies = [shipped.policies[POLICY]]
    assert host_result(_gathered(again), policies) == host_result(_gathered(snapshot), policies)


def test_a_summary_counts_every_outcome(
    shipped: Library, judged: Callable[[str], HostResult]
) -> None:
    failed = host_result(_gathered(FAILURE), [])
    found = summary(
        tally(_header(shipped), [judged("healthy"), judged("enabled-unreadable"), failed])
    )
    assert (found.hosts, found.hosts_not_reached, found.interrupted) == (3, 1, False)
    assert found.counts == {
        Outcome.PASS: 16,
        Outcome.FAIL: 1,
        Outcome.UNKNOWN: 3,
        Outcome.NOT_APPLICABLE: 0,
    }
    assert found.exit_code == 1


def test_a_stopped_run_says_so(shipped: Library) -> None:
    stopped = Failure(Reason.CANCELLED, "before connecting", "not asked")
    assert summary(tally(_header(shipped), [host_result(_gathered(stopped), [])])).interrupted
