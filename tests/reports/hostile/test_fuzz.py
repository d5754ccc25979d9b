"""Any text in every place of a run: each report stays valid."""

import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hklint.cli.folder import NewFolder
from hklint.run import Baseline, Control, Gone, Reference, Run, RunHeader
from hklint_reports import FORMATS, Options

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)
SIGNS = st.text(
    st.sampled_from(
        "<>&'\"=+-@,;|`*_[](){}!#:/\\%$~ a\t\r\n\0\x1b\x7f\x85\xa0\u202e\u2028\ud800\uffff"
    ),
    max_size=40,
)
BREAKS = (
    "</script>",
    "<!--",
    "]]>",
    "&amp;",
    "::error::",
    "##vso[",
    "##[",
    "%0A",
    "{{",
    "${",
    "](",
)
PIECES = st.lists(st.sampled_from(BREAKS), max_size=6).map("".join)


@pytest.fixture(scope="module")
def run_of(runs: ModuleType) -> Callable[[str], Run]:
    """A run with a text in every place: of the host, of the policy and of the command line."""
    run: Run = runs.hostile()
    header = _header(run.header, runs.EVIL)
    first, *others = run.hosts
    gone = (Gone(runs.POLICY, runs.RULES[0].id, runs.EVIL, runs.EVIL, "low"),)
    hosts = (msgspec.structs.replace(first, gone=gone), *others)

    def filled(text: str) -> Run:
        return Run(
            _replaced(header, runs.EVIL, (text.strip() and text) or "empty"),  # policies need texts
            _replaced(hosts, runs.EVIL, text),
            run.summary,
        )

    return filled


def _header(header: RunHeader, evil: str) -> RunHeader:
    """What policies and the command line can fill; rules are on the list of a STIG."""
    (policy,) = header.policies
    rules = tuple(
        msgspec.structs.replace(
            rule,
            title=evil,
            why=evil,
            remedy=evil,
            references=(Reference(evil, evil), Reference(evil, f"https://{evil}")),
            tags=(evil,),
            controls=(Control("stig", f"V-{number}"), Control(evil, evil)),
        )
        for number, rule in enumerate(policy.rules, 254_344)
    )
    return msgspec.structs.replace(
        header,
        arguments=(evil,),
        policies=(msgspec.structs.replace(policy, title=evil, version=evil, rules=rules),),
        parameters={evil: evil},
        sources={evil: evil},
        profiles=(evil,),
        collector_sha256=evil,
        baseline=Baseline(evil, evil, 1),
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=ANYTHING | SIGNS | PIECES)
def test_no_text_breaks_a_report(
    name: str, text: str, run_of: Callable[[str], Run], readers: ModuleType
) -> None:
    for data in _written(name, run_of(text)):
        readers.READERS[name](data)


@pytest.mark.parametrize("damage", ["\x1b[2J", "\x9b31m", "\u202e", "\n::error::x\n", "##vso[x]"])
@pytest.mark.parametrize("name", FORMATS)
def test_each_reader_notices(
    name: str, damage: str, run_of: Callable[[str], Run], readers: ModuleType
) -> None:
    for data in _written(name, run_of("x")):
        text = data.decode("utf-8")
        middle = len(text) // 2
        damaged = f"{text[:middle]}{damage}{text[middle:]}"
        with pytest.raises((AssertionError, ValueError, etree.XMLSyntaxError)):
            readers.READERS[name](damaged.encode())


def _written(name: str, run: Run) -> Iterator[bytes]:
    """The files of a report, as they would lie on a disk."""
    form = FORMATS[name]
    if form.one_file:
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
        form.write(run, stream, Options())
        stream.flush()
        yield stream.buffer.getvalue()
    if form.several_files:
        with tempfile.TemporaryDirectory() as place:
            form.write_files(run, NewFolder(Path(place)), Options())
            files = sorted(Path(place).iterdir())
            assert files
            yield from (file.read_bytes() for file in files)


def _replaced(value: Any, old: str, new: str) -> Any:  # noqa: ANN401 - any part of a run
    """The same with a text instead of another."""
    if type(value) is str:
        return value.replace(old, new)
    if isinstance(value, tuple):
        return tuple(_replaced(item, old, new) for item in value)
    if isinstance(value, dict):
        return {_replaced(key, old, new): _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return type(value)(**{name: _replaced(getattr(value, name), old, new) for name in names})
    return value
