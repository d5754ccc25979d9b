import json
from types import SimpleNamespace
from typing import Any

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import answer as module
from hklint.sources.answer import parse_answer


@pytest.fixture
def answer(kit: SimpleNamespace) -> dict[str, Any]:
    return kit.answer_to(json.dumps(kit.REQUEST))


def test_answer_comes_through_unchanged(answer: dict[str, Any]) -> None:
    assert parse_answer(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "not JSON"),
        ("null", "not an object"),
        ('["version", 1]', "not an object"),
        ('{"version": 1.0}', "1.0 is no whole number"),
        ('{"version": NaN}', "NaN is no whole number"),
        ('{"version": ' + "9" * 5000 + "}", "not JSON"),
        ('{"version": 2, "error": {"code": "failed", "message": ""}}', "$.version"),
        ("[" * 200_000 + "]" * 200_000, "nested too deeply"),
        ('{"version":' * 200_000 + "1" + "}" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_answer(text: str, detail: str) -> None:
    outcome = parse_answer(text)
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.COLLECTOR_FAILED
    assert detail in outcome.detail


def test_departure_from_the_contract_is_located(answer: dict[str, Any]) -> None:
    answer["collector"]["bits"] = 16
    assert "$.collector.bits: 16" in parse_answer(json.dumps(answer)).detail


def test_size_is_bounded(answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ANSWER", 100)
    assert "more than" in parse_answer(json.dumps(answer)).detail


@pytest.mark.parametrize("escaped", [True, False])
def test_half_characters_do_not_spread(answer: dict[str, Any], *, escaped: bool) -> None:
    answer["collector"]["user"] = "a\ud800b"
    parsed = parse_answer(json.dumps(answer, ensure_ascii=escaped))
    assert parsed["collector"]["user"] == "a\N{REPLACEMENT CHARACTER}b"
    answer["collector"]["user"] = "a\N{GRINNING FACE}b"
    assert parse_answer(json.dumps(answer, ensure_ascii=escaped)) == answer


def test_a_long_text_of_the_host_is_cut_and_put_on_one_line() -> None:
    text = json.dumps({"version": 1, "error": {"code": "failed", "message": "x\r\ny " * 1000}})
    detail = parse_answer(text).detail
    assert len(detail) < 300
    assert detail.splitlines() == [detail]
