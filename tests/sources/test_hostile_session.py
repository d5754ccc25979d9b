"""Sessions in which a host says the right things in the wrong order, or too many of them."""

import struct
import uuid
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from hklint.failure import Failure, Reason
from hklint.sources.psrp.carrier import Received
from hklint.sources.psrp.reading import Kind
from hklint.sources.psrp.session import Session

STRANGER = uuid.UUID(int=7)


def state(number: int, name: str = "PipelineState", more: str = "") -> str:
    return f"<Obj><MS><I32 N='{name}'>{number}</I32>{more}</MS></Obj>"


Said = tuple[int, str]

CAPABLE = (
    Kind.SESSION_CAPABILITY,
    "<Obj><MS><Version N='protocolversion'>2.3</Version></MS></Obj>",
)
OPENED = (Kind.POOL_STATE, state(2, "RunspaceState"))
CLOSED = (Kind.POOL_STATE, state(3, "RunspaceState"))
CLOSING = (Kind.POOL_STATE, state(4, "RunspaceState"))
BROKEN = (Kind.POOL_STATE, state(5, "RunspaceState"))
RUNNING = (Kind.PIPELINE_STATE, state(2))
STOPPED = (Kind.PIPELINE_STATE, state(3))
COMPLETED = (Kind.PIPELINE_STATE, state(4))
FAILED = (Kind.PIPELINE_STATE, state(5))
ANSWER = (Kind.OUTPUT, "<S>answer</S>")
NULL = (Kind.OUTPUT, "")
OBJECT = (Kind.OUTPUT, "<Obj RefId='0'><S>answer</S></Obj>")
ASKED = (Kind.HOST_CALL, "<Obj/>")
ERROR = (
    Kind.ERROR_RECORD,
    "<Obj><ToString>no</ToString><MS><S N='FullyQualifiedErrorId'>Nope</S></MS></Obj>",
)
PROGRESS = (0x00041010, "<nothing that is read")

OF_THE_POOL = {Kind.SESSION_CAPABILITY, Kind.POOL_STATE}


class Scripted:
    """A carrier whose host says what a test says; each list is what one wait brings."""

    largest = 32_768

    def __init__(self, opening: Sequence[list[Said]], answers: Sequence[list[Said]]) -> None:
        self.line = SimpleNamespace(reached=None)
        self._waits = {None: iter(opening), "pipeline": iter(answers)}
        self._pool = self._pipeline = STRANGER
        self._number = 0

    def open(self, pool: uuid.UUID, _opening: bytes) -> None:
        self._pool = pool

    def start(self, pipeline: uuid.UUID, _fragments: Sequence[bytes]) -> None:
        self._pipeline = pipeline

    def receive(self, pipeline: uuid.UUID | None) -> Received:
        said = next(self._waits[None if pipeline is None else "pipeline"], None)
        if said is None:
            return Received(b"", done=True)
        return Received(b"".join(map(self._fragment, said)), done=False)

    def _fragment(self, said: Said) -> bytes:
        kind, markup = said
        self._number += 1
        owner = uuid.UUID(int=0) if kind in OF_THE_POOL else self._pipeline
        head = struct.pack("<II", 1, kind) + self._pool.bytes_le + owner.bytes_le
        data = head + markup.encode()
        return struct.pack(">QQBI", self._number, 0, 3, len(data)) + data


def ask(opening: Sequence[list[Said]], answers: Sequence[list[Said]]) -> str | Reason:
    said = Session(Scripted(opening, answers)).ask("{}", function_first=False)
    return said.reason if isinstance(said, Failure) else said.text


WELL = [[CAPABLE, OPENED]]
NO_ANSWER, NO_PROTOCOL = Reason.COLLECTOR_FAILED, Reason.PROTOCOL_ERROR
LOST = Reason.CONNECTION_LOST

ANSWERS: dict[str, tuple[list[list[Said]], str | Reason]] = {
    "as it should be": ([[RUNNING, ANSWER, COMPLETED]], "answer"),
    "piece by piece": ([[RUNNING], [], [ANSWER], [PROGRESS], [COMPLETED]], "answer"),
    "an answer, and no end": ([[ANSWER]], NO_PROTOCOL),
    "nothing at all": ([], NO_PROTOCOL),
    "an end without an answer": ([[COMPLETED]], NO_ANSWER),
    "an end before the answer": ([[COMPLETED], [ANSWER]], NO_ANSWER),
    "two answers": ([[ANSWER, ANSWER, COMPLETED]], NO_ANSWER),
    "two ends and two answers": ([[ANSWER, COMPLETED, ANSWER, COMPLETED]], NO_ANSWER),
    "the answer of a stopped script": ([[ANSWER, STOPPED]], NO_ANSWER),
    "the answer of a failed script": ([[ANSWER, FAILED]], NO_ANSWER),
    "an answer and an error": ([[ANSWER, ERROR, COMPLETED]], NO_ANSWER),
    "nothing as an answer": ([[NULL, COMPLETED]], NO_ANSWER),
    "an object as an answer": ([[OBJECT, COMPLETED]], NO_ANSWER),
    "a question": ([[ASKED, ANSWER, COMPLETED]], NO_ANSWER),
    "the pool is closed in between": ([[CLOSED]], LOST),
    "the pool is broken in between": ([[ANSWER, BROKEN]], LOST),
    "the pool is closing: no end of the script": ([[ANSWER, CLOSING]], LOST),
    "the pool is closed after the end": ([[ANSWER, COMPLETED, CLOSED]], "answer"),
    "the pool is opened once more": ([[OPENED, ANSWER, COMPLETED]], "answer"),
    "an end that is none": ([[ANSWER, (Kind.PIPELINE_STATE, state(77))]], NO_ANSWER),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_pipelines(case: str) -> None:
    answers, expected = ANSWERS[case]
    assert ask(WELL, answers) == expected


OPENINGS: dict[str, tuple[list[list[Said]], str | Reason]] = {
    "piece by piece": ([[CAPABLE], [], [PROGRESS], [OPENED]], "answer"),
    "opened, and something after that": ([[CAPABLE, OPENED, CAPABLE]], "answer"),
    "opened by a host that says nothing of itself": ([[OPENED]], "answer"),
    "nothing at all": ([], NO_PROTOCOL),
    "closed": ([[CAPABLE, CLOSED]], NO_PROTOCOL),
    "broken, and then opened": ([[CAPABLE, BROKEN, OPENED]], NO_PROTOCOL),
}


@pytest.mark.parametrize("case", OPENINGS)
def test_pools(case: str) -> None:
    opening, expected = OPENINGS[case]
    assert ask(opening, [[ANSWER, COMPLETED]]) == expected
