"""The tests that come with hklint: they pass, meet everything, and notice what is made wrong."""

import msgspec
import pytest

from hklint import values
from hklint.documents.files import shipped_folder
from hklint.judging.evaluate import judge_rule
from hklint.model import Model, Row, Table
from hklint.policy import Policy, Rule, StateExpectation, ValueExpectation
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.coverage import Met
from hklint.policy_tests.expected import rule_name
from hklint.policy_tests.linked import Case, Suite
from hklint.policy_tests.load import Loaded, load
from hklint.policy_tests.run import run, run_case
from hklint.policy_tests.stated import Stated
from hklint.snapshot import Snapshot

Meeting = dict[tuple[str, int], list[tuple[Suite, Case]]]


@pytest.fixture(scope="module")
def tests() -> Loaded:
    return load([])


def test_every_test_passes_and_everything_is_met(tests: Loaded) -> None:
    result = run(tests)
    assert [case.name for suite in result.suites for case in suite.cases if case.mismatches] == []
    assert result.coverage is not None
    assert [f"{item.span}: {item.what}" for item in result.coverage.unmet] == []
    assert result.coverage.percent == 100


def test_every_file_of_tests_is_run_and_nothing_in_it_is_left_over(tests: Loaded) -> None:
    folder = shipped_folder()
    files = {
        f"policies/{file.relative_to(folder).as_posix()}" for file in folder.rglob("*.tests.*")
    }
    assert {suite.path for suite in tests.suites} == files
    assert tests.warnings == ()


def test_another_state_in_any_row_is_noticed(tests: Loaded) -> None:
    meeting = _cases_by_row(tests)
    unnoticed = [
        f"{row.span}: {row.state} could be {state}"
        for model in tests.models
        for row in model.rows
        for state in model.states
        if state != row.state
        and not _is_noticed(model, msgspec.structs.replace(row, state=state), meeting)
    ]
    assert unnoticed == []


def test_the_opposite_operator_in_any_rule_is_noticed(tests: Loaded) -> None:
    suites: dict[str, list[Suite]] = {}
    for suite in tests.suites:
        if suite.policy is not None:
            suites.setdefault(suite.policy.id, []).append(suite)
    unnoticed = []
    for own in suites.values():
        hosts = [
            (suite.policy, case, _snapshot(suite, case)) for suite in own for case in suite.cases
        ]
        unnoticed += [
            f"{rule.span}: {rule_name(rule)}"
            for rule in own[0].policy.rules
            if isinstance(rule.expectation, ValueExpectation)
            and not any(
                _is_otherwise(rule, case, snapshot)
                for _, case, snapshot in hosts
                if rule_name(rule) in case.expected.verdicts
            )
        ]
    assert unnoticed == []


def _is_otherwise(rule: Rule, case: Case, snapshot: Snapshot) -> bool:
    """Whether a case sees that a rule with the opposite operator is wrong."""
    expectation = rule.expectation
    assert isinstance(expectation, ValueExpectation)
    opposite = msgspec.structs.replace(expectation, values=values.complement(expectation.values))
    outcome = judge_rule(msgspec.structs.replace(rule, expectation=opposite), snapshot).outcome
    return outcome != case.expected.verdicts[rule_name(rule)].word in {"pass", "fail"}


def _snapshot(suite: Suite, case: Case) -> Snapshot:
    host = case.host
    return snapshot_of(case.name, host, suite.request) if isinstance(host, Stated) else host


def _cases_by_row(tests: Loaded) -> Meeting:
    """The cases that meet each row of each model; those that test models alone come first."""
    found: Meeting = {}
    for suite in sorted(tests.suites, key=lambda suite: suite.policy is not None):
        for case in suite.cases:
            met = Met()
            run_case(suite, case, met)
            for key in met.rows:
                found.setdefault(key, []).append((suite, case))
    return found


def _is_noticed(model: Model, wrong: Row, meeting: Meeting) -> bool:
    """Whether a case fails if this is the row."""
    return any(
        run_case(
            msgspec.structs.replace(suite, policy=_policy(suite.policy, model, wrong)),
            _case(case, model, wrong),
            Met(),
        ).mismatches
        for suite, case in meeting.get((model.id, wrong.number), ())
    )


def _policy(policy: Policy | None, model: Model, wrong: Row) -> Policy | None:
    if policy is None:
        return None
    rules = [
        msgspec.structs.replace(
            rule,
            expectation=msgspec.structs.replace(
                rule.expectation, table=_table(rule.expectation.table, model, wrong)
            ),
        )
        if isinstance(rule.expectation, StateExpectation)
        else rule
        for rule in policy.rules
    ]
    diagnosis = policy.diagnosis and _table(policy.diagnosis, model, wrong)
    return msgspec.structs.replace(policy, rules=tuple(rules), diagnosis=diagnosis)


def _case(case: Case, model: Model, wrong: Row) -> Case:
    states = tuple(
        msgspec.structs.replace(item, table=_table(item.table, model, wrong))
        for item in case.expected.states
    )
    return msgspec.structs.replace(
        case, expected=msgspec.structs.replace(case.expected, states=states)
    )


def _table(table: Table, model: Model, wrong: Row) -> Table:
    """The table, and all that it asks, with this row in place of the model's own."""
    inputs = tuple(
        msgspec.structs.replace(item, asks=_table(item.asks, model, wrong))
        if isinstance(item.asks, Table)
        else item
        for item in table.inputs
    )
    own = table.model.id == model.id
    rows = tuple(wrong if own and row.number == wrong.number else row for row in table.rows)
    return msgspec.structs.replace(table, inputs=inputs, rows=rows)
