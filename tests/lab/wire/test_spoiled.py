"""What becomes of a right answer, kind by kind."""

import base64
import uuid
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from hklint.lab.wire import Fault, Kind, clixml, psrp, soap
from hklint.lab.wire.markup import MarkupError, element, parse
from hklint.lab.wire.spoiled import ANSWERS, FRAGMENTS, MARKUP, spoil

POOL, PIPELINE = uuid.uuid4(), uuid.uuid4()
REQUEST = soap.Envelope("do:it", "uuid:MINE", "", "", "", 1.0, 512_000, ET.Element("none"))
OUTPUT, STATE = 0x00041004, 0x00041006


def messages() -> list[bytes]:
    """The fragments of a large output, and of the state that follows it."""
    output = psrp.Message(OUTPUT, POOL, PIPELINE, clixml.output("x" * 70_000))
    state = psrp.Message(STATE, POOL, PIPELINE, clixml.pipeline_state(4))
    return [*psrp.fragments(1, output), *psrp.fragments(2, state)]


def answer() -> bytes:
    streams = [
        element("rsp:Stream", base64.b64encode(chunk).decode(), {"CommandId": "MINE"})
        for chunk in messages()
    ]
    code = element("rsp:ExitCode", "0")
    state = element("rsp:CommandState", [code], {"CommandId": "MINE"})
    shell = element("rsp:ShellId", "MINE")
    return soap.answer(REQUEST, [element("rsp:ReceiveResponse", [*streams, state]), shell])


RIGHT = answer()


def chunks(spoiled: bytes) -> list[bytes]:
    found = parse(spoiled).iterfind(".//rsp:Stream", soap.PREFIXES)
    return [base64.b64decode(stream.text or "") for stream in found]


def heads(spoiled: bytes) -> list[tuple[int, int, int]]:
    """Number, index and flags of the fragments."""
    return [
        (int.from_bytes(each[:8], "big"), int.from_bytes(each[8:16], "big"), each[16])
        for each in chunks(spoiled)
    ]


def has_other_id(spoiled: bytes, place: slice) -> bool:
    """Whether each message has another id there, and is the same otherwise."""
    starts = [each[21:] for each in chunks(spoiled) if each[16] & 1]
    right = [each[21:] for each in messages() if each[16] & 1]
    return all(
        one[: place.start] + one[place.stop :] == other[: place.start] + other[place.stop :]
        and one[place] != other[place]
        for one, other in zip(starts, right, strict=True)
    )


RIGHT_HEADS = [(1, 0, 1), (1, 1, 0), (1, 2, 2), (2, 0, 3)]

IN_FRAGMENTS: dict[Kind, Callable[[bytes], bool]] = {
    Kind.WRONG_POOL: lambda spoiled: has_other_id(spoiled, slice(8, 24)),
    Kind.WRONG_PIPELINE: lambda spoiled: has_other_id(spoiled, slice(24, 40)),
    Kind.REORDERED: lambda spoiled: heads(spoiled) == RIGHT_HEADS[::-1],
    Kind.OVERLAPPING: lambda spoiled: (
        heads(spoiled) == [(1, 0, 1), (1, 1, 1), (1, 2, 1), (1, 0, 1)]
    ),
    Kind.LYING_LENGTH: lambda spoiled: chunks(spoiled)[-1][17] == 0x7F,
    Kind.NO_END: lambda spoiled: heads(spoiled) == [(1, 0, 1), (1, 1, 0), (1, 2, 0), (2, 0, 1)],
    Kind.UNFINISHED: lambda spoiled: {flags for *_, flags in heads(spoiled)[:1000]} == {1},
    Kind.TINY: lambda spoiled: len(chunks(spoiled)[-1]) == 22,
    Kind.DUPLICATED: lambda spoiled: heads(spoiled) == RIGHT_HEADS * 2,
    Kind.MISSING: lambda spoiled: heads(spoiled) == [],
}


def test_each_kind_is_tested() -> None:
    assert set(IN_FRAGMENTS) == set(FRAGMENTS)


@pytest.mark.parametrize("kind", IN_FRAGMENTS)
def test_fragments(kind: Kind) -> None:
    assert IN_FRAGMENTS[kind](spoil(RIGHT, Fault(kind)))


