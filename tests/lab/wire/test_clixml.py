"""CLIXML and fragments, with psrpcore as the second opinion on both."""

import struct
import uuid
from collections.abc import Callable

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore import types

from hklint.lab.wire import ErrorCategory, TerminatingError, clixml, psrp
from hklint.lab.wire.markup import MarkupError, parse
from hklint.lab.wire.psrp import Defragmenter, FramingError, Message, MessageType

anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_every_string_survives_escaping(text: str) -> None:
    # Two lone surrogates side by side are one character, on Windows too.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert clixml.decode(clixml.encode(text)) == whole


@given(anything)
def test_what_is_escaped_is_xml(text: str) -> None:
    data = clixml.output(text)
    assert parse(data).tag == "S"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("_x0041_ _X0041_ _y", "_x005F_x0041_ _x005F_X0041_ _y"),
        ("\r\n\t\0\x85", "_x000D__x000A__x0009__x0000__x0085_"),
        ("\U0001f512\ud800", "_xD83D__xDD12__xD800_"),
        ("ä€ ", "ä€ "),
    ],
)
def test_strings_are_escaped_as_windows_does(text: str, escaped: str) -> None:
    assert clixml.encode(text) == escaped


def exchange(
    *messages: tuple[MessageType, bytes],
) -> tuple[list[psrpcore.PSRPEvent], psrpcore.ClientRunspacePool]:
    """A psrpcore client that opened a pool and got these messages; returns its events."""
    pool = psrpcore.ClientRunspacePool()
    pool.open()
    pipeline = psrpcore.ClientPowerShell(pool)
    pool.state = types.RunspacePoolState.Opened
    pipeline.add_script("x")
    pipeline.start()
    for number, (kind, data) in enumerate(messages, 1):
        in_pipeline = kind in (MessageType.PIPELINE_OUTPUT, MessageType.PIPELINE_STATE)
        pipeline_id = pipeline.pipeline_id if in_pipeline else uuid.UUID(int=0)
        message = Message(kind, pool.runspace_pool_id, pipeline_id, data)
        for chunk in psrp.fragments(number, message):
            pool.receive_data(psrpcore.PSRPPayload(chunk, psrpcore.StreamType.default, None))
    return list(iter(pool.next_event, None)), pool


def test_psrpcore_reads_how_a_pool_opens() -> None:
    events, pool = exchange(
        (MessageType.SESSION_CAPABILITY, clixml.session_capability()),
        (MessageType.APPLICATION_PRIVATE_DATA, clixml.private_data("5.1.14393.0")),
        (MessageType.RUNSPACE_POOL_STATE, clixml.pool_opened()),
    )
    assert len(events) == 3
    versions = pool.application_private_data["PSVersionTable"]
    assert str(versions["PSVersion"]) == "5.1.14393.0"
    assert [str(version) for version in versions["PSCompatibleVersions"]][-1] == "5.1.14393.0"
    assert pool.state == types.RunspacePoolState.Opened


def test_psrpcore_reads_a_string() -> None:
    text = "_x0041_ ä\r\n\U0001f512" * 20_000
    ((event,), _) = exchange((MessageType.PIPELINE_OUTPUT, clixml.output(text)))
    assert event.data == text


def test_psrpcore_reads_an_error_record() -> None:
    error = TerminatingError(
        "Access is <denied>.",
        error_id="Denied",
        category=ErrorCategory.PERMISSION_DENIED,
        exceptions=("System.Security.SecurityException", "System.SystemException"),
    )
    data = clixml.pipeline_state(clixml.FAILED, error)
    ((event,), _) = exchange((MessageType.PIPELINE_STATE, data))
    assert event.state == types.PSInvocationState.Failed
    record = event.reason
    assert record.FullyQualifiedErrorId == "Denied"
    assert record.CategoryInfo.Category == types.ErrorCategory.PermissionDenied
    assert record.Exception.Message == "Access is <denied>."


def test_the_state_of_a_pool_is_byte_for_byte_as_recorded() -> None:
    assert clixml.pool_opened() == b'<Obj RefId="0"><MS><I32 N="RunspaceState">2</I32></MS></Obj>'


def sent_by_psrpcore(build: Callable[[psrpcore.ClientPowerShell], object]) -> clixml.Pipeline:
    """The CREATE_PIPELINE that psrpcore's client sends for a pipeline."""
    pool = psrpcore.ClientRunspacePool()
    pool.state = types.RunspacePoolState.Opened
    pipeline = psrpcore.ClientPowerShell(pool)
    build(pipeline)
    pipeline.start()
    defragmenter, messages = Defragmenter(), []
    while (payload := pool.data_to_send(1000)) is not None:
        messages += defragmenter.feed(payload.data)
    (message,) = messages
    assert message.kind == MessageType.CREATE_PIPELINE
    assert message.pipeline == pipeline.pipeline_id
    return clixml.read_pipeline(message.data)


def test_a_pipeline_of_psrpcore_is_read() -> None:
    text = "_x0041_\r\n\U0001f512" * 500

    def build(pipeline: psrpcore.ClientPowerShell) -> None:
        pipeline.add_script("param($Request)").add_parameter("Request", text)
        pipeline.add_parameter("Switch", True)  # noqa: FBT003 - a value that is no string
        pipeline.add_argument("bare")

    read = sent_by_psrpcore(build)
    (command,) = read.commands
    assert command.text == "param($Request)"
    assert command.is_script
    assert command.parameters == (("Request", text), ("Switch", None), (None, "bare"))
    assert not read.has_input


@given(st.lists(st.binary(max_size=100_000), max_size=3))
def test_messages_survive_fragments(bodies: list[bytes]) -> None:
    defragmenter, got = Defragmenter(), []
    for number, body in enumerate(bodies, 1):
        message = Message(MessageType.PIPELINE_OUTPUT, uuid.uuid4(), uuid.uuid4(), body)
        for chunk in psrp.fragments(number, message):
            assert len(chunk) <= psrp.FRAGMENT_SIZE
            got += defragmenter.feed(chunk)
    assert [message.data for message in got] == bodies


GOOD = b"".join(psrp.fragments(1, Message(1, uuid.UUID(int=1), uuid.UUID(int=2), b"<S/>")))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (GOOD[:10], "header is cut"),
        (GOOD[:-1], "is cut short"),
        (GOOD[:15] + b"\1" + GOOD[16:], "out of order"),
        (GOOD[:16] + b"\2" + GOOD[17:], "out of order"),
        (GOOD[:20] + b"\3" + GOOD[21:24], "header is cut"),
        (struct.pack(">QQBI", 1, 0, 1, 5_000_000) + bytes(5_000_000), "more than"),
    ],
)
def test_broken_fragments_are_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(FramingError, match=complaint):
        Defragmenter().feed(data)


@pytest.mark.parametrize("data", [b"", b"<a>", b"\xff", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_what_is_no_clixml_is_refused(data: bytes) -> None:
    with pytest.raises(MarkupError):
        clixml.read_pipeline(data)
