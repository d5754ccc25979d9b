"""Right answers, spoiled: the faults that change what a host says."""

import base64
import random
import re
import struct
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec

from hklint.lab.wire.faults import Fault, Kind

_HEADER = struct.Struct(">QQBI")
_START, _END = 1, 2
_WHOLE = _START | _END
_MESSAGE_HEADER = 40
_POOL, _PIPELINE = slice(8, 24), slice(24, 40)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PROGRESS_RECORD = 0x00041010

_STREAM = re.compile(rb"(<rsp:Stream\b[^>]*>)([^<]*)</rsp:Stream>")
_STATE = re.compile(rb"<rsp:CommandState\b.*?</rsp:CommandState>", re.DOTALL)
_RELATES_TO = re.compile(rb"(?<=<a:RelatesTo>)[^<]*")
_SHELL_ID = re.compile(rb'(?<=<rsp:ShellId>)[^<]*|(?<=<w:Selector Name="ShellId">)[^<]*')
_COMMAND_ID = re.compile(rb'(?<=<rsp:CommandId>)[^<]*|(?<=CommandId=")[^"]*')
_DECLARATION = b'<?xml version="1.0"?>'
_ELEMENT = b"<S>&e;</S>"


class Fragment(msgspec.Struct, frozen=True):
    """A fragment of a PSRP message, [MS-PSRP] 2.2.4; `excess` is by how much its length lies."""

    number: int
    index: int
    flags: int
    data: bytes
    excess: int = 0

    def pack(self) -> bytes:
        """The bytes of it."""
        length = len(self.data) + self.excess
        return _HEADER.pack(self.number, self.index, self.flags, length) + self.data


def spoil(answer: bytes, fault: Fault) -> bytes:
    """An answer with a fault; the same one when the fault is of another sort or finds nothing."""
    if fault.kind in ANSWERS:
        return ANSWERS[fault.kind](answer)
    if fault.kind in FRAGMENTS:
        return _with_fragments(answer, FRAGMENTS[fault.kind])
    if fault.kind in MARKUP:
        change = MARKUP[fault.kind]
        inside = partial(map, partial(_with_markup, change))
        return _with_fragments(answer, inside) if fault.inside else change(answer)
    if fault.kind is Kind.SCRAMBLED:
        return _scrambled(answer, random.Random(fault.code))  # noqa: S311 - to be repeated
    return answer


def _with_fragments(answer: bytes, change: Callable[[list[Fragment]], Iterable[Fragment]]) -> bytes:
    streams = list(_STREAM.finditer(answer))
    if not streams:
        return answer
    fragments = [_unpack(base64.b64decode(stream[2])) for stream in streams]
    changed = b"".join(
        streams[0][1] + base64.b64encode(fragment.pack()) + b"</rsp:Stream>"
        for fragment in change(fragments)
    )
    return answer[: streams[0].start()] + changed + answer[streams[-1].end() :]


def _unpack(chunk: bytes) -> Fragment:
    number, index, flags, _ = _HEADER.unpack_from(chunk)
    return Fragment(number, index, flags, chunk[_HEADER.size :])


def _with_markup(change: Callable[[bytes], bytes], fragment: Fragment) -> Fragment:
    """A message that is one fragment, with other markup in it."""
    if fragment.flags != _WHOLE:
        return fragment
    head, text = fragment.data[:_MESSAGE_HEADER], fragment.data[_MESSAGE_HEADER:]
    return msgspec.structs.replace(
        fragment, data=head + change(text.removeprefix(_BYTE_ORDER_MARK))
    )


def _with_id(place: slice, fragment: Fragment) -> Fragment:
    """The first fragment of a message, with another GUID at a place of its header."""
    if not fragment.flags & _START:
        return fragment
    data = fragment.data[: place.start] + uuid.uuid4().bytes + fragment.data[place.stop :]
    return msgspec.structs.replace(fragment, data=data)


def _flagged(fragment: Fragment, flags: int) -> Fragment:
    return msgspec.structs.replace(fragment, flags=flags)


def _overlapping(fragments: list[Fragment]) -> Iterable[Fragment]:
    number = fragments[0].number
    return [msgspec.structs.replace(each, number=number, flags=_START) for each in fragments]


def _lying(fragments: list[Fragment]) -> Iterable[Fragment]:
    return [*fragments[:-1], msgspec.structs.replace(fragments[-1], excess=0x7FFF_0000)]


