"""Comparisons in every format, byte for byte; `pytest tests/reports --update` accepts changes."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hklint.cli import diff
from hklint.cli.schema import schema_command
from hklint.comparing.runs import compare_runs
from hklint.comparison import Cause, Change, Comparison, Kind
from hklint.fact import Present
from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports import Options
from hklint_reports.comparison import FORMATS, write
from hklint_reports.comparison.json_document import SCHEMA_FILE
from hklint_reports.comparison.markdown import LIMIT
from hklint_reports.comparison.schema import DESCRIPTIONS, json_schema
from hklint_reports.comparison.wording import WORDS

DOCS = Path(__file__).parents[3] / "docs"
SUFFIXES = {"text": "txt", "json": "json", "markdown": "md"}
EARLIER = "2026-11-01T10:00:00Z"


def _healthy(runs: ModuleType) -> Run:
    """The fleet as it was when all was well, by an earlier policy; one host is not there yet."""
    usable = runs.judged(
        "tls-1.2-client-usable",
        Outcome.PASS,
        wanted="usable",
        found="usable",
        evidence=(
            runs.registry(runs.CLIENT_KEY, "Enabled", Present("REG_DWORD", 1)),
            runs.registry(runs.CLIENT_KEY, "DisabledByDefault", Present("REG_DWORD", 0)),
        ),
    )
    verdicts = (usable, *runs.ALL_PASS[1:])
    done: Run = runs.run(
        [runs.host("EX01", verdicts), runs.host("ex02", verdicts), runs.host("ex09", runs.SICK)], 1
    )
    (policy,) = done.header.policies
    rules = tuple(
        msgspec.structs.replace(
            rule, severity="low" if rule.id == "store-reachable" else rule.severity
        )
        for rule in policy.rules
    )
    older = msgspec.structs.replace(policy, version="0.9.0", sha256="0" * 64, rules=rules)
    header = msgspec.structs.replace(
        done.header,
        policies=(older,),
        started=EARLIER,
        hklint="0.0.9",
        parameters={f"{policy.id}.store_url": "https://store.example"},
    )
    return Run(header, done.hosts, done.summary)


def _unreached(runs: ModuleType) -> Run:
    done: Run = runs.not_reached()
    return done


PAIRS: dict[str, Callable[[ModuleType], tuple[Run, Run]]] = {
    "worse": lambda runs: (_healthy(runs), runs.fleet()),
    "fixed": lambda runs: (runs.fleet(), _healthy(runs)),
    "same": lambda runs: (runs.fleet(), runs.fleet()),
    "waivers-ended": lambda runs: (runs.waived(), runs.fleet()),
    "newly-waived": lambda runs: (runs.fleet(), runs.waived()),
    "not-known": lambda runs: (runs.all_pass(), runs.interrupted()),
    "hosts": lambda runs: (runs.fleet(), _unreached(runs)),
    "hostile": lambda runs: (_unreached(runs), runs.hostile()),
}
EXIT_CODES = {
    "worse": 1,
    "fixed": 1,
    "same": 0,
    "waivers-ended": 1,
    "newly-waived": 0,
    "not-known": 4,
    "hosts": 4,
    "hostile": 1,
}


@pytest.fixture(params=sorted(PAIRS))
def pair(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def found(pair: str, runs: ModuleType) -> Comparison:
    before, after = PAIRS[pair](runs)
    return compare_runs(("before.jsonl", before), ("after.jsonl", after))


def _text(found: Comparison, form: str, **options: Any) -> str:  # noqa: ANN401 - fields of Options
    stream = io.StringIO()
    write(found, form, stream, Options(**options))
    return stream.getvalue()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_report(
    pair: str, found: Comparison, form: str, golden: Callable[[str, str], None]
) -> None:
    golden(f"diff-{pair}.{SUFFIXES[form]}", _text(found, form))


@pytest.mark.parametrize("variant", ["quiet", "color"])
def test_variant(
    runs: ModuleType,
    variant: str,
    golden: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    before, after = PAIRS["worse"](runs)
    found = compare_runs(("before.jsonl", before), ("after.jsonl", after))
    golden(f"diff-worse-{variant}.txt", _text(found, "text", **{variant: True}))


def test_exit_code(pair: str, found: Comparison) -> None:
    assert found.exit_code == EXIT_CODES[pair]


def test_the_command_has_the_formats() -> None:
    assert tuple(FORMATS) == diff.FORMATS


def test_every_kind_has_a_word() -> None:
    assert set(WORDS) == set(Kind)


def test_all_formats_count_the_same(found: Comparison) -> None:
    document = json.loads(_text(found, "json"))
    counts = {name: number for name, number in document["counts"].items() if number}
    words = ", ".join(f"{number} {WORDS[Kind(name)]}" for name, number in counts.items())
    said = f"Verdicts: {words or 'none'} ("
    last, ending = _text(found, "text", quiet=True, width=1000).splitlines()
    assert last.startswith(said)
    assert ending.startswith(f"exit {document['exit_code']}: ")
    assert _text(found, "markdown").splitlines()[-1].startswith(said)
    listed = [change["kind"] for change in document["changes"] for _ in change["hosts"]]
    assert {name: listed.count(name) for name in counts if name != "unchanged"} == {
        name: number for name, number in counts.items() if name != "unchanged"
    }


def test_what_does_not_count_is_told_beside_what_does(runs: ModuleType) -> None:
    """Or the first line would have another number than the last."""
    mild = runs.judged("values-set-alike", Outcome.FAIL, wanted="both-set", found="one-set")
    after = runs.run([runs.host("ex04", (runs.CLIENT_OFF, *runs.ALL_PASS[1:4], mild))], 1)
    found = compare_runs(("a", runs.all_pass()), ("b", after), "medium")
    lines = _text(found, "text").splitlines()
    assert lines[0] == "WORSE: 1 verdict newly fails (worst: high; 1 more below medium)"
    assert lines[-2].startswith("Verdicts: 2 newly failing, ")


def test_quiet_says_why(runs: ModuleType) -> None:
    """A pipeline has nothing but these two lines."""
    found = compare_runs(("a", runs.all_pass()), ("b", runs.interrupted()))
    assert _text(found, "text", quiet=True).splitlines()[1] == (
        "exit 4: whether the later run is worse is not known: "
        "the later run was interrupted, nothing newly fails."
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_is_not_well_is_said_beside_what_is(runs: ModuleType, form: str) -> None:
    """A run that is not worse may still be bad."""
    found = compare_runs(("a", runs.fleet()), ("b", runs.fleet()))
    head = _text(found, form).partition("exit")[0]
    assert "nothing newly fails, 8 still fail" in head


# -- hostile text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_hostile_text_is_spelled_out(runs: ModuleType, form: str) -> None:
    before, after = PAIRS["hostile"](runs)
    for pair in ((before, after), (after, before), (after, after)):
        found = compare_runs(("a\x1b[2J", pair[0]), ("b\u202e", pair[1]))
        text = _text(found, form)
        assert all(line.isprintable() for line in text.splitlines())
        assert "##[" not in text
        assert "##vso" not in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
        assert "\\x1b" in text
        text.encode()


def test_markdown_has_no_markup_but_ours(runs: ModuleType) -> None:
    before, after = PAIRS["hostile"](runs)
    text = _text(compare_runs(("a|`@team`", before), ("b#1", after)), "markdown")
    tokens = list(_all(MarkdownIt("gfm-like", {"linkify": False}).parse(text)))
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "em_open", "strong_text"}
    markup = {token.content.strip() for token in tokens if token.type.startswith("html")}
    ours = ("<br>", "<details><summary>Appeared", "<details>", "</details>")
    assert all(piece.startswith(ours) for piece in markup), markup
    plain = "".join(token.content for token in tokens if token.type == "text")
    assert not set(plain) & set("@#<>`")


def test_every_row_of_a_markdown_table_has_all_its_cells(found: Comparison) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(_text(found, "markdown"))
    rows, cells = 0, 0
    for token in tokens:
        rows += token.type == "tr_open"
        cells += token.type in ("td_open", "th_open")
    lines = [line for line in _text(found, "markdown").splitlines() if line.startswith("| ")]
    assert rows == len(lines)
    assert cells == sum(line.count(" |") for line in lines) - sum(
        line.count("`|`") for line in lines
    )


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


# -- size ------------------------------------------------------------------------------------------


def _with_changes(found: Comparison, number: int) -> Comparison:
    change = next(change for change in found.changes if change.kind is Kind.NEWLY_FAILING)
    changes: list[Change] = [
        msgspec.structs.replace(change, rule=f"rule-{one}", title="t" * 250, cause=Cause.HOST)
        for one in range(number)
    ]
    mild = [msgspec.structs.replace(one, kind=Kind.FIXED) for one in changes]
    return msgspec.structs.replace(found, changes=(*changes, *mild))


@pytest.mark.parametrize("number", [100, 500])
def test_a_comment_is_not_too_long_and_counts_what_it_leaves_out(
    runs: ModuleType, number: int
) -> None:
    before, after = PAIRS["worse"](runs)
    many = _with_changes(compare_runs(("a", before), ("b", after)), number)
    text = _text(many, "markdown")
    assert LIMIT / 2 < len(text) <= LIMIT
    assert text.count("more, in the JSON") >= 1
    assert text.count("<details>") == text.count("</details>")
    assert text.splitlines()[-1].endswith("exit 1: the later run is worse.")
    assert "`rule-0[" in text


def test_a_screen_shows_the_first_and_counts_the_rest(runs: ModuleType) -> None:
    before, after = PAIRS["worse"](runs)
    many = _with_changes(compare_runs(("a", before), ("b", after)), 500)
    text = _text(many, "text")
    assert text.count("NEWLY FAILING[") == 40
    assert "newly failing: 460 more; `--format json` has them" in text


# -- the schema ------------------------------------------------------------------------------------


def test_the_json_fits_its_schema(found: Comparison) -> None:
    document = json.loads(_text(found, "json"))
    Draft202012Validator(json_schema()).validate(document)
    assert document["$schema"] == SCHEMA_FILE


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document.pop("exit_code"),
        lambda document: document.update(version=2),
        lambda document: document["changes"][0].update(kind="worse"),
        lambda document: document["changes"][0]["was"].update(state="good"),
        lambda document: document["hosts"].pop("lost"),
    ],
)
def test_the_schema_sees_damage(runs: ModuleType, damage: Callable[[Any], None]) -> None:
    before, after = PAIRS["worse"](runs)
    document = json.loads(_text(compare_runs(("a", before), ("b", after)), "json"))
    damage(document)
    assert not Draft202012Validator(json_schema()).is_valid(document)


def test_the_schema_is_printed_and_its_copy_is_fresh() -> None:
    """Otherwise run: hklint schema comparison > docs/comparison.schema.json."""
    printed = CliRunner().invoke(schema_command, ["comparison"], standalone_mode=False).output
    assert json.loads(printed) == json_schema()
    assert (DOCS / SCHEMA_FILE).read_text("utf-8") == printed


def test_every_field_is_described_and_no_description_is_left_over() -> None:
    _, shapes = msgspec.json.schema_components([Comparison])
    fields = {
        name: set(shape["properties"]) for name, shape in shapes.items() if "properties" in shape
    }
    assert fields == {name: set(known) for name, known in DESCRIPTIONS.items()}
