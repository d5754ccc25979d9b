"""The page as it stands in its file: well formed, one file, everything there."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports.html import assembly
from hklint_reports.html.page import SMALL
from hklint_reports.html.statuses import LOOKS, VERDICTS, status_of
from hklint_reports.text import visible
from hklint_reports.wording import expectation, parts

Page = Callable[[Run], str]
Parsed = Callable[[str], Element]
DataOf = Callable[[str], dict[str, Any]]
VerdictsOf = Callable[[dict[str, Any]], Iterator[tuple[str, str, str, str]]]


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _with_class(tree: Element, name: str) -> list[Element]:
    return [item for item in tree.iter() if name in item.get("class", "").split()]


def _by_id(tree: Element, name: str) -> Element:
    (found,) = (item for item in tree.iter() if item.get("id") == name)
    return found


def test_well_formed_and_ascii(recorded: Run, page: Page, parsed: Parsed) -> None:
    text = page(recorded)
    assert text.isascii()
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text) is None
    parsed(text)


@pytest.mark.parametrize("case", ["single", "waived"], indirect=True)
def test_golden(case: str, recorded: Run, page: Page, golden: Callable[[str, str], None]) -> None:
    """All of a small page but its style and script, which are files of their own."""
    text = page(recorded)
    text = text.replace(assembly.style(), "STYLE").replace(assembly.script(), "SCRIPT")
    golden(f"{case}.html", re.sub(r"sha256-[\w+/=]{44}", "sha256-HASH", text))


def test_names_are_there_and_unique(recorded: Run, page: Page, parsed: Parsed) -> None:
    tree = parsed(page(recorded))
    names = [item.get("id") for item in tree.iter() if item.get("id")]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    wanted = {item.get("aria-labelledby") for item in tree.iter()} - {None}
    wanted |= {
        item.get("href", "")[1:] for item in tree.iter("a") if item.get("href", "")[0] == "#"
    }
    assert wanted <= set(names)


def test_loads_nothing(recorded: Run, page: Page, parsed: Parsed) -> None:
    tree = parsed(page(recorded))
    loading = {"link", "img", "iframe", "object", "embed", "audio", "video", "source", "base"}
    assert [item.tag for item in tree.iter() if item.tag in loading] == []
    attributes = {(item.tag, name) for item in tree.iter() for name in item.attrib}
    assert [each for each in attributes if each[1] in {"src", "srcset", "style", "action"}] == []
    assert [each for each in attributes if each[1].startswith("on")] == []
    outside = [item for item in tree.iter("a") if not item.get("href", "").startswith("#")]
    assert outside
    for link in outside:
        assert link.get("href", "").startswith("https://")
        assert link.get("rel") == "noopener noreferrer"


def test_the_security_policy_names_exactly_our_style_and_script(
    recorded: Run, page: Page, parsed: Parsed
) -> None:
    tree = parsed(page(recorded))
    head = tree.find("head")
    assert head is not None
    policy = list(head)[1]
    assert policy.get("http-equiv") == "Content-Security-Policy"  # before anything it is about
    rules = dict(rule.split(" ", 1) for rule in policy.get("content", "").split("; "))
    (style,) = tree.iter("style")
    data, script = tree.iter("script")
    assert data.get("type") == "application/json"
    assert rules == {
        "default-src": "'none'",
        "style-src": _hash(style),
        "script-src": _hash(script),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def _hash(element: Element) -> str:
    digest = hashlib.sha256((element.text or "").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def test_style_and_script_can_stand_in_the_page() -> None:
    for text in (assembly.style(), assembly.script()):
        assert text.isascii()
        assert "</" not in text
        assert "<!--" not in text
    assert not re.search(r"url\(|@import|expression", assembly.style())
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|import\b"
        r"|fetch\b|XMLHttp|WebSocket|sendBeacon|localStorage|cookie",
        assembly.script(),
    )


def test_counts_are_those_of_the_run(
    recorded: Run, page: Page, parsed: Parsed, data_of: DataOf, verdicts_of: VerdictsOf
) -> None:
    text = page(recorded)
    (tiles,) = _with_class(parsed(text), "tiles")
    counts, waived = recorded.summary.counts, recorded.summary.waived
    words = (
        (Outcome.FAIL, "failed"),
        (Outcome.UNKNOWN, "unknown"),
        (Outcome.PASS, "passed"),
        (Outcome.NOT_APPLICABLE, "not applicable"),
    )
    shown = [" ".join(_text(item).split()) for item in tiles]
    for line, (outcome, word) in zip(shown, words, strict=False):
        beside = f" ({waived[outcome]} waived)" if waived.get(outcome) else ""
        assert re.fullmatch(rf"{counts[outcome]} \S {re.escape(word + beside)}", line)
    assert shown[4].split()[0] == str(recorded.summary.hosts)
    assert shown[5] == f"{recorded.summary.hosts_not_reached} not reached"
    expected = [
        (visible(host.host), visible(verdict.name), LOOKS[status_of(recorded.header, verdict)].key)
        for host in recorded.hosts
        for verdict in host.verdicts
    ]
    assert sorted(each[:3] for each in verdicts_of(data_of(text))) == sorted(expected)


def test_a_small_run_is_all_there_without_the_script(
    recorded: Run, page: Page, parsed: Parsed
) -> None:
    tree = parsed(page(recorded))
    listed = Counter(_text(item) for item in tree.iter("h4"))
    for host in recorded.hosts:
        assert listed[visible(host.host)] == 1
    texts = Counter(_text(item) for item in tree.iter("dd"))
    facts = {_text(item) for table in _with_class(tree, "facts") for item in table.iter("td")}
    verdicts = [verdict for host in recorded.hosts for verdict in host.verdicts]
    for verdict in verdicts:
        assert {visible(line) for _, line in parts(verdict)} <= set(texts)
        assert {visible(item.shown) for item in verdict.evidence} <= facts
    heads = {_text(item) for each in _with_class(tree, "verdict") for item in each.iter("summary")}
    for verdict in verdicts:
        assert any(visible(expectation(verdict)) in head for head in heads)


def test_every_verdict_of_a_host_leads_to_its_explanation(
    runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    tree = parsed(page(runs.fleet()))
    host = _with_class(tree, "host")[0]
    assert _text(next(host.iter("h4"))) == "ex01"
    (entries,) = _with_class(host, "entries")
    first = next(entries.iter("a"))
    assert _text(first) == "dotnet-uses-schannel-defaults[view=64-bit]"
    verdict = _by_id(tree, first.get("href", "")[1:])
    assert "expected 1, found not set, which means 0 on 2 of 3 hosts" in _text(verdict)
    (hosts,) = _with_class(verdict, "on-hosts")
    assert [_text(item) for item in hosts] == ["ex01", "ex03"]


def test_the_deciding_row_is_marked_among_its_neighbours(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    tree = parsed(page(fleets.decided(runs)))
    (proof,) = (item for item in _with_class(tree, "proof") if "TLS 1.2 Client" in _text(item))
    rows = list(next(proof.iter("tbody")))
    assert [item.get("class") for item in rows] == ["marked", None]
    assert _text(rows[0]) == (
        "1 decidedwhen: {default: [usable, on-request], enabled: off}\nstate: blocked"
    )
    (link,) = proof.iter("a")
    whole = _by_id(tree, link.get("href", "")[1:])
    assert _text(whole) == _text(rows[0]).replace(" decided", "")


def test_a_large_run_has_its_rules_and_the_counts_of_each_host(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    run = fleets.fleet(runs, 60, 10)
    assert sum(run.summary.counts.values()) > SMALL
    tree = parsed(page(run))
    assert len(_with_class(tree, "rule")) == 10
    assert _with_class(tree, "block") == []
    (table,) = (
        item for item in _by_id(tree, "host-list").iter("table") if len(list(item.iter("tr"))) == 61
    )
    rows = [[_text(cell) for cell in row] for row in table.iter("tr")][1:]
    counts = {
        host.host: [
            sum(status_of(run.header, verdict) == status for verdict in host.verdicts)
            for status in VERDICTS
        ]
        for host in run.hosts
        if host.failure is None
    }
    assert {name: [*map(int, cells)] for name, *cells in rows if len(cells) > 1} == counts
    assert [name for name, *cells in rows if cells == ["not reached"]] == ["ex00049.corp.example"]
    notes = [_text(item) for item in _with_class(tree, "without-script")]
    assert any("590 verdicts" in note and "needs the page's script" in note for note in notes)
