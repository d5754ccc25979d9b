"""The page in a real browser: it is searched, opened, and walked by keyboard."""

from collections.abc import Callable
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from hklint.run import Run

pytestmark = pytest.mark.browser

Page = Callable[[Run], str]
Window = Any
"""browser.Browser, which is loaded by path."""
Open = Callable[..., Window]
ENTER, ESCAPE, TAB = "\ue007", "\ue00c", "\ue004"
LEFT, UP, RIGHT, DOWN, END = "\ue012", "\ue013", "\ue014", "\ue015", "\ue010"


def test_opens_at_the_answer(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single())
    assert window.driver.title.startswith("EXIT 1: Exchange can download add-ins")
    (banner,) = window.all(".banner")
    assert "EXIT 1" in banner
    assert window.all("#matches") == ["5 verdicts of 4 rules on 1 host."]
    assert window.all(".views [aria-current]") == ["By rule"]


def test_filter_shows_what_it_lets_through_and_stands_in_the_address(
    fleets: ModuleType, runs: ModuleType, opened: Open
) -> None:
    run = fleets.fleet(runs, 60, 10)
    window = opened(run)
    total = sum(run.summary.counts.values())
    assert window.all("#matches") == [
        f"{total} verdicts of 10 rules on 59 hosts; 1 host not reached."
    ]
    for name in ("pass", "not-reached"):
        window.do(f"document.querySelector('[name=outcome][value={name}]').click()")
    host = window.driver.find_element("name", "host")
    host.send_keys("ex0001")
    rule = window.driver.find_element("name", "rule")
    rule.send_keys("RULE 3")
    _wait(window, lambda: "rule=RULE" in window.driver.current_url)
    wrong = [
        verdict
        for host in run.hosts
        if host.host.startswith("ex0001")
        for verdict in host.verdicts
        if verdict.rule == "value-3-as-wanted" and verdict.outcome != "pass"
    ]
    assert wrong
    assert window.all("#matches")[0].startswith(f"{len(wrong)} verdict")
    assert [text.split("\n")[0][:24] for text in window.all(".rule")] == [
        "Rule 3 of the fleet hold"
    ]
    address = window.driver.current_url.partition("#")[2]
    assert address == "outcome=fail,unknown,waived,not-applicable&host=ex0001&rule=RULE+3"
    matches = window.all("#matches")
    window = opened(run, f"#{address}")
    assert window.all("#matches") == matches
    assert host_field(window) == "ex0001"
    window.do("document.querySelector('[type=reset]').click()")
    assert window.all("#matches") != matches
    assert "#" not in window.driver.current_url


def host_field(window: Window) -> str:
    found: str = window.driver.find_element("name", "host").get_property("value")
    return found


