"""The page in a real browser: what it promises to every reader, and against every text."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hklint.run import Run

pytestmark = pytest.mark.browser

Page = Callable[[Run], str]
Window = Any
"""browser.Browser, which is loaded by path."""
Open = Callable[..., Window]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_axe_finds_nothing(
    fleets: ModuleType, runs: ModuleType, opened: Open, scheme: str, width: int
) -> None:
    for run in (runs.waived(), fleets.compared(runs), fleets.fleet(runs, 60, 10)):
        window = opened(run)
        window.size(width, 900)
        window.media(color_scheme=scheme)
        assert window.axe() == []
        for selector in (".rule:nth-of-type(-n + 2)", ".rule .verdict", ".rule .proof"):
            window.do(
                "document.querySelectorAll(arguments[0]).forEach((each) => { each.open = true; })",
                selector,
            )
        assert window.all(".rule .proof table")
        assert window.axe() == []
        window.go("hosts")
        window.do("document.querySelector('.host').open = true")
        window.do("document.querySelector('.host .verdict').open = true")
        assert window.axe() == []
        window.go("matrix")
        assert window.axe() == []
        window.do("document.querySelector('.matrix button').click()")
        assert window.all("#verdict-body .block")
        assert window.axe() == []


def test_axe_sees_what_is_wrong(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single())
    window.do("document.getElementById('title').style.color = '#ddd'")
    window.do("document.documentElement.removeAttribute('lang')")
    assert sorted(each.partition(":")[0] for each in window.axe()) == [
        "color-contrast",
        "html-has-lang",
    ]


def test_nothing_is_wider_than_a_phone(runs: ModuleType, opened: Open) -> None:
    for run in (runs.single(), runs.hostile()):
        window = opened(run)
        window.size(360, 800)
        for place in ("rules", "hosts", "matrix"):
            window.go(place)
            for depth in (".view details", ".view details details", ".model"):
                window.do(
                    "document.querySelectorAll(arguments[0]).forEach((e) => { e.open = true; })",
                    depth,
                )
            assert window.do("return document.documentElement.scrollWidth") <= 360


def test_theme_of_the_system_and_of_the_reader(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single())
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = window.do(ground)
    window.media(color_scheme="dark")
    dark = window.do(ground)
    assert light != dark
    themes = []
    for _ in range(3):
        window.do("document.getElementById('theme').click()")
        themes.append((window.all("#theme")[0], window.do(ground)))
    assert themes == [
        ("Theme: light", light),
        ("Theme: dark", dark),
        ("Theme: as the system", dark),
    ]


def test_paper_shows_the_verdicts_and_no_controls(runs: ModuleType, opened: Open) -> None:
    window = opened(runs.single())
    window.media(color_scheme="dark")
    window.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert window.all("#filter, .top, #theme") == []
    assert window.do("return getComputedStyle(document.documentElement).colorScheme") == "light"
    shown = window.all(".rule .verdict dd")
    assert any("Enabled = 0 (REG_DWORD)" in line for line in shown)
    window.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    paper = window.driver.execute_cdp_cmd("Page.printToPDF", {})
    document = base64.b64decode(paper["data"])
    assert document.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", document)) > 1


def test_without_scripts_everything_is_there(
    runs: ModuleType, browsers: ModuleType, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(runs.fleet()), encoding="ascii", newline="\n")
    with browsers.browser(tmp_path / "profile", scripts=False) as window:
        window.open(path)
        assert "data-script" not in re.findall("<html[^>]*>", window.driver.page_source)[0]
        assert window.all("#filter, #theme") == []
        assert len(window.all(".view")) == 3
        assert len(window.all(".rule")) == 4
        assert len(window.all(".host")) == 3
        assert len(window.all(".matrix tbody tr")) == 3
        assert window.console() == []
        window.driver.find_element("css selector", ".rule summary").click()
        window.driver.find_element("css selector", ".rule .verdict summary").click()
        assert "expected 1, found not set" in window.all(".rule .verdict[open]")[0]


def test_an_injected_script_does_not_run(
    runs: ModuleType,
    window: Window,
    page: Page,
    tmp_path: Path,
) -> None:
    """The negative control of the security policy: markup that got in would still do nothing."""
    evil = (
        "<script>document.title = 'own'</script><img src='x' onerror=\"document.title = 'own'\">"
        "<style>h1 { display: none }</style>"
        "<a id='own' href=\"javascript:document.title='own'\">x</a>"
    )
    path = tmp_path / "report.html"
    path.write_text(page(runs.single()).replace("<footer>", f"<footer>{evil}"), encoding="ascii")
    window.open(path)
    window.do("document.getElementById('own').click()")
    assert window.driver.title.startswith("EXIT 1")
    assert window.all("h1")
    said = window.console()
    assert len(said) >= 4
    assert all("Content Security Policy" in line for line in said)
    window.do("try { document.body.innerHTML = '<b>own</b>' } catch { document.body.id = 'kept' }")
    assert window.all("#kept h1")


def test_ten_thousand_hosts_open_within_two_seconds(
    large_page: str,
    window: Window,
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.html"
    path.write_text(large_page, encoding="ascii", newline="\n")
    window.size(1280, 900)
    times: list[float] = []
    for _ in range(3):
        window.open(path)
        times.append(
            window.driver.execute_script(
                "return performance.getEntriesByType('navigation')[0].loadEventEnd"
            )
        )
        assert window.all("#matches") == [
            "980,000 verdicts of 100 rules on 9,800 hosts; 200 hosts not reached."
        ]
    assert 0 < min(times) < 2000
    for place in ("hosts", "matrix", "view=hosts&outcome=unknown&host=ex0123"):
        begun = window.do("return performance.now()")
        window.go(place)
        assert window.do("return performance.now()") - begun < 2000
    assert len(window.all(".host")) > 1
    assert window.console() == []
