"""What the pages show can be typed: options exist, YAML parses, links lead somewhere.

The pipelines of `docs/consumers` are run with a snapshot in the place of the hosts, in a folder
like the repository that they are for.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import click
import pytest
import yaml

from hklint.cli import cli
from hklint_reports import FORMATS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CONSUMERS = DOCS / "consumers"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
PIPELINES = sorted(page for page in CONSUMERS.glob("*.md") if page.name != "README.md")
SNAPSHOT = ROOT / "tests" / "e2e" / "profiles" / "ex01.json"
POLICY = """\
kind: policy
id: contoso
title: What Contoso asks of its servers
version: 1.0.0
rules:
  - id: dotnet-as-before
    title: .NET Framework 4 chooses its protocols itself
    severity: high
    why: The host of the snapshot is not so, and the gate has something to say.
    expect:
      registry: HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319
      value: SystemDefaultTlsVersions
      type: REG_DWORD
      equals: 0
      absent: fail
"""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_CALL = re.compile(r"(?:^|&& )(hklint [a-z]+\b[^|&;>]*)")
_SPAN = re.compile(r"`(hklint [a-z]+\b[^`]*)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_UNTIL = re.compile(r"\s#.*|\s\.\.\..*|(?<=\w)\|[\w|]+")
"""Where a call ends: at a remark, or at `...` for more; of `one|another` the first is taken."""


class Block(NamedTuple):
    """A fenced piece of a page."""

    page: Path
    kind: str
    text: str


def _blocks(page: Path) -> list[Block]:
    return [Block(page, *found) for found in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def _texts(document: object) -> Iterator[str]:
    """All texts of a YAML document; folded lines are one line then, as for its reader."""
    match document:
        case dict():
            yield from _texts([*cast("dict[object, object]", document).values()])
        case list():
            for value in cast("list[object]", document):
                yield from _texts(value)
        case str():
            yield document
        case _:
            return


def _lines(block: Block) -> Iterator[str]:
    texts = _texts(yaml.safe_load(block.text)) if block.kind == "yaml" else [block.text]
    for text in texts:
        yield from re.sub(r"\\\n\s*", "", text).splitlines()


def _words(call: str) -> list[str]:
    return shlex.split(_UNTIL.sub("", call))


def _commands(block: Block) -> list[list[str]]:
    """The calls of hklint in a block, as a shell would take them apart."""
    lines = (line.strip().removeprefix("$ ") for line in _lines(block))
    return [_words(call) for line in lines for call in _CALL.findall(line)]


def _in_prose(page: Path) -> list[list[str]]:
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [_words(call) for call in _SPAN.findall(re.sub(r"\s+", " ", text))]


BLOCKS = [block for page in PAGES for block in _blocks(page)]
CALLS = [
    pytest.param(words[1:], id=f"{page.stem}-{' '.join(words)[:70]}")
    for page in PAGES
    for words in (
        *(words for block in _blocks(page) for words in _commands(block)),
        *_in_prose(page),
    )
]


def _parsed(words: list[str]) -> tuple[click.Command, dict[str, Any]]:
    """The command that is called, and its options as texts; raises click's errors."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"there is no command {name}"
        command = found
    options, targets, _ = command.make_parser(click.Context(command)).parse_args(words)
    assert not [target for target in targets if target.startswith("@")], "no file of targets"
    return command, dict(options)


@pytest.mark.parametrize("words", CALLS)
def test_a_command_has_the_options_that_a_page_gives_it(words: list[str]) -> None:
    command, options = _parsed(words)
    for parameter in command.params:
        given = options.get(parameter.name or "")
        if isinstance(parameter.type, click.Choice) and isinstance(given, str):
            parameter.type.convert(given, parameter, None)
    for wanted in options.get("reports") or ():
        form, _, path = wanted.partition("=")
        assert form in FORMATS, wanted
        assert FORMATS[form].several_files if path.endswith("/") else FORMATS[form].one_file, wanted


def test_commands_are_found() -> None:
    """The pages have many; if they are written otherwise one day, this test has to follow."""
    assert len(CALLS) > 150


def test_an_option_that_is_not_there_is_noticed() -> None:
    with pytest.raises(click.NoSuchOption):
        _parsed(["gate", "ex01", "--reports", "junit=results/"])


@pytest.mark.parametrize(
    "block",
    [pytest.param(item, id=item.page.stem) for item in BLOCKS if item.kind == "yaml"],
)
def test_yaml_is_yaml(block: Block) -> None:
    yaml.safe_load(block.text)


@pytest.mark.parametrize(
    "block",
    [pytest.param(item, id=item.page.stem) for item in BLOCKS if item.kind == "sh"],
)
def test_a_shell_understands_scripts(block: Block) -> None:
    subprocess.run(["/bin/sh", "-n"], input=block.text, text=True, check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """To files of this repository, and to headings of pages."""
    prose = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    for link in _LINK.findall(prose):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), link
        if anchor and file.suffix == ".md":
            assert anchor in _anchors(file), link


def _anchors(page: Path) -> set[str]:
    """The anchors of headings, as GitHub and GitLab make them."""
    headings = _HEADING.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


def test_every_format_is_told_of() -> None:
    text = (DOCS / "reports.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| (.+?) \| .+ \|$", text, re.MULTILINE))
    named = set(re.findall(r"`([\w-]+)`", " ".join(told)))
    assert set(FORMATS) <= named


@pytest.mark.parametrize("page", PIPELINES, ids=lambda page: page.stem)
def test_a_pipeline_keeps_the_run_and_no_password(page: Path) -> None:
    (gate,) = (words for block in _blocks(page) for words in _commands(block) if "gate" in words)
    _, options = _parsed(gate[1:])
    assert options["record"]
    assert options["baseline"] == "accepted.jsonl"
    assert len(options["reports"]) > 1
    assert "HKLINT_PASSWORD" in page.read_text(encoding="utf-8")
    assert "itself was not to be had" in page.read_text(encoding="utf-8")


def _with_snapshot(words: list[str], folder: Path) -> list[str]:
    """A call with a snapshot in the place of the hosts, and files in this folder."""
    here = [re.sub(r"\$\([\w.]+\)", str(folder), word) for word in words]
    if here[0] not in ("gate", "check"):
        return here
    user = here.index("--user")
    here[user : user + 2] = [str(SNAPSHOT)]
    return [word for word in here if not re.fullmatch(r"ex\d+\.contoso\.example", word)]


@pytest.mark.parametrize("page", PIPELINES, ids=lambda page: page.stem)
def test_a_pipeline_runs(
    page: Path, hklint_command: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The baseline comes from the page that all of them share; the failure in it is known."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "contoso.yaml").write_text(POLICY, encoding="utf-8")
    before, after = CONSUMERS / "README.md", page
    codes: dict[str, int] = {}
    for block in [*_blocks(before)[:1], *_blocks(after), *_blocks(before)[1:]]:
        for words in _commands(block):
            done = hklint_command(*_with_snapshot(words[1:], tmp_path))
            codes[words[1]] = done.code
            assert "Error" not in done.err, done.err
    assert codes["check"] == 1
    assert codes.keys() >= {"gate", "report"}
    assert set(codes.values()) == {0, 1}
    assert codes["gate"] == 0
