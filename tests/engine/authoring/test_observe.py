"""`hklint observe`: whatever a host says, the draft is a policy, and the host passes it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hklint import values
from hklint.authoring.observe import Draft, draft, everything_in
from hklint.authoring.observed_rule import slug
from hklint.cli.observe import observe_command
from hklint.documents.document import parse_document
from hklint.exit_code import Exit
from hklint.fact import (
    Absent,
    Data,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
)
from hklint.judging.evaluate import judge
from hklint.language.schema import check
from hklint.linking.policy import PolicyLinker
from hklint.policy import AbsentMeans, Policy, ValueExpectation
from hklint.snapshot import Snapshot, lookup_key
from hklint.sources.recorded import load_snapshot
from hklint.verdict import Outcome

HostWith = Callable[[Mapping[Fact, Observation]], Snapshot]
HOST = Path(__file__).parents[1] / "language" / "cases" / "full" / "host.json"
LSA = RegistryValue("HKLM", "SYSTEM\\CurrentControlSet\\Control\\Lsa", "NoLMHash")
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"))) | st.text()
DATA: Mapping[str, st.SearchStrategy[Data]] = {
    "REG_DWORD": st.integers(0, 2**32 - 1),
    "REG_QWORD": st.integers(0, 2**64 - 1),
    "REG_SZ": TEXTS,
    "REG_EXPAND_SZ": TEXTS,
    "REG_MULTI_SZ": st.lists(TEXTS).map(tuple),
    "REG_BINARY": st.binary().map(bytes.hex),
    "REG_NONE": st.binary().map(bytes.hex),
}
SEEN = st.one_of(
    *(st.builds(Present, st.just(name), data) for name, data in DATA.items()),
    st.builds(Absent, st.sampled_from(["key", "value"])),
    st.builds(Unreadable, st.just("failed"), st.text()),
)
NAMES = st.sampled_from(["a: b", "- #", "NoLMHash", "{A}", "<<", "ß", "12"]) | TEXTS
VALUES = st.builds(
    RegistryValue,
    st.just("HKLM"),
    st.lists(NAMES, min_size=1, max_size=3).map("\\".join),
    NAMES,
    st.sampled_from(["64-bit", "32-bit"]),
)

OPTIONS = st.fixed_dictionaries({"absent_too": st.booleans()})


def linked(drafted: Draft) -> Policy:
    document = parse_document(drafted.text, "draft.yaml")
    assert check(document, "policy") == []
    linker = PolicyLinker(document, {}, {})
    policy = linker.link()
    assert [str(item) for item in linker.diagnostics] == []
    return policy


@settings(max_examples=300)
@given(facts=st.dictionaries(VALUES, SEEN, max_size=6), name=st.text(), options=OPTIONS)
def test_a_host_passes_what_was_drafted_from_it(
    host_with: HostWith, facts: dict[Fact, Observation], name: str, options: dict[str, bool]
) -> None:
    snapshot = host_with({**facts, HostField("product"): Present("text", name)})
    drafted = draft(snapshot, facts, "observed", {}, **options)
    asked = {lookup_key(fact) for fact in facts}
    assert drafted.rules + drafted.absent + drafted.left_out == len(asked)
    if not drafted.rules:
        return
    policy = linked(drafted)
    assert [item.outcome for item in judge(policy, snapshot)] == [Outcome.PASS] * drafted.rules
    for rule in policy.rules:
        expectation = rule.expectation
        assert isinstance(expectation, ValueExpectation)
        seen = snapshot.observe(expectation.fact)
        assert not isinstance(seen, Unreadable)
        if isinstance(seen, Present):
            assert (expectation.type, expectation.write) == (seen.type, seen.value)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (
            Unreadable("access-denied", "no\nway\u202e"),
            "it could not be read (access-denied): no way",
        ),
        (Present("REG_SZ", "a\u202eb"), "U+202E"),
        (Present("REG_SZ", "a\0b"), "U+0000"),
        (Present("REG_SZ", "{view} is here"), "{view} would stand for a parameter"),
        (Present("REG_SZ", "x" * 3000), "too long"),
        (Present("REG_MULTI_SZ", ("a",) * 3000), "too long"),
    ],
)
def test_what_no_rule_can_say_is_left_out(
    host_with: HostWith, seen: Observation, reason: str
) -> None:
    other = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Level")
    snapshot = host_with({LSA: seen, other: Present("REG_DWORD", 1)})
    drafted = draft(snapshot, [LSA, other], "observed", {}, absent_too=False)
    assert (drafted.rules, drafted.left_out) == (1, 1)
    assert [rule.expectation.fact for rule in linked(drafted).rules] == [other]
    (line,) = [line for line in drafted.text.split("\n") if "NoLMHash" in line]
    assert line.startswith("#   ")
    assert reason in line


def test_names_that_are_rules_of_their_own(host_with: HostWith) -> None:
    key = RegistryKey("HKLM", "SOFTWARE\\Contoso")
    default = RegistryValue("HKLM", "SOFTWARE\\Contoso", "", "32-bit")
    snapshot = host_with({key: Present("key", ""), default: Present("REG_MULTI_SZ", ())})
    first, second = linked(draft(snapshot, [key, default], "observed", {}, absent_too=False)).rules
    assert {first.title, second.title} == {
        "The key SOFTWARE\\Contoso is there",
        "The default value of SOFTWARE\\Contoso is empty (32-bit view)",
    }


def test_documented_defaults_are_taken_over(host_with: HostWith) -> None:
    known = ValueExpectation(LSA, "REG_DWORD", None, "1", AbsentMeans(1), 1, "computer")  # type: ignore[arg-type]
    snapshot = host_with({LSA: Present("REG_DWORD", 0)})
    drafted = draft(snapshot, [LSA], "observed", {lookup_key(LSA): known}, absent_too=False)
    (rule,) = parse_document(drafted.text, "draft.yaml").root["rules"]
    assert (rule["expect"]["absent"], rule["expect"]["restart"]) == ({"means": 1}, "computer")


def test_data_that_no_policy_asks_for_is_not_written(host_with: HostWith) -> None:
    name = RegistryName(LSA.hive, LSA.key, LSA.value)
    known = ValueExpectation(name, "any", values.ALL_VALUES, "there", "fail", None, "none")
    snapshot = host_with({LSA: Present("REG_SZ", "Secret-1")})
    drafted = draft(snapshot, [LSA], "observed", {lookup_key(name): known}, absent_too=False)
    (rule,) = parse_document(drafted.text, "draft.yaml").root["rules"]
    assert rule["expect"]["exists"] is True
    assert "Secret-1" not in drafted.text


def test_equal_names_get_ids_of_their_own(host_with: HostWith) -> None:
    facts = [RegistryValue("HKLM", f"SOFTWARE\\{n}\\A\\B", "Name") for n in range(3)]
    snapshot = host_with(dict.fromkeys(facts, Present("REG_SZ", "x")))
    policy = linked(draft(snapshot, facts, "observed", {}, absent_too=False))
    assert [rule.info.id for rule in policy.rules] == ["a-b-name", "a-b-name.2", "a-b-name.3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lsa NoLMHash", "lsa-no-lm-hash"),
        ("Parameters SMB1", "parameters-smb1"),
        ("{0-A} größe", "0-a-gr-e"),
        ("\u202e", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_snapshot_is_observed_whole(tmp_path: Path) -> None:
    file = tmp_path / "host.yaml"
    words = [str(HOST), "-o", str(file), "--tests", str(tmp_path / "host.tests.yaml")]
    result = CliRunner().invoke(observe_command, words, standalone_mode=False)
    assert result.return_value == Exit.PASSED, result.output
    snapshot = load_snapshot(str(HOST))
    present = [
        fact for fact in everything_in(snapshot) if isinstance(snapshot.observe(fact), Present)
    ]
    rules = parse_document(file.read_text("utf-8"), "host.yaml").root["rules"]
    assert len(rules) == len(present) > 0
    assert file.stat().st_mode & 0o077 == 0
