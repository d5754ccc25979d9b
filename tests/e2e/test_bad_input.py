"""What is wrong with a command line or a file is said before anybody is asked."""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.lab.lab import Lab

CASES: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("bad_input.yaml").read_text("utf-8")
)

Command = Callable[..., Any]


@pytest.mark.parametrize("name", CASES)
def test_bad_input(lab: Lab, hklint_command: Command, name: str) -> None:
    case, host = CASES[name], lab.hosts["ex2016-healthy"]
    for file, text in case.get("files", {}).items():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, "utf-8")
    before = sorted(Path().rglob("*"))
    asked = len(host.http.log)
    line = [word.replace("TARGET", host.target) for word in shlex.split(case["run"])]
    done = hklint_command(*line)
    said, other = (done.out, done.err) if case.get("on_screen") else (done.err, done.out)
    assert done.code == case["exit"], done
    assert other == ""
    for phrase in case["says"]:
        assert phrase.replace("TARGET", host.target) in said
    for phrase in case.get("hides", ()):
        assert phrase not in said
    assert len(host.http.log) == asked
    assert sorted(Path().rglob("*")) == before


def test_a_snapshot_twice(lab: Lab, hklint_command: Command) -> None:
    policy = "exchange-store-addins"
    target = lab.hosts["ex2016-healthy"].target
    assert hklint_command("snapshot", target, "-p", policy, "-o", "host.json").code == 0
    done = hklint_command("check", "host.json", "./host.json", "-p", policy)
    assert done.code == 2
    assert "./host.json: this target is given twice" in done.err


def test_a_device_is_not_replaced(hklint_command: Command) -> None:
    hklint_command("check", "host", "-p", "exchange-store-addins", "--report", "junit=/dev/null")
    assert Path("/dev/null").is_char_device()