def _unfinished(fragments: list[Fragment]) -> Iterable[Fragment]:
    begun = (Fragment(1_000_000 + each, 0, _START, b"x") for each in range(1000))
    return [*begun, *fragments]


def _tiny(fragments: list[Fragment]) -> Iterable[Fragment]:
    """Only messages that are one short fragment: an answer must stay below the largest."""
    for fragment in fragments:
        if fragment.flags != _WHOLE or len(fragment.data) > 4096:  # noqa: PLR2004 - see above
            yield fragment
            continue
        last = len(fragment.data) - 1
        for index in range(len(fragment.data)):
            flags = (_START if index == 0 else 0) | (_END if index == last else 0)
            yield Fragment(fragment.number, index, flags, fragment.data[index : index + 1])


def _endless_output(answer: bytes) -> bytes:
    def progress(fragments: list[Fragment]) -> Iterable[Fragment]:
        first = fragments[0]
        header = struct.pack("<II", 1, _PROGRESS_RECORD) + first.data[8:_MESSAGE_HEADER]
        return [Fragment(first.number, 0, _WHOLE, header + b"x" * 20_000)]

    return _STATE.sub(b"", _with_fragments(answer, progress))


def _unrelated(answer: bytes) -> bytes:
    return _RELATES_TO.sub(b"uuid:" + _guid(), answer)


def _guid() -> bytes:
    return str(uuid.uuid4()).upper().encode()


def _scrambled(answer: bytes, chance: random.Random) -> bytes:
    changed = bytearray(answer)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 200)]
            case _:
                changed[place:place] = changed[: chance.randint(1, 200)]
    return bytes(changed)


def _typed(declarations: bytes, root: bytes = _ELEMENT) -> bytes:
    return _DECLARATION + b"<!DOCTYPE S [" + declarations + b"]>" + root


_LAUGHS = _typed(
    b'<!ENTITY e0 "ha">'
    + b"".join(f'<!ENTITY e{level + 1} "{f"&e{level};" * 10}">'.encode() for level in range(10)),
    b"<S>&e10;</S>",
)

MARKUP: Mapping[Kind, Callable[[bytes], bytes]] = {
    Kind.CUT_MARKUP: lambda right: right[: len(right) // 2],
    Kind.ENTITIES: lambda _: _LAUGHS,
    Kind.LARGE_ENTITY: lambda _: _typed(
        b'<!ENTITY e "' + b"x" * 100_000 + b'">', b"<S>" + b"&e;" * 30_000 + b"</S>"
    ),
    Kind.EXTERNAL_ENTITY: lambda _: _typed(b'<!ENTITY e SYSTEM "file:///etc/hostname">'),
    Kind.PARAMETER_ENTITY: lambda _: _typed(b"<!ENTITY % p \"<!ENTITY e 'declared by p'>\">%p;"),
    Kind.UTF16_ENTITIES: lambda _: _LAUGHS.decode().encode("utf-16"),
    Kind.DEEP: lambda _: b"<S>" * 50_000 + b"</S>" * 50_000,
    Kind.WIDE: lambda _: b"<Obj>" + b"<S/>" * 100_000 + b"</Obj>",
}
"""What becomes of XML."""

FRAGMENTS: Mapping[Kind, Callable[[list[Fragment]], Iterable[Fragment]]] = {
    Kind.WRONG_POOL: partial(map, partial(_with_id, _POOL)),
    Kind.WRONG_PIPELINE: partial(map, partial(_with_id, _PIPELINE)),
    Kind.REORDERED: lambda right: right[::-1],
    Kind.OVERLAPPING: _overlapping,
    Kind.LYING_LENGTH: _lying,
    Kind.NO_END: lambda right: [_flagged(each, each.flags & ~_END) for each in right],
    Kind.UNFINISHED: _unfinished,
    Kind.TINY: _tiny,
    Kind.DUPLICATED: lambda right: right * 2,
    Kind.MISSING: lambda _: (),
}
"""What becomes of the fragments in an answer."""

ANSWERS: Mapping[Kind, Callable[[bytes], bytes]] = {
    Kind.WRONG_RELATES_TO: _unrelated,
    Kind.WRONG_SHELL: lambda right: _SHELL_ID.sub(_guid(), right),
    Kind.WRONG_COMMAND: lambda right: _COMMAND_ID.sub(_guid(), right),
    Kind.HUGE: lambda right: right + b" " * 2_000_000,
    Kind.ENDLESS_OUTPUT: _endless_output,
}
"""What becomes of an answer as a whole."""
