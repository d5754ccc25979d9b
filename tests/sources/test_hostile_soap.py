"""SOAP from a host that means harm: damaged answers end in a failure that is none of hklint's.

The lab's service answers without HTTP between, so that thousands of conversations are quick.
`make fuzz` does this for much longer; tests/chaos does it over the wire.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import msgspec
import pypsrp.wsman
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypsrp.exceptions import WinRMTransportError

from hklint.failure import Failure, Reason
from hklint.lab.wire import soap, spoiled
from hklint.lab.wire.endpoint import DEFAULT, Endpoint
from hklint.lab.wire.faults import Fault, Kind
from hklint.lab.wire.wsman import Service
from hklint.sources import Answered, collect

MOST_CALLS = 12
PIECES = [
    *(b"<", b">", b"&", b"'", b'"', b"<!--", b"]]>", b"<![CDATA[", b"<?xml?>", b"&#0;", b"&lt;"),
    *(b"<!DOCTYPE a>", b"\xff", b"\x00", b"\xef\xbb\xbf", b"State=", b"CommandState/Done", b"="),
    *(b"<s:Body/>", b'xmlns="x"', b"</rsp:Stream>", b"<rsp:Stream Name='stdout'>QQ==</rsp:Stream>"),
]
Spoil = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def ask(kit: SimpleNamespace) -> Iterator[Callable[[Spoil], object]]:
    """Holds a conversation in which each answer of the host is spoiled."""
    executor = ThreadPoolExecutor(4)
    machine = SimpleNamespace(
        name="EX01",
        powershell="5.1.14393.0",
        collect=lambda request, *_: json.dumps(kit.answer_to(request)),
        is_collector=lambda _script: True,
    )

    chosen = kit.options(
        authentication="basic",
        allow_unencrypted=frozenset({"127.0.0.1"}),
        deadline=1.0,
        retries=0,
    )

    def hold(spoil: Spoil) -> object:
        service = Service(machine, {DEFAULT: Endpoint(machine.collect)}, executor, 30)
        calls = iter(range(MOST_CALLS))

        def send(_transport: object, message: bytes, **_options: object) -> bytes:
            if next(calls, None) is None:
                raise requests.ConnectionError
            request = msgspec.structs.replace(soap.read(message), timeout=0.05)
            try:
                return spoil(service.answer(request, kit.USER))
            except soap.FaultError as fault:
                text = spoil(soap.fault(request, fault.problem)).decode("utf-8", "replace")
                raise WinRMTransportError("http", 500, text) from None

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pypsrp.wsman._TransportHTTP, "send", send)
            try:
                return collect(kit.target_of(1), kit.REQUEST, chosen)
            finally:
                service.close()

    yield hold
    executor.shutdown()


def test_whole_answers_are_read(ask: Callable[[Spoil], object]) -> None:
    assert isinstance(ask(lambda answer: answer), Answered)


def acceptable(outcome: object) -> None:
    if isinstance(outcome, Failure):
        assert outcome.reason is not Reason.INTERNAL_ERROR, outcome
        assert outcome.detail.splitlines() == [outcome.detail]


EDITS = st.tuples(
    st.floats(0, 1), st.integers(0, 60), st.sampled_from(PIECES) | st.binary(max_size=4)
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hit=st.integers(0, 6), edits=st.lists(EDITS, min_size=1, max_size=3))
def test_damaged_answers(
    hit: int, edits: list[tuple[float, int, bytes]], ask: Callable[[Spoil], object]
) -> None:
    calls = iter(range(100))

    def spoil(answer: bytes) -> bytes:
        if next(calls) < hit:
            return answer
        for place, length, piece in edits:
            start = int(place * len(answer))
            answer = answer[:start] + piece + answer[start + length :]
        return answer

    acceptable(ask(spoil))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted({*spoiled.ANSWERS, *spoiled.FRAGMENTS, *spoiled.MARKUP})),
    hit=st.integers(0, 6),
    inside=st.booleans(),
)
def test_spoiled_answers(
    kind: Kind, hit: int, ask: Callable[[Spoil], object], *, inside: bool
) -> None:
    calls = iter(range(1000))

    def spoil(answer: bytes) -> bytes:
        return spoiled.spoil(answer, Fault(kind, inside=inside)) if next(calls) == hit else answer

    acceptable(ask(spoil))
