"""PSRP of the sources, with psrpcore's server as the second opinion in both directions."""

import uuid
from collections.abc import Iterator

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore import types

from hklint.sources.psrp.markup import MarkupError, UnsafeMarkupError, parse
from hklint.sources.psrp.messages import Command, Writer
from hklint.sources.psrp.reading import (
    Capability,
    Changed,
    ErrorRecord,
    Event,
    FramingError,
    HostCall,
    Output,
    Reader,
    State,
)

LARGEST = 32_768

WHOLE_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


class Host:
    """psrpcore's server with an opened pool, and the sources' writer and reader before it."""

    def __init__(self) -> None:
        self.pool_id = uuid.uuid4()
        self.pool = psrpcore.ServerRunspacePool()
        self.writer = Writer(self.pool_id, LARGEST)
        self.reader = Reader(self.pool_id)
        self._take(self.writer.opening())
        self.opening = list(self.heard())

    def run(self, command: Command, protocol: str = "2.3") -> psrpcore.ServerPipeline:
        """The pipeline that a command makes, running."""
        pipeline_id = self.reader.pipeline = uuid.uuid4()
        pipeline = psrpcore.ServerPipeline(self.pool, pipeline_id)
        for fragment in self.writer.pipeline(pipeline_id, command, protocol):
            assert len(fragment) <= LARGEST
            self._take(fragment, pipeline_id)
        pipeline.start()
        return pipeline

    def heard(self) -> Iterator[Event]:
        """What the reader makes of all that the server has to say."""
        while (payload := self.pool.data_to_send()) is not None:
            yield from self.reader.feed(payload.data)

    def _take(self, fragments: bytes, pipeline_id: uuid.UUID | None = None) -> None:
        payload = psrpcore.PSRPPayload(fragments, psrpcore.StreamType.default, pipeline_id)
        self.pool.receive_data(payload)
        while self.pool.next_event() is not None:
            pass


def script(text: str = "param($Request) $Request", request: str = "{}") -> Command:
    return Command(text, request, is_script=True)


def test_a_pool_is_opened() -> None:
    host = Host()
    assert host.pool.state is types.RunspacePoolState.Opened
    capability, *_, opened = host.opening
    assert isinstance(capability, Capability)
    assert capability.protocol.startswith("2.")
    assert opened == Changed(of_pool=True, state=State.POOL_OPENED, error=None)


@given(text=WHOLE_TEXT.filter(bool), request=WHOLE_TEXT)
def test_a_command_arrives_as_it_is(text: str, request: str) -> None:
    for is_script in (True, False):
        pipeline = Host().run(Command(text, request, is_script=is_script))
        (command,) = pipeline.metadata.commands
        assert (command.command_text, command.is_script) == (text, is_script)
        assert command.parameters == [("Request", request)]


def test_a_large_request_comes_in_fragments() -> None:
    request = "x" * (3 * LARGEST)
    pipeline = Host().run(script(request=request))
    assert pipeline.metadata.commands[0].parameters == [("Request", request)]


@pytest.mark.parametrize(("protocol", "merges"), [("2.2", False), ("2.3", True)])
def test_an_older_host_is_told_nothing_newer(protocol: str, merges: bool) -> None:  # noqa: FBT001
    """The information stream came with PSRP 2.3 ([MS-PSRP] 2.2.3.12)."""
    fragments = Writer(uuid.uuid4(), LARGEST).pipeline(uuid.uuid4(), script(), protocol)
    assert (b"MergeInformation" in b"".join(fragments)) is merges


@given(text=WHOLE_TEXT)
def test_a_string_comes_back_as_it_is(text: str) -> None:
    host = Host()
    pipeline = host.run(script())
    pipeline.write_output(text)
    pipeline.complete()
    assert [event for event in host.heard() if isinstance(event, Output)] == [Output(text)]


@pytest.mark.parametrize("value", [None, 7, ["a"], {"a": 1}])
def test_what_is_no_string_is_none(value: object) -> None:
    host = Host()
    host.run(script()).write_output(value)
    assert Output(None) in list(host.heard())


def test_an_error_record_is_read() -> None:
    host = Host()
    pipeline = host.run(script())
    pipeline.write_error(
        types.NETException(Message="no such thing"),
        category_info=types.ErrorCategoryInfo(Category=types.ErrorCategory.ObjectNotFound),
        fully_qualified_error_id="CommandNotFoundException",
    )
    (record,) = (event for event in host.heard() if isinstance(event, ErrorRecord))
    assert (record.error_id, record.category) == ("CommandNotFoundException", 13)
    assert record.message == "no such thing"


def test_a_question_to_the_user_is_noticed() -> None:
    host = Host()
    pipeline = host.run(script())
    pipeline.host_call(types.HostMethodIdentifier.ReadLine)
    assert HostCall() in list(host.heard())


def test_messages_of_another_pipeline_are_not_heard() -> None:
    host = Host()
    pipeline = host.run(script())
    host.reader.pipeline = uuid.uuid4()
    pipeline.write_output("somebody else's")
    pipeline.complete()
    assert list(host.heard()) == []


def test_streams_that_no_answer_needs_are_passed_over() -> None:
    host = Host()
    pipeline = host.run(script())
    pipeline.write_verbose("v")
    pipeline.write_warning("w")
    pipeline.write_progress("a", 1, "p")
    pipeline.write_output("answer")
    pipeline.complete()
    running = Changed(of_pool=False, state=1, error=None)
    last = Changed(of_pool=False, state=State.PIPELINE_COMPLETED, error=None)
    heard = [event for event in host.heard() if event != running]
    assert heard == [Output("answer"), last]


@pytest.mark.parametrize("cut", [1, 20, 21, 30])
def test_a_fragment_that_is_cut_short(cut: int) -> None:
    with pytest.raises(FramingError):
        list(Reader(uuid.uuid4()).feed(Writer(uuid.uuid4(), LARGEST).opening()[:cut]))


def test_fragments_out_of_order() -> None:
    first, second, *_ = Writer(uuid.uuid4(), LARGEST).pipeline(
        uuid.uuid4(), script(request="x" * (3 * LARGEST)), "2.3"
    )
    reader = Reader(uuid.uuid4())
    assert list(reader.feed(first)) == []
    with pytest.raises(FramingError):
        list(reader.feed(first))
    with pytest.raises(FramingError):
        list(Reader(uuid.uuid4()).feed(second))


@pytest.mark.parametrize(
    "markup",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<!DOCTYPE a><a/>",
        "<a>" * 65,
        "<a>" + "<b/>" * 10_000 + "</a>",
    ],
)
def test_xml_that_exhausts_its_reader(markup: str | bytes) -> None:
    with pytest.raises(UnsafeMarkupError):
        parse(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "no XML",
        "<a",
        "<a></b>",
        "<a>&e;</a>",
        b"\xff\xfe\xff",
        '<!DOCTYPE a [<!ENTITY e "x">]><a/>'.encode("utf-16"),
    ],
)
def test_what_is_no_xml(markup: str | bytes) -> None:
    with pytest.raises(MarkupError):
        parse(markup)
