"""PSRP from a host that means harm: an error or an event for every byte, in time that is linear.

`make fuzz` does this for much longer.
"""

import struct
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore import types

from hklint.sources.psrp.markup import MarkupError
from hklint.sources.psrp.messages import Command, Writer
from hklint.sources.psrp.reading import (
    LARGEST_MESSAGE,
    ErrorRecord,
    FramingError,
    Kind,
    Output,
    Reader,
)

POOL, PIPELINE = uuid.UUID(int=1), uuid.UUID(int=2)
WHOLE, START, END = 3, 1, 2
REFUSED = (FramingError, MarkupError)


def fragment(data: bytes, number: int = 1, index: int = 0, flags: int = WHOLE) -> bytes:
    return struct.pack(">QQBI", number, index, flags, len(data)) + data


def message(
    kind: int, markup: bytes, pool: uuid.UUID = POOL, pipeline: uuid.UUID = PIPELINE
) -> bytes:
    return struct.pack("<II", 1, kind) + pool.bytes_le + pipeline.bytes_le + markup


def read(*data: bytes) -> list[object]:
    reader = Reader(POOL)
    reader.pipeline = PIPELINE
    return [event for each in data for event in reader.feed(each)]


def conversation() -> Iterator[bytes]:
    """All that psrpcore's server has to say in a session with everything in it."""
    server = psrpcore.ServerRunspacePool()
    writer = Writer(POOL, 32_768)
    server.receive_data(psrpcore.PSRPPayload(writer.opening(), psrpcore.StreamType.default, None))
    while server.next_event() is not None:
        pass
    pipeline = psrpcore.ServerPipeline(server, PIPELINE)
    for each in writer.pipeline(PIPELINE, Command("x", "{}", is_script=True), "2.3"):
        server.receive_data(psrpcore.PSRPPayload(each, psrpcore.StreamType.default, PIPELINE))
    while server.next_event() is not None:
        pass
    pipeline.start()
    pipeline.write_progress("a", 1, "p")
    pipeline.write_output("answer \N{GRINNING FACE} _x0041_" * 3000)
    pipeline.write_error(
        types.NETException(Message="no such thing"),
        category_info=types.ErrorCategoryInfo(Category=types.ErrorCategory.ObjectNotFound),
        fully_qualified_error_id="CommandNotFoundException",
    )
    pipeline.host_call(types.HostMethodIdentifier.ReadLine)
    pipeline.complete()
    while (payload := server.data_to_send()) is not None:
        yield payload.data


SAID = b"".join(conversation())


# -- whatever comes --------------------------------------------------------------------------------


def test_the_conversation_is_whole() -> None:
    kinds = [type(event).__name__ for event in read(SAID)]
    assert set(kinds) == {"Capability", "Changed", "Output", "ErrorRecord", "HostCall"}


def consume(*data: bytes) -> None:
    with suppress(*REFUSED):
        read(*data)


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_bytes(data: list[bytes]) -> None:
    consume(*data)


@given(data=st.data())
def test_damaged_conversations(data: st.DataObject) -> None:
    said = bytearray(SAID)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(said) - 1))
        match data.draw(st.sampled_from(["change", "remove", "repeat", "insert"])):
            case "change":
                said[place] ^= data.draw(st.integers(1, 255))
            case "remove":
                del said[place : place + data.draw(st.integers(1, 3000))]
            case "repeat":
                said[place:place] = said[place : place + data.draw(st.integers(1, 3000))]
            case _:
                said[place:place] = data.draw(st.binary(min_size=1, max_size=60))
        if not said:
            break
    cut = data.draw(st.integers(0, len(said)))
    consume(bytes(said[:cut]), bytes(said[cut:]))


@given(
    kind=st.sampled_from([*Kind, 0x00041010]),
    markup=st.text(
        st.sampled_from(list("<>/&;='\" SMOINTnx0041_Objlxmlns:#\ud800\x00é")), max_size=80
    ),
    flags=st.integers(0, 255),
    pool=st.sampled_from([POOL, uuid.UUID(int=0), PIPELINE]),
)
def test_messages_with_any_markup(kind: int, markup: str, flags: int, pool: uuid.UUID) -> None:
    data = message(kind, markup.encode("utf-8", "surrogatepass"), pool=pool)
    consume(fragment(data), fragment(data, flags=flags))


# -- what is refused -------------------------------------------------------------------------------


