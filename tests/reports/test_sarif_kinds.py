"""What becomes of each outcome in the two forms: findings only, and with all kinds of results."""

from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from hklint.run import Run
from hklint.verdict import Outcome

Json = dict[str, Any]
Parse = Callable[..., Json]


def _notices(log: Json, notice_id: str) -> list[Json]:
    found = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    return [notice for notice in found if notice["descriptor"]["id"] == notice_id]


def test_all_kinds_are_valid(
    recorded: Run,
    sarif_log: Parse,
    sarif_schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
) -> None:
    log = sarif_log(recorded, all_kinds=True)
    assert [(list(e.instance_path), e.message) for e in sarif_schema.iter_errors(log)] == []
    assert sarif_prose.problems(log, findings=False) == []


def test_all_kinds_have_every_verdict(recorded: Run, sarif_log: Parse) -> None:
    (run,) = sarif_log(recorded, all_kinds=True)["runs"]
    kinds = Counter(result["kind"] for result in run["results"])
    counts = recorded.summary.counts
    assert (kinds["pass"], kinds["fail"]) == (counts[Outcome.PASS], counts[Outcome.FAIL])
    assert kinds["open"] == counts[Outcome.UNKNOWN]
    assert kinds["notApplicable"] == counts[Outcome.NOT_APPLICABLE]
    suppressed = sum(bool(result.get("suppressions")) for result in run["results"])
    assert suppressed == sum(recorded.summary.waived.values())


def test_what_is_no_finding_has_no_level(runs: ModuleType, sarif_log: Parse) -> None:
    log = sarif_log(runs.fleet(), all_kinds=True)
    levels = {(result["kind"], result["level"]) for result in log["runs"][0]["results"]}
    assert levels == {
        ("fail", "error"),
        ("pass", "none"),
        ("open", "none"),
        ("notApplicable", "none"),
    }
    assert not any("rank" in result for result in log["runs"][0]["results"])
    assert _notices(log, "rule-not-judged") == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "pass",
            (
                "On host 'ex02', 'dotnet-uses-schannel-defaults[view=64-bit]' is 'as wanted', "
                "as expected."
            ),
        ),
        ("open", "On host 'ex02', 'tls-1.2-client-usable' could not be judged: 'access denied'."),
        ("notApplicable", "On host 'ex02', 'store-reachable' does not apply: 'no Exchange'."),
    ],
)
def test_messages_say_the_outcome(runs: ModuleType, sarif_log: Parse, kind: str, text: str) -> None:
    results = sarif_log(runs.fleet(), all_kinds=True)["runs"][0]["results"]
    texts = [
        result["message"]["text"]
        for result in results
        if result["kind"] == kind and result["properties"]["hosts"] == ["ex02"]
    ]
    assert texts[0] == text


def test_a_waived_failure_is_no_finding_and_is_counted(runs: ModuleType, sarif_log: Parse) -> None:
    log = sarif_log(runs.waived())
    results = log["runs"][0]["results"]
    assert len(results) == 7
    assert not any("suppressions" in result for result in results)
    (notice,) = _notices(log, "failures-waived")
    assert notice["level"] == "note"
    assert notice["properties"] == {"waiver": "waiver-17", "failures": 1}
    assert notice["message"]["text"] == (
        "'1 failure' of policy 'exchange-store-addins' is 'waived until 2027-03-31T00:00:00Z by "
        "security-board (waiver-17, ticket CHG-1234, owner exchange-team): The 32-bit add-in host "
        "is retired in March'; it is no result here."
    )


def test_with_all_kinds_a_waived_failure_is_a_suppressed_result(
    runs: ModuleType, sarif_log: Parse
) -> None:
    log = sarif_log(runs.waived(), all_kinds=True)
    (run,) = log["runs"]
    assert all("suppressions" in result for result in run["results"])
    suppressed = {
        result["kind"]: result["suppressions"]
        for result in run["results"]
        if result["suppressions"]
    }
    assert sorted(suppressed) == ["fail", "open"], "a waived unknown is suppressed as well"
    (suppression,) = suppressed["fail"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].endswith("The 32-bit add-in host is retired in March")
    assert suppression["properties"]["expiryUtc"] == "2027-03-31T00:00:00Z"
    place = suppression["location"]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "waivers/exchange.yaml"
    assert place["region"]["snippet"]["text"] == "waiver-17"
    roles = {item["location"]["uri"]: item["roles"] for item in run["artifacts"]}
    assert roles["waivers/exchange.yaml"] == ["userSpecifiedConfiguration"]
    assert _notices(log, "failures-waived") == []


def test_a_waived_unknown_is_a_note(runs: ModuleType, sarif_log: Parse) -> None:
    (notice,) = _notices(sarif_log(runs.waived()), "rule-not-judged")
    assert notice["level"] == "note"
    assert "It is 'waived until 2027-03-31T00:00:00Z by security-board" in notice["message"]["text"]


def test_waivers_that_need_attention_are_notifications(runs: ModuleType, sarif_log: Parse) -> None:
    about = [
        (item["properties"]["waiver"], item["properties"]["what"], item["level"])
        for item in _notices(sarif_log(runs.waived()), "waiver-needs-attention")
    ]
    assert about[0] == ("waiver-3", "expired", "warning")
    assert {level for _, _, level in about[1:]} == {"note"}
    assert len(about) == 6
