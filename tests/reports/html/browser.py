"""A real Chromium, driven by its own driver: what the tests of the page ask of it.

Chromium and chromedriver are Debian's (`apt-get install chromium chromium-driver`); selenium only
speaks to the driver, and downloads nothing.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HOW = (
    "no browser: apt-get install chromium chromium-driver, and pip install selenium; other "
    "programs are named in CHROMIUM and CHROMEDRIVER"
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
AXE_HOW = "axe-core is not installed: make test-html, or name its axe.min.js in AXE_CORE"
AXE_RUN = """
const done = arguments[0];
axe.run(document, {resultTypes: ["violations"]}).then(({violations, passes}) => done({
  violations: violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html)}`),
  passes: passes.length,
}), (error) => done({violations: [String(error)], passes: 0}));
"""
SETTLED = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 30));"


class Browser:
    """One window. What the page says on the console, and what it asks of the network, is kept."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 - selenium is optional here
        self.driver = driver

    def open(self, path: Path, place: str = "") -> None:
        """Open a page anew."""
        self.driver.get("about:blank")
        self.requests()
        self.console()
        self.driver.get(path.as_uri() + place)

    def do(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever JSON it is
        """Run a script in the page and wait until it has been drawn."""
        result = self.driver.execute_script(script, *arguments)
        self.settle()
        return result

    def settle(self) -> None:
        self.driver.execute_async_script(SETTLED)

    def go(self, place: str) -> None:
        """Follow a link to a place of the page."""
        self.do("location.hash = arguments[0]", place)

    def all(self, selector: str) -> list[str]:
        """The text of all elements that can be seen."""
        found: list[str] = self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter((each) => each.checkVisibility()).map((each) => each.innerText)",
            selector,
        )
        return found

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        from selenium.webdriver import ActionChains  # noqa: PLC0415 - optional

        actions = ActionChains(self.driver)
        for key in keys:
            actions.send_keys(key)
        actions.perform()
        self.settle()

    def focused(self) -> str:
        """What has the focus, as its text or label."""
        found: str = self.driver.execute_script(
            "const it = document.activeElement;"
            "return it.ariaLabel || it.innerText || it.name || it.id || it.tagName"
        )
        return found

    def console(self) -> list[str]:
        """What was said on the console since this was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """What was asked of the network since this was last asked."""
        messages = [json.loads(each["message"]) for each in self.driver.get_log("performance")]
        return [
            each["message"]["params"]["request"]["url"]
            for each in messages
            if each["message"]["method"] == "Network.requestWillBeSent"
        ]

    def media(self, **features: str) -> None:
        """What the page takes its reader's system for: `color_scheme="dark"`."""
        named = [
            {"name": f"prefers-{name.replace('_', '-')}", "value": value}
            for name, value in features.items()
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def size(self, width: int, height: int) -> None:
        """The window's size in CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def axe(self) -> list[str]:
        """What axe-core finds wrong with what is shown."""
        self.driver.execute_script(axe_core())
        found = self.driver.execute_async_script(AXE_RUN)
        assert found["violations"] or found["passes"] > 10
        violations: list[str] = found["violations"]
        return violations


def axe_core() -> str:
    """The text of axe-core."""
    named = os.environ.get("AXE_CORE", "")
    path = Path(named or Path(__file__).parent / "node_modules/axe-core/axe.min.js")
    return path.read_text("utf-8") if path.is_file() else pytest.skip(AXE_HOW)


@contextmanager
def browser(profile: Path, *, scripts: bool = True) -> Iterator[Browser]:
    """A window with a profile of its own; without `scripts` pages run none."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    driver_program = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")
    webdriver = pytest.importorskip("selenium.webdriver", reason=HOW)
    if not program or not driver_program:
        pytest.skip(HOW)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if not scripts:
        blocked = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", blocked)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_program))
    try:
        driver.set_script_timeout(60)
        yield Browser(driver)
    finally:
        driver.quit()
