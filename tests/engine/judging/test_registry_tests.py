from typing import Any

import msgspec
import pytest

from hklint import language, values
from hklint.fact import RegistryValue
from hklint.judging.registry_tests import registry_tests
from hklint.linking.conditions import Type, value_set
from hklint.policy import AbsentMeans, Policy, Rule, ValueExpectation
from hklint.registry_test import Question, RegistryTest
from hklint.run import RuleInfo
from hklint.span import Span
from hklint.verdict import Outcome

FACT = RegistryValue("HKLM", r"SOFTWARE\Contoso", "Level")


def recorded(kind: str, condition: dict[str, Any], absent: Any = "fail") -> RegistryTest:  # noqa: ANN401
    """What is recorded of a rule with this condition."""
    shape = msgspec.convert(condition, language.operators.Operators)
    exact = kind == "REG_EXPAND_SZ"
    allowed = value_set(shape, Type(kind, exact))
    expectation = ValueExpectation(FACT, kind, allowed, "so", absent, None, "none", exact)
    span = Span("p.yaml", 1, 1, 2)
    info = RuleInfo("level", "Level", "low", "Why.", "", (), (), span)
    rule = Rule(info, "a=1", "Level 1", expectation, span, frozenset({FACT}))
    (test,) = registry_tests(Policy("p", "P", "1.0.0", "p.yaml", "", (), {}, None, (rule,)))
    return test


@pytest.mark.parametrize(
    ("kind", "condition", "ways"),
    [
        ("REG_DWORD", {"equals": 1}, "equals 1"),
        ("REG_DWORD", {"one_of": [2, 0]}, "equals 0 | equals 2"),
        ("REG_DWORD", {"not_equals": 7}, "not from 7 | from 8"),
        ("REG_DWORD", {"between": [5, 15]}, "from 5, not from 16"),
        ("REG_DWORD", {"at_most": 0xFFFFFFFE}, "not from 4294967295"),
        ("REG_DWORD", {"at_least": 0}, ""),
        ("REG_QWORD", {"at_least": 2**32}, "from 4294967296"),
        ("REG_DWORD", {"bits_set": 0x28}, "bit 8, bit 32"),
        ("REG_DWORD", {"bits_clear": 0x8, "at_least": 1}, "from 1, not bit 8"),
        ("REG_SZ", {"equals": "On"}, "equals on"),
        ("REG_EXPAND_SZ", {"equals": "On"}, "equals On"),
        ("REG_SZ", {"none_of": ["b", "A"]}, "not equals a, not equals b"),
        ("REG_SZ", {"matches": "a+"}, "matches (?i)a+"),
        ("REG_SZ", {"contains": ["a", "b"]}, "contains a, contains b"),
        ("REG_SZ", {"not": {"contains": ["a", "b"]}}, "not contains a | not contains b"),
        ("REG_MULTI_SZ", {"equals": []}, "equals ()"),
        ("REG_MULTI_SZ", {"subset_of": ["b", "a"]}, "within ('a', 'b')"),
        ("REG_MULTI_SZ", {"superset_of": ["a"]}, "has a"),
        ("REG_BINARY", {"equals": "01 FF"}, "equals 01ff"),
    ],
)
def test_ways(kind: str, condition: dict[str, Any], ways: str) -> None:
    assert " | ".join(", ".join(map(_said, way)) for way in recorded(kind, condition).ways) == ways


def _said(question: Question) -> str:
    return f"{'' if question.answer else 'not '}{question.kind} {question.operand}"


@pytest.mark.parametrize(
    ("absent", "outcome"),
    [
        ("fail", Outcome.FAIL),
        ("pass", Outcome.PASS),
        ("not_applicable", Outcome.NOT_APPLICABLE),
        (AbsentMeans(1), Outcome.PASS),
        (AbsentMeans(2), Outcome.FAIL),
    ],
)
def test_absence_has_an_outcome(absent: Any, outcome: Outcome) -> None:  # noqa: ANN401
    assert recorded("REG_DWORD", {"equals": 1}, absent).absent is outcome


def test_it_survives_its_file() -> None:
    test = recorded("REG_MULTI_SZ", {"subset_of": ["a"], "not_equals": []})
    assert msgspec.json.decode(msgspec.json.encode(test), type=RegistryTest) == test
    assert values.kind_of(test.type) == "list"
    assert (test.policy, test.rule, test.instance) == ("p", "level", "a=1")
