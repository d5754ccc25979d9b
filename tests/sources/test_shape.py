"""The fast check of an answer and the contract's JSON Schema say the same."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hklint import collector
from hklint.sources import shape
from hklint.sources.shape import fits

CASES = Path(__file__).parents[1] / "collector" / "cases"
ANSWERS = [
    path
    for path in sorted(CASES.glob("*valid-answer*.json"))
    if "error" not in json.loads(path.read_text(encoding="utf-8"))
]
SCHEMA = Draft202012Validator(
    {"$defs": collector.schema("answer")["$defs"], "$ref": "#/$defs/answer"}
)


def test_there_are_cases_of_both_kinds() -> None:
    verdicts = {fits(json.loads(path.read_text(encoding="utf-8"))) for path in ANSWERS}
    assert verdicts == {True, False}


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_a_case_is_judged_alike(path: Path) -> None:
    answer = json.loads(path.read_text(encoding="utf-8"))
    assert fits(answer) == SCHEMA.is_valid(answer)


FULL = [answer for path in ANSWERS if fits(answer := json.loads(path.read_text(encoding="utf-8")))]
ODD = st.sampled_from(
    [None, True, False, 0, 1, 64, -1, 2**70, "", "absent", "present", "REG_SZ", [], ["a"], [1], {}]
)


@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_damaged_answer_is_judged_alike(data: st.DataObject) -> None:
    answer = copy.deepcopy(data.draw(st.sampled_from(FULL)))
    _damage(answer, data)
    assert fits(answer) == SCHEMA.is_valid(answer), answer


def _damage(answer: dict[str, Any], data: st.DataObject) -> None:
    """Replaces, removes or adds one member somewhere in the answer."""
    node: Any = answer
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = data.draw(st.sampled_from(places))
        deeper = isinstance(node[place], dict | list) and node[place]
        if deeper and data.draw(st.booleans()):
            node = node[place]
            continue
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                node[place] = data.draw(ODD)
            case "remove":
                del node[place]
            case _ if isinstance(node, dict):
                node[data.draw(st.sampled_from(["error", "data", "values", "more"]))] = data.draw(
                    ODD
                )
            case _:
                node.append(data.draw(ODD))
        return


FIRST_USE = """
import importlib.util, json, sys, threading
sys.setswitchinterval(1e-6)
sys.path[:0] = {paths!r}
answer = json.loads({answer!r})
for number in range(30):
    spec = importlib.util.spec_from_file_location(f"fresh{{number}}", {file!r})
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    together = threading.Barrier(8)
    threads = [
        threading.Thread(target=lambda: together.wait() is not None and module.fits(answer))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_the_first_answers_may_come_all_at_once() -> None:
    """msgspec crashes, with the whole process, where threads prepare a type at the same time."""
    program = FIRST_USE.format(paths=sys.path, answer=json.dumps(FULL[0]), file=shape.__file__)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr.decode()