BOMBS: dict[str, bytes] = {
    "a document type": b'<!DOCTYPE S [<!ENTITY e "x">]><S>&e;</S>',
    "the same in UTF-16": '<!DOCTYPE S [<!ENTITY e "x">]><S>&e;</S>'.encode("utf-16"),
    "200,000 levels": b"<S>" * 200_000 + b"</S>" * 200_000,
    "100,000 elements": b"<Obj>" + b"<S/>" * 100_000 + b"</Obj>",
    "more than a record": b"<Obj>" + b" " * 2_000_000 + b"</Obj>",
    "many attributes": b"<S " + b" ".join(b"a%d=''" % each for each in range(200_000)) + b"/>",
    "an encoding": b"<?xml version='1.0' encoding='utf-7'?><S>+ADw-</S",
}


@pytest.mark.parametrize("markup", BOMBS.values(), ids=list(BOMBS))
@pytest.mark.parametrize("kind", [Kind.OUTPUT, Kind.ERROR_RECORD, Kind.POOL_STATE])
def test_markup_that_exhausts_its_reader(kind: Kind, markup: bytes) -> None:
    with pytest.raises(REFUSED):
        read(fragment(message(kind, markup)))


def test_messages_of_another_session() -> None:
    with pytest.raises(FramingError, match="another session"):
        read(fragment(message(Kind.OUTPUT, b"<S>x</S>", pool=PIPELINE)))


def test_many_messages_that_do_not_end() -> None:
    with pytest.raises(FramingError, match="more messages at once"):
        read(*(fragment(b"x", number, flags=START) for number in range(20)))


def test_a_message_that_does_not_end() -> None:
    part = bytes(1024 * 1024)
    flags = (START, *[0] * 40)
    with pytest.raises(FramingError, match="larger than any answer"):
        read(*(fragment(part, 1, index, flag) for index, flag in enumerate(flags)))
    assert 40 * len(part) > LARGEST_MESSAGE


@pytest.mark.parametrize("text", ["", "x", "2", "2.", "2.3.4", "٢.٣", "2.99999", "9" * 100])
def test_versions_that_are_none(text: str) -> None:
    markup = f"<Obj><MS><Version N='protocolversion'>{text}</Version></MS></Obj>"
    with pytest.raises(MarkupError, match="version of PSRP"):
        read(fragment(message(Kind.SESSION_CAPABILITY, markup.encode())))


# -- time ------------------------------------------------------------------------------------------


def output(text: str) -> bytes:
    return fragment(message(Kind.OUTPUT, f"<S>{text}</S>".encode()))


def tiny(size: int) -> bytes:
    data = message(Kind.OUTPUT, b"<S>" + b"x" * size + b"</S>")
    last = len(data) - 1
    return b"".join(
        fragment(data[i : i + 1], 1, i, (START if i == 0 else 0) | (END if i == last else 0))
        for i in range(len(data))
    )


def empty(size: int) -> bytes:
    """Fragments with nothing in them."""
    return fragment(b"", flags=START) + b"".join(
        fragment(b"", 1, index, 0) for index in range(1, size)
    )


LARGE: dict[str, Callable[[int], bytes]] = {
    "a string": lambda size: output("x" * size * 8),
    "escapes": lambda size: output("_x0041_" * size),
    "half an escape": lambda size: output("_x" * size),
    "surrogates": lambda size: output("_xD83D__xDE00_" * (size // 2)),
    "references": lambda size: output("&amp;" * size),
    "fragments of a byte": tiny,
    "fragments of nothing": empty,
    "many messages": lambda size: fragment(message(0x00041010, b"<S/>")) * (size // 8),
    "many strings": lambda size: output("x") * (size // 64),
    "elements": lambda size: fragment(
        message(Kind.OUTPUT, b"<Obj>" + b"<S/>" * min(size // 16, 9000) + b"</Obj>")
    ),
}


def seconds(data: bytes) -> float:
    def once() -> float:
        started = time.process_time()
        read(data)
        return time.process_time() - started

    return min(once() for _ in range(3))


@pytest.mark.parametrize("make", LARGE.values(), ids=list(LARGE))
def test_time_is_linear(make: Callable[[int], bytes]) -> None:
    """Eight times as much may take eight times as long, and as much again for what is uneven."""
    small, large = seconds(make(20_000)), seconds(make(160_000))
    assert large < 16 * small + 0.02


def test_the_largest_answer_with_nothing_but_escapes_is_read() -> None:
    (event,) = read(output("_x0041_" * 2_000_000))
    assert event == Output("A" * 2_000_000)


def test_an_error_record_may_be_rich() -> None:
    """As rich as no real one is: 500 elements and 100 KB of text."""
    inner = "".join(f"<S N='p{each}'>{'t' * 200}</S>" for each in range(500))
    markup = (
        f"<Obj><ToString>why</ToString><MS><S N='FullyQualifiedErrorId'>id</S>{inner}</MS></Obj>"
    )
    (event,) = read(fragment(message(Kind.ERROR_RECORD, markup.encode())))
    assert event == ErrorRecord("id", None, "why")