def _wait(window: Window, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        window.settle()
    pytest.fail("it did not happen")


@pytest.mark.parametrize(
    ("choice", "matching"),
    [
        ("severity=low", 3),
        ("outcome=not-reached", 0),
        ("outcome=waived", 2),
        ("policy=another", 5 * 3),  # a policy that is not there is none at all
        ("rule=add-ins", 0),
        ("rule=microsoft+store", 3),
        ("view=matrix&host=EX03", 5),
        ("outcome=&severity=", 0),
        ("nonsense=1", 5 * 3),
    ],
)
def test_choices(runs: ModuleType, opened: Open, choice: str, matching: int) -> None:
    window = opened(runs.waived(), f"#{choice}")
    assert window.all("#matches")[0].startswith(f"{matching} verdict")


@pytest.mark.parametrize("case", ["single", "fleet", "waived", "hostile", "compared", "alone"])
def test_script_and_template_draw_the_same(
    runs: ModuleType,
    fleets: ModuleType,
    page: Page,
    parsed: Callable[[str], Element],
    opened: Open,
    case: str,
) -> None:
    """Every verdict's block, element by element."""
    made = {"compared": lambda: fleets.compared(runs), "alone": lambda: fleets.alone(runs, 5)}
    run = made[case]() if case in made else getattr(runs, case)()
    tree = parsed(page(run))
    window = opened(run)
    window.do("document.querySelectorAll('.rule').forEach((each) => { each.open = true; })")
    window.do(
        "document.querySelectorAll('.rule .verdict').forEach((each) => { each.open = true; })"
    )
    verdicts = [item for item in tree.iter("details") if item.get("class") == "verdict"]
    assert len(verdicts) > 3
    for verdict in verdicts:
        name = verdict.get("id")
        drawn = window.driver.execute_script(
            "return document.getElementById(arguments[0]).outerHTML.replace(' open=\"\"', '')", name
        )
        (again,) = (
            item
            for item in parsed(f"<!doctype html>{drawn}").iter("details")
            if item.get("id") == name
        )
        assert _shape(again) == _shape(verdict)


def _shape(element: Element) -> tuple[object, ...]:
    """An element without the blanks between elements."""
    children = [_shape(child) for child in element]
    texts = [element.text, *(child.tail for child in element)]
    kept = [text if element.tag == "pre" else " ".join((text or "").split()) for text in texts]
    return element.tag, sorted(element.attrib.items()), kept, children


def test_what_is_new_can_be_filtered_and_is_marked_in_every_view(
    runs: ModuleType, fleets: ModuleType, opened: Open
) -> None:
    window = opened(fleets.compared(runs), "#outcome=fail&view=hosts")
    assert window.all("#matches") == ["1 verdict of 1 rule on 1 host."]
    window.do("document.querySelector('.host').open = true")
    assert window.all(".host .verdict .badge") == ["new"]
    window = opened(fleets.compared(runs), "#outcome=known")
    assert window.all("#matches") == ["3 verdicts of 2 rules on 2 hosts."]
    window.do("document.querySelectorAll('.rule').forEach((each) => { each.open = true; })")
    assert set(window.all(".rule .verdict .badge")) == {"known"}


def test_every_verdict_of_a_host_opens(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single(), "#hosts")
    assert window.all(".views [aria-current]") == ["By host"]
    window.do("document.querySelector('.host').open = true")
    assert len(window.all(".host .entries > li")) == 5
    window.do(
        "document.querySelectorAll('.host .verdict').forEach((each) => { each.open = true; })"
    )
    blocks = window.all(".host .verdict .block")
    assert len(blocks) == 5
    assert any("Enabled = 0 (REG_DWORD)" in block for block in blocks)
    assert window.all(".host .verdict .references a")
    assert window.all(".host .protocols tbody tr")[4].split() == [
        "TLS", "1.2", "\u2715", "blocked", "\u00b7", "not", "judged",
    ]  # fmt: skip


def test_a_link_to_a_rule_opens_it_in_any_view(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single(), "#matrix")
    window.go("exchange-store-addins/store-reachable")
    assert window.all(".views [aria-current]") == ["By rule"]
    assert window.focused().startswith("The host reaches the Microsoft Store over TLS")
    assert window.all(".rule[open] .verdict summary") == [
        "\u2717 failed store-reachable expected reached, found tls-refused"
    ]


def test_a_link_to_a_row_opens_its_table(
    fleets: ModuleType, runs: ModuleType, opened: Open
) -> None:
    window = opened(fleets.decided(runs), "#v0")
    assert window.all(".rule[open] .verdict[open] .block")
    window.do("document.querySelector('.proof').open = true")
    assert window.all(".proof .marked th") == ["1 decided"]
    window.do("document.querySelector('.proof a').click()")
    assert len(window.all(".model[open] tbody tr")) == 2
    assert [" ".join(row.split()) for row in window.all("tr:target")] == [
        "1 when: {default: [usable, on-request], enabled: off} state: blocked"
    ]


def test_the_matrix_by_keyboard(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.fleet(), "#matrix")
    first = "failed: dotnet-uses-schannel-defaults[view=64-bit] on ex01"
    window.do("document.querySelector('.matrix button').focus()")
    assert window.focused() == first
    window.press(RIGHT)
    assert window.focused() == first.replace("64-bit", "32-bit")
    window.press(DOWN, DOWN)
    assert window.focused().endswith("on ex02")
    window.press(END)
    assert window.focused() == "passed: values-set-alike on ex02"
    window.press(UP, LEFT, LEFT, LEFT, LEFT, LEFT, UP)
    assert window.focused() == first
    window.press(ENTER)
    assert window.all("#verdict-title") == ["dotnet-uses-schannel-defaults[view=64-bit] on ex01"]
    assert "expected 1, found not set" in window.all("#verdict-body")[0]
    assert window.driver.current_url.endswith("#view=matrix&cell=0.0")
    window.press(ESCAPE)
    assert window.all("#verdict-body") == []
    assert window.focused() == first
    assert window.driver.current_url.endswith("#view=matrix")


def test_the_address_of_a_verdict_opens_it(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.fleet(), "#view=matrix&cell=1.2")
    assert window.all("#verdict-title") == ["tls-1.2-client-usable on ex03"]
    window.go("view=hosts")
    assert window.all("#verdict-title") == []
    window = opened(runs.fleet(), "#cell=99.99")
    assert window.all("#verdict-title") == []


def test_everything_is_reached_by_tab(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single())
    window.press(TAB)
    assert window.focused() == "Skip to the results"
    assert window.all(".skip") == ["Skip to the results"]
    window.press(ENTER)
    seen: list[str] = []
    for _ in range(60):
        window.press(TAB)
        seen.append(window.focused().split("\n")[0])
        if seen[-1].startswith("Programs use TLS 1.2 for outgoing connections by default tls"):
            break
    for key in (ENTER, TAB, TAB, ENTER):
        window.press(key)
    assert window.all(".rule[open] .verdict[open] .block")
    assert {"outcome", "severity", "host", "rule", "Show all", "By rule", "Matrix"} <= set(seen)


def test_a_large_list_grows(fleets: ModuleType, runs: ModuleType, opened: Open) -> None:
    window = opened(fleets.fleet(runs, 130, 10), "#hosts")
    assert len(window.all(".host")) == 100
    assert window.all("#host-list .more") == ["Show more: 100 of 130 hosts are shown"]
    window.do("document.querySelector('#host-list .more').click()")
    assert len(window.all(".host")) == 130
    assert window.all("#host-list .more") == []
    assert window.focused().startswith("ex0")
    window.go("matrix")
    assert len(window.all(".matrix tbody tr")) == 50
    window.do("document.querySelectorAll('.turning button')[1].click()")
    assert window.all(".matrix caption") == ["Hosts 51 to 100 of 130"]
    assert window.focused() == "Hosts after"
