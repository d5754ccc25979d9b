"""Packets: what is written can be read, and any line is a packet or an error of ours."""

import contextlib
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hklint.sources.process.packets import (
    POOL,
    Kind,
    Packet,
    PacketError,
    ReportedError,
    first,
    read,
)

PIPELINE = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


@pytest.mark.parametrize(
    ("packet", "line"),
    [
        (
            Packet(Kind.DATA, POOL, b"\0\xff"),
            b"<Data Stream='Default' PSGuid='00000000-0000-0000-0000-000000000000'>AP8=</Data>\n",
        ),
        (
            Packet(Kind.COMMAND, PIPELINE),
            b"<Command PSGuid='01234567-89ab-cdef-0123-456789abcdef' />\n",
        ),
        (
            Packet(Kind.CLOSE, PIPELINE),
            b"<Close PSGuid='01234567-89ab-cdef-0123-456789abcdef' />\n",
        ),
    ],
)
def test_lines_are_those_of_powershell(packet: Packet, line: bytes) -> None:
    assert packet.line() == line


@given(kind=st.sampled_from(Kind), about=st.uuids(), data=st.binary(min_size=1))
def test_what_is_written_can_be_read(kind: Kind, about: uuid.UUID, data: bytes) -> None:
    packet = Packet(kind, about, data if kind is Kind.DATA else b"")
    assert read(packet.line()) == packet
    assert read(packet.line().replace(b"\n", b"\r\n")) == packet


@given(noise=st.binary(), data=st.binary(min_size=1))
@example(noise=b"<Data Stream='Default' PSGuid=''", data=b"x")
@example(noise=b"<Data >", data=b"x")
def test_the_first_packet_is_found_behind_noise_without_its_tag(noise: bytes, data: bytes) -> None:
    packet = Packet(Kind.DATA, POOL, data)
    if b"<Data" not in noise and b"__NamedPipeError__" not in noise:
        assert first(noise + packet.line()) == packet


@given(line=st.binary())
@example(b"<!DOCTYPE Data []><Data/>")
@example(b"<?xml version='1.0' encoding='utf-7'?><Data/>")
@example(b"<Data Stream='Default' PSGuid=''>" + b"A" * 5 + b"</Data>")
@example(b"__NamedPipeError__:\xff\xfe")
def test_any_line_is_a_packet_or_an_error_of_ours(line: bytes) -> None:
    with contextlib.suppress(PacketError, ReportedError):
        assert isinstance(read(line), Packet)
    with contextlib.suppress(ReportedError):
        first(line)


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_line_of_beginnings_takes_no_longer_than_it_is_long(length: int) -> None:
    assert first(b"<Data <DataAck " * (length // 15)) is None
