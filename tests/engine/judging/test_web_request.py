"""Live requests: attempts as they are recorded in `attempts.yaml`, and their outcomes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.documents.document import read_document
from hklint.fact import Present, Unreadable, WebRequest
from hklint.facts import read_answer, to_request
from hklint.facts.web_request import MEANING, OUTCOMES, classify

ATTEMPTS: dict[str, Any] = read_document(Path(__file__).parent / "attempts.yaml").root
STATUSES = sorted({case["status"] for case in ATTEMPTS.values() if "status" in case})
URI = "https://store.example"

Attempt = Callable[..., dict[str, Any]]


def _record(attempt: Attempt, name: str) -> tuple[str, dict[str, Any]]:
    fields = dict(ATTEMPTS[name])
    outcome, hresult = fields.pop("outcome"), fields.pop("hresult", None)
    record = attempt(**fields)
    for error in record["exceptions"]:
        error["hresult"] = hresult
    return outcome, record


@pytest.mark.parametrize("name", ATTEMPTS)
def test_outcome(name: str, attempt: Attempt) -> None:
    outcome, record = _record(attempt, name)
    assert classify(record) == outcome


def test_every_outcome_has_an_attempt_and_a_meaning() -> None:
    assert {case["outcome"] for case in ATTEMPTS.values()} == set(OUTCOMES) == set(MEANING)


@given(name=st.sampled_from(sorted(ATTEMPTS)), message=st.none() | st.text(max_size=500))
def test_the_text_of_an_error_decides_nothing(
    name: str, message: str | None, attempt: Attempt
) -> None:
    outcome, record = _record(attempt, name)
    assert classify(record | {"message": message}) == outcome


@given(
    http_status=st.integers(100, 599).filter(lambda number: number != 407),
    status=st.sampled_from([None, "ProtocolError"]),
    proxy=st.none() | st.just("http://proxy.example:8080"),
    method=st.sampled_from([None, "GET", "HEAD"]),
)
def test_an_answer_of_the_site_is_reached(attempt: Attempt, **fields: Any) -> None:  # noqa: ANN401 - any field
    assert classify(attempt(**fields)) == "reached"


@given(status=st.sampled_from([None, *STATUSES]), http_status=st.integers(100, 599))
def test_an_answer_to_connect_never_is(
    status: str | None, http_status: int, attempt: Attempt
) -> None:
    record = attempt(status=status, http_status=http_status, method="CONNECT")
    assert classify(record) == ("proxy-authentication" if http_status == 407 else "proxy-failed")


@given(
    status=st.none() | st.sampled_from(STATUSES) | st.text(max_size=30),
    error_id=st.none() | st.text(max_size=30),
    proxy=st.none() | st.text(max_size=30),
    exception=st.text(max_size=30),
    native_error=st.none() | st.integers(),
    socket_error=st.none() | st.integers(),
)
def test_without_an_answer_nothing_is_reached(attempt: Attempt, **fields: Any) -> None:  # noqa: ANN401 - any field
    assert classify(attempt(**fields)) != "reached"


def test_an_attempt_keeps_its_record(attempt: Attempt) -> None:
    record = attempt(way="tls12", status="SendFailure")
    seen = _read([record])
    assert seen == {WebRequest(URI, "tls12"): Present("outcome", "tls-refused", record)}


def test_an_attempt_that_was_not_run_is_unreadable(attempt: Attempt) -> None:
    record = attempt(way="default", result="not-run", message="no child process")
    assert _read([record]) == {WebRequest(URI): Unreadable("failed", "no child process")}


def test_an_attempt_that_was_not_run_says_so_itself(attempt: Attempt) -> None:
    seen = _read([attempt(way="default", result="not-run", message=None)])[WebRequest(URI)]
    assert seen == Unreadable("failed", "the request could not be started")


def test_each_way_is_asked_once_in_one_item_of_its_uri() -> None:
    asked = [
        WebRequest("https://b.example", "system-default"),
        WebRequest("https://b.example"),
        WebRequest("https://a.example", "tls12"),
        WebRequest("https://b.example"),
    ]
    assert to_request(asked)["web_requests"] == [
        {"uri": "https://a.example", "ways": ["tls12"], "timeout_seconds": 20},
        {"uri": "https://b.example", "ways": ["default", "system-default"], "timeout_seconds": 20},
    ]


def _read(attempts: list[dict[str, Any]]) -> dict[Any, Any]:
    web_requests = [{"uri": URI, "attempts": attempts}]
    return read_answer({"host": [], "registry": [], "web_requests": web_requests})
