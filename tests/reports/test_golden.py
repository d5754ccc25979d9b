"""Every case in every format, byte for byte; `pytest tests/reports --update` accepts changes."""

import io
from collections.abc import Callable
from types import ModuleType

import pytest

from hklint.run import Run
from hklint_reports import FORMATS, Options

VARIANTS = {
    "verbose": {"verbose": True},
    "quiet": {"quiet": True},
    "narrow": {"width": 60},
    "color": {"color": True},
    "written": {"written": ("report.xml", "report.sarif")},
}


def test_case_is_what_the_builder_makes(
    case: str, case_text: str, recorded: Run, runs: ModuleType, render: Callable[..., str]
) -> None:
    assert recorded == runs.RUNS[case]()
    assert render(recorded, "jsonl") == case_text


@pytest.mark.parametrize("name", ["terminal", "junit", "sarif"])
def test_report(
    case: str,
    recorded: Run,
    name: str,
    render: Callable[..., str],
    golden: Callable[[str, str], None],
) -> None:
    golden(f"{case}.{name}{FORMATS[name].suffix}", render(recorded, name))


@pytest.mark.parametrize("variant", sorted(VARIANTS))
@pytest.mark.parametrize("case", ["single", "fleet"], indirect=True)
def test_terminal_variant(
    case: str,
    recorded: Run,
    variant: str,
    render: Callable[..., str],
    golden: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    golden(f"{case}.terminal-{variant}.txt", render(recorded, "terminal", **VARIANTS[variant]))


@pytest.mark.parametrize("case", ["single", "hostile"], indirect=True)
def test_terminal_without_unicode(
    case: str, recorded: Run, golden: Callable[[str, str], None]
) -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii", newline="\n")
    FORMATS["terminal"].write(recorded, stream, Options())
    stream.flush()
    golden(f"{case}.terminal-ascii.txt", buffer.getvalue().decode("ascii"))