def test_tiny_fragments_say_the_same() -> None:
    tiny = b"".join(chunks(spoil(RIGHT, Fault(Kind.TINY)))[3:])
    (message,) = psrp.Defragmenter().feed(tiny)
    assert message == psrp.Message(STATE, POOL, PIPELINE, clixml.pipeline_state(4))


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        (Kind.WRONG_RELATES_TO, {"a:RelatesTo"}),
        (Kind.WRONG_SHELL, {"rsp:ShellId"}),
        (Kind.WRONG_COMMAND, {"rsp:Stream", "rsp:CommandState"}),
    ],
)
def test_ids(kind: Kind, ids: set[str]) -> None:
    spoiled = spoil(RIGHT, Fault(kind))
    changed = {
        one
        for one in ("a:RelatesTo", "rsp:ShellId", "rsp:Stream", "rsp:CommandState")
        if (found := parse(spoiled).find(f".//{one}", soap.PREFIXES)) is not None
        and "MINE" not in f"{found.text} {found.attrib}"
    }
    assert changed == ids


def test_a_huge_answer_says_the_same() -> None:
    spoiled = spoil(RIGHT, Fault(Kind.HUGE))
    assert len(spoiled) > 2_000_000
    assert chunks(spoiled) == messages()


def test_endless_output_is_never_done() -> None:
    spoiled = spoil(RIGHT, Fault(Kind.ENDLESS_OUTPUT))
    assert b"CommandState" not in spoiled
    (message,) = psrp.Defragmenter().feed(b"".join(chunks(spoiled)))
    assert (message.kind, message.pipeline) == (0x00041010, PIPELINE)


def test_what_is_scrambled_can_be_repeated() -> None:
    spoiled = [spoil(RIGHT, Fault(Kind.SCRAMBLED, code=seed)) for seed in (1, 1, 2)]
    assert spoiled[0] == spoiled[1] != spoiled[2]
    assert spoiled[0] != RIGHT


SAYS: dict[Kind, str] = {
    Kind.CUT_MARKUP: "",
    Kind.ENTITIES: "<!ENTITY e10 ",
    Kind.LARGE_ENTITY: "&e;&e;",
    Kind.EXTERNAL_ENTITY: 'SYSTEM "file:///',
    Kind.PARAMETER_ENTITY: "%p;",
    Kind.UTF16_ENTITIES: "<!ENTITY e10 ",
    Kind.DEEP: "<S><S><S>",
    Kind.WIDE: "<S/><S/><S/>",
}


@pytest.mark.parametrize("kind", MARKUP)
def test_markup(kind: Kind) -> None:
    spoiled = spoil(RIGHT, Fault(kind))
    encoding = "utf-16" if kind is Kind.UTF16_ENTITIES else "utf-8"
    assert SAYS[kind] in spoiled.decode(encoding)
    if kind not in {Kind.WIDE, Kind.DEEP}:
        with pytest.raises(MarkupError):
            parse(spoiled)


@pytest.mark.parametrize("kind", MARKUP)
def test_markup_in_messages(kind: Kind) -> None:
    """A message of several fragments stays as it is, and the answer is still one."""
    spoiled = chunks(spoil(RIGHT, Fault(kind, inside=True)))
    assert spoiled[:-1] == messages()[:-1]
    head = messages()[-1][21:61]
    assert spoiled[-1][21:61] == head
    assert spoiled[-1][61:] == MARKUP[kind](clixml.pipeline_state(4))


@pytest.mark.parametrize("kind", [Kind.ENTITIES, Kind.UTF16_ENTITIES, Kind.LARGE_ENTITY])
def test_bombs_go_off(kind: Kind) -> None:
    """Where a parser allows entities, nothing ends it but expat's own last resort."""
    with pytest.raises(ET.ParseError, match="limit on input amplification"):
        ET.fromstring(MARKUP[kind](b""))  # noqa: S314 - to see it go off


def test_an_answer_without_fragments_stays_as_it_is() -> None:
    empty = soap.answer(REQUEST, [])
    for kind in FRAGMENTS:
        assert spoil(empty, Fault(kind)) == empty


def test_tables_share_no_kind() -> None:
    assert len({*ANSWERS, *FRAGMENTS, *MARKUP}) == len(ANSWERS) + len(FRAGMENTS) + len(MARKUP)
