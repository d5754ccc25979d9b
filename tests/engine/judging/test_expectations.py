"""One rule on one host: what each kind of expectation makes of what was read."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
import pytest

from hklint import operators, values
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.judging.evaluate import Judgement, judge, judge_rule
from hklint.judging.explain import diagnose, explain
from hklint.linking.bind import bind
from hklint.model import Case, FactInput, Model, Row, State, Table
from hklint.policy import (
    AbsentMeans,
    Condition,
    Expectation,
    OutcomeExpectation,
    Policy,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.run import RuleInfo
from hklint.snapshot import Snapshot
from hklint.span import Span
from hklint.verdict import Outcome

SPAN = Span("policy.yaml", 1, 1, 2)
VALUE = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Setting")
REQUEST = WebRequest("https://store.example")
VERSION = HostField("exchange_version")
BUILD = HostField("build")
EQUALS_1 = operators.equals("number", 1)

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]
AbsentForm = Literal["fail", "pass", "not_applicable"] | AbsentMeans


def _rule(expectation: Expectation) -> Rule:
    info = RuleInfo("rule", "Rule", "high", "why", "", (), (), SPAN)
    return Rule(info, "", "Rule", expectation, SPAN, frozenset())


def _policy(rule: Rule, *conditions: Condition, diagnosis: Table | None = None) -> Policy:
    head = ("contoso", "Contoso", "1.0.0", "policy.yaml", "0" * 64)
    return Policy(*head, conditions, {}, diagnosis, (rule,))


def _value_rule(absent: AbsentForm = "fail", type_name: str = "REG_DWORD") -> Rule:
    allowed = EQUALS_1 if type_name == "REG_DWORD" else operators.equals("text", "1")
    return _rule(ValueExpectation(VALUE, type_name, allowed, "1", absent, 1, "none"))


@pytest.mark.parametrize("what", ["key", "value"])
@pytest.mark.parametrize(
    ("absent", "outcome"),
    [
        ("fail", Outcome.FAIL),
        ("pass", Outcome.PASS),
        ("not_applicable", Outcome.NOT_APPLICABLE),
        (AbsentMeans(1), Outcome.PASS),
        (AbsentMeans(0), Outcome.FAIL),
        (AbsentMeans(2**32 + 1), Outcome.FAIL),
    ],
    ids=str,
)
def test_an_absent_value_is_what_the_rule_says(
    what: Literal["key", "value"], absent: AbsentForm, outcome: Outcome, host_with: Hosts
) -> None:
    assert judge_rule(_value_rule(absent), host_with({VALUE: Absent(what)})).outcome is outcome


@pytest.mark.parametrize(
    ("type_name", "seen", "outcome"),
    [
        ("REG_DWORD", Present("REG_DWORD", 1), Outcome.PASS),
        ("REG_DWORD", Present("REG_DWORD", 0), Outcome.FAIL),
        ("REG_DWORD", Present("REG_SZ", "1"), Outcome.FAIL),
        ("REG_DWORD", Present("REG_QWORD", 1), Outcome.FAIL),
        ("REG_DWORD", Present("REG_BINARY", "01000000"), Outcome.FAIL),
        ("REG_DWORD", Present("REG_MULTI_SZ", ("1",)), Outcome.FAIL),
        ("REG_SZ", Present("REG_SZ", "1"), Outcome.PASS),
        ("REG_SZ", Present("REG_DWORD", 1), Outcome.FAIL),
        ("REG_SZ", Present("REG_EXPAND_SZ", "1"), Outcome.FAIL),
        ("REG_SZ", Present("REG_MULTI_SZ", ("1",)), Outcome.FAIL),
    ],
    ids=str,
)
def test_a_value_of_another_type_never_passes(
    type_name: str, seen: Present, outcome: Outcome, host_with: Hosts
) -> None:
    rule = _value_rule(AbsentMeans("1" if type_name == "REG_SZ" else 1), type_name)
    assert judge_rule(rule, host_with({VALUE: seen})).outcome is outcome


@pytest.mark.parametrize("absent", ["fail", "pass", "not_applicable", AbsentMeans(1)], ids=str)
@pytest.mark.parametrize(
    "reason", ["access-denied", "failed", "malformed", "not-asked", "host-not-reached"]
)
def test_an_unreadable_value_is_unknown(absent: AbsentForm, reason: Any, host_with: Hosts) -> None:  # noqa: ANN401 - a literal
    rule = _value_rule(absent)
    assert judge_rule(rule, host_with({VALUE: Unreadable(reason)})).outcome is Outcome.UNKNOWN
    assert judge_rule(rule, host_with({})).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (Present("outcome", "reached"), Outcome.PASS),
        (Present("outcome", "tls-refused"), Outcome.FAIL),
        (Unreadable("failed", "no child process"), Outcome.UNKNOWN),
    ],
    ids=str,
)
def test_a_request_has_to_end_as_expected(
    seen: Observation, outcome: Outcome, host_with: Hosts
) -> None:
    rule = _rule(OutcomeExpectation(REQUEST, frozenset({"reached"}), "reached"))
    assert judge_rule(rule, host_with({REQUEST: seen})).outcome is outcome


# ---- Applicability ----

FROM_15 = Condition(VERSION, "version", operators.at_least("version", (15,)), "at least 15")
SERVER_2016 = Condition(BUILD, "integer", operators.equals("number", 14393), "14393")
MALFORMED_VERSION = (
    "whether the policy applies is not known: exchange_version: malformed: "
    "the answer has another form than this field"
)
RIGHT_VERSION: dict[Fact, Observation] = {VERSION: Present("version", "15.1.2507.6")}
RIGHT_BUILD: dict[Fact, Observation] = {BUILD: Present("integer", 14393)}


@pytest.mark.parametrize(
    ("known", "outcome", "reason"),
    [
        (RIGHT_VERSION | RIGHT_BUILD, Outcome.FAIL, ""),
        (
            RIGHT_BUILD | {VERSION: Absent("field")},
            Outcome.NOT_APPLICABLE,
            "the host has no exchange_version; the policy is for hosts where it is at least 15",
        ),
        (
            RIGHT_BUILD | {VERSION: Present("version", "14.3.123.4")},
            Outcome.NOT_APPLICABLE,
            "exchange_version is 14.3.123.4, and the policy is for at least 15",
        ),
        (
            RIGHT_BUILD | {VERSION: Unreadable("access-denied")},
            Outcome.UNKNOWN,
            "whether the policy applies is not known: exchange_version: access denied",
        ),
        (
            RIGHT_BUILD | {VERSION: Present("version", "garbage")},
            Outcome.UNKNOWN,
            MALFORMED_VERSION,
        ),
        (
            RIGHT_BUILD | {VERSION: Present("text", "15.1")},
            Outcome.UNKNOWN,
            MALFORMED_VERSION,
        ),
        (
            {VERSION: Unreadable("failed"), BUILD: Present("integer", 9600)},
            Outcome.NOT_APPLICABLE,
            "build is 9600, and the policy is for 14393",
        ),
    ],
)
def test_a_policy_applies_only_where_its_conditions_are_known_to_hold(
    known: Mapping[Fact, Observation], outcome: Outcome, reason: str, host_with: Hosts
) -> None:
    policy = _policy(_value_rule(), FROM_15, SERVER_2016)
    snapshot = host_with({**known, VALUE: Present("REG_DWORD", 0)})
    judgement = _only(policy, snapshot)
    verdict = explain(judgement, policy, snapshot)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    if outcome is not Outcome.FAIL:
        assert (judgement.basis, verdict.found, verdict.changes) == (None, "", ())
        assert len(verdict.evidence) == 1


def _only(policy: Policy, snapshot: Snapshot) -> Judgement:
    (judgement,) = judge(policy, snapshot)
    return judgement


# ---- Doubt ----


def _doubtful(**doubts: bool) -> Table:
    """Where absent is "unset", 0 is "off", and every other number is "on"."""
    sets = {
        "unset": values.NO_NUMBERS,
        "off": operators.equals("number", 0),
        "on": operators.not_equals("number", 0),
    }
    cases = tuple(
        Case(name, name == "unset", numbers, None, SPAN) for name, numbers in sets.items()
    )
    model = Model(
        "setting",
        "Setting",
        "",
        {},
        (FactInput("setting", VALUE, "REG_DWORD", cases, None, "none", SPAN),),
        {
            name: State(name, f"It is {name}.", doubts.get(name, False), works=False, next=())
            for name in sets
        },
        tuple(
            Row(number, {"setting": frozenset({name})}, name, name, recommended=False, span=SPAN)
            for number, name in enumerate(sets, 1)
        ),
        SPAN,
    )
    return bind(model, {})


@pytest.mark.parametrize(
    ("seen", "wanted", "outcome"),
    [
        (Present("REG_DWORD", 1), "on", Outcome.PASS),
        (Present("REG_DWORD", 0), "on", Outcome.FAIL),
        (Absent("value"), "on", Outcome.UNKNOWN),
        (Absent("value"), "unset", Outcome.UNKNOWN),
        (Unreadable("failed"), "on", Outcome.UNKNOWN),
        (Present("REG_SZ", "1"), "on", Outcome.UNKNOWN),
    ],
    ids=str,
)
def test_a_state_in_doubt_neither_passes_nor_fails(
    seen: Observation, wanted: str, outcome: Outcome, host_with: Hosts
) -> None:
    rule = _rule(StateExpectation(_doubtful(unset=True), frozenset({wanted}), wanted))
    assert judge_rule(rule, host_with({VALUE: seen})).outcome is outcome


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Absent("value"), "unset: It is unset."),
        (Unreadable("access-denied"), "a fact that decides could not be read"),
        (Present("REG_SZ", "1"), "a fact that decides has a type whose meaning is not documented"),
    ],
    ids=str,
)
def test_unknown_says_why(seen: Observation, reason: str, host_with: Hosts) -> None:
    rule = _rule(StateExpectation(_doubtful(unset=True), frozenset({"on"}), "on"))
    snapshot = host_with({VALUE: seen})
    verdict = explain(judge_rule(rule, snapshot), _policy(rule), snapshot)
    assert (verdict.outcome, verdict.reason) == (Outcome.UNKNOWN, reason)


@pytest.mark.parametrize(
    ("wrong_type", "outcome"),
    [(None, Outcome.UNKNOWN), ("unset", Outcome.FAIL), ("on", Outcome.PASS)],
)
def test_another_type_is_the_case_that_the_model_names(
    wrong_type: str | None, outcome: Outcome, host_with: Hosts
) -> None:
    table = _doubtful()
    (item,) = table.inputs
    assert isinstance(item.input, FactInput)
    named = msgspec.structs.replace(item.input, wrong_type=wrong_type)
    model = msgspec.structs.replace(table.model, inputs=(named,))
    rule = _rule(StateExpectation(bind(model, {}), frozenset({"on"}), "on"))
    snapshot = host_with({VALUE: Present("REG_SZ", "1")})
    assert judge_rule(rule, snapshot).outcome is outcome


def test_no_diagnosis_where_the_policy_does_not_apply_or_has_none(host_with: Hosts) -> None:
    rule, table = _value_rule(), _doubtful()
    known: dict[Fact, Observation] = {VALUE: Present("REG_DWORD", 1)}
    assert diagnose(_policy(rule), host_with(known)) is None
    assert diagnose(_policy(rule, FROM_15, diagnosis=table), host_with(known)) is None
    found = diagnose(_policy(rule, diagnosis=table), host_with(known))
    assert found is not None
    assert (found.state, found.title, found.works) == ("on", "It is on.", False)
