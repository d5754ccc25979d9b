"""Profiles: what they resolve to, what is wrong with them, and the laws that selections keep."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, parse_document
from hklint.language import DOCUMENTS
from hklint.language.schema import check as check_shape
from hklint.linking.model_checks import FollowUp
from hklint.linking.profile_checks import check, link_profiles
from hklint.linking.profiles import NO_CHOICE, Choice, resolve, united, with_policies

CASES: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("profiles.yaml").read_text("utf-8")
)
NOT_BROKEN: Mapping[str, frozenset[str]] = {kind: frozenset() for kind in DOCUMENTS}
EXPECT = {"registry": "HKLM\\SOFTWARE\\Contoso", "value": "One", "exists": True}


def document(kind: str, name: str, fields: Mapping[str, Any]) -> Document:
    root = {"kind": kind, "id": name, "title": name.title(), **fields}
    found = parse_document(json.dumps(root, indent=1), f"{name}.yaml")
    assert check_shape(found, kind) == []
    return found


def policy_document(name: str, fields: Mapping[str, Any]) -> Document:
    rules = [
        {"id": rule, "title": "T", "why": "W", "expect": EXPECT, **given}
        for rule, given in fields["rules"].items()
    ]
    return document("policy", name, {"version": "1.0.0", **fields, "rules": rules})


POLICIES = {name: policy_document(name, fields) for name, fields in CASES["policies"].items()}
SHAPES = {name: msgspec.convert(item.root, language.Policy) for name, item in POLICIES.items()}


def documents(profiles: Mapping[str, Any]) -> dict[str, dict[str, Document]]:
    read = {name: document("profile", name, fields) for name, fields in profiles.items()}
    return {"policy": POLICIES, "profile": read}


def resolved(profiles: Mapping[str, Any], name: str = "mine") -> Choice:
    choices, diagnostics = link_profiles(documents(profiles), NOT_BROKEN)
    assert [item for item in diagnostics if item.code is not Code.IDLE_SELECTOR] == []
    return choices[name]


def chosen(choice: Choice) -> set[str]:
    return {"/".join(key) for key, item in choice.rules.items() if item.chosen}


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES[name]]


@pytest.mark.parametrize("case", cases("resolved"))
def test_what_a_profile_resolves_to(case: Mapping[str, Any]) -> None:
    choice = resolved(case["profiles"])
    if "chosen" in case:
        assert chosen(choice) == set(case["chosen"].split())
    standings = {"/".join(key): item for key, item in choice.rules.items()}
    for rule, words in case.get("by", {}).items():
        item = standings[rule]
        assert (f"{item.profile}: {item.why}" if item.why else item.profile) == words
    if "set" in case:
        assert {".".join(key): item.value for key, item in choice.settings.items()} == {
            key: value for key, (value, _) in case["set"].items()
        }
    for key, (_, profile) in case.get("set", {}).items():
        policy, _, name = key.rpartition(".")
        assert choice.settings[policy, name].source.startswith(
            f"profile {profile}, {profile}.yaml:"
        )


@pytest.mark.parametrize("case", cases("mistaken"))
def test_what_is_wrong_with_profiles(case: Mapping[str, Any]) -> None:
    choices, diagnostics = link_profiles(documents(case["profiles"]), NOT_BROKEN)
    found: dict[str, list[Any]] = {}
    for item in diagnostics:
        found.setdefault(item.span.path.removesuffix(".yaml"), []).append(item)
    assert found.keys() == case["found"].keys()
    for name, expected in case["found"].items():
        assert len(found[name]) == len(expected), found[name]
        for item, words in zip(found[name], expected, strict=True):
            code, _, piece = words.partition(" ")
            assert (item.code.value, piece in item.message) == (code, True), item
            assert isinstance(item, FollowUp) == (code == "HK205")
        only_warnings = all(item.code.severity == "warning" for item in found[name])
        assert (name in choices) == only_warnings


def test_hints_name_what_was_meant() -> None:
    profiles: dict[str, Any] = {
        "mine": {"extends": ["bsae"], "policies": ["frist"]},
        "base": {"policies": ["first"], "select": {"rules": ["d"]}, "exclude": {"tags": ["yy"]}},
        "last": {"policies": ["first"], "parameters": {"nmber": 1}},
    }
    found = check(documents(profiles), NOT_BROKEN)
    assert {item.message: item.help for item in found if not isinstance(item, FollowUp)} == {
        "there is no profile 'bsae'": "did you mean 'base'?",
        "there is no policy 'frist'": "did you mean 'first'?",
        "no rule of these policies has the id 'd'": (
            "it is a rule of the policy second: add that to 'policies'"
        ),
        "no rule of these policies has the tag 'yy'": "did you mean 'y'?",
        "the policies have no such parameter (they have: number, word)": "did you mean 'number'?",
    }


def test_a_policy_that_is_broken_is_told_from_one_that_is_not_there() -> None:
    broken = {**NOT_BROKEN, "policy": frozenset({"third"})}
    found = check(documents({"mine": {"policies": ["third"]}}), broken)
    assert [item.message for item in found] == [
        "the policy 'third' can't be used: it has mistakes of its own"
    ]


def test_the_chain_has_each_profile_once_and_parents_first() -> None:
    profiles = {
        "mine": {"extends": ["left", "right"]},
        "left": {"extends": ["base"]},
        "right": {"extends": ["base", "other"]},
        "base": {"policies": ["first"]},
        "other": {"policies": ["second"]},
    }
    choice = resolved(profiles)
    assert choice.chain == ("base", "left", "other", "right", "mine")
    assert choice.layers["other"].path == "other.yaml"


def test_a_policy_on_the_command_line_adds_all_its_rules() -> None:
    choice = resolved({"mine": {"policies": ["first"], "select": {"rules": ["a"]}}})
    both = with_policies(choice, SHAPES.values())
    assert {item.chosen for item in both.rules.values()} == {True}
    assert both.rules["first", "a"].profile == "mine"
    assert both.rules["first", "b"].profile == ""
    assert with_policies(NO_CHOICE, []).chosen() == {}


# -- laws ------------------------------------------------------------------------------------------

RULES = st.sets(st.sampled_from(["a", "b", "c", "d"]), max_size=3).map(sorted)
TAGS = st.sets(st.sampled_from(["x", "y", "z"]), max_size=2).map(sorted)
SEVERITIES = st.sets(st.sampled_from(["critical", "high", "low"]), max_size=2).map(sorted)
LEVELS = st.sets(st.sampled_from([1, 2, 3]), max_size=2).map(sorted)
SELECTIONS = st.builds(
    language.Selection, rules=RULES, tags=TAGS, severities=SEVERITIES, levels=LEVELS
)
VALUES = st.dictionaries(
    st.sampled_from(["number", "first.number", "second.number", "word"]), st.integers(1, 10)
).map(lambda given: {key: str(value) for key, value in given.items()})
PROFILES = st.builds(
    lambda policies, select, exclude, parameters: language.Profile(
        kind="profile",
        id="p",
        title="P",
        policies=policies,
        select=select,
        exclude=exclude,
        parameters=parameters,
    ),
    st.sets(st.sampled_from(sorted(SHAPES))).map(sorted),
    SELECTIONS,
    SELECTIONS,
    VALUES,
)
SOMEWHERE = parse_document("kind: profile\n", "p.yaml")


def choice_of(profile: language.Profile, *parents: Choice) -> Choice:
    return resolve(profile, SOMEWHERE, parents, SHAPES)


def renamed(profile: language.Profile, name: str) -> language.Profile:
    return msgspec.structs.replace(profile, id=name)


@given(PROFILES, PROFILES)
def test_exclude_wins(profile: language.Profile, parent: language.Profile) -> None:
    choice = choice_of(renamed(profile, "mine"), choice_of(parent))
    for item in choice.rules.values():
        wanted = profile.exclude
        met = (
            item.rule.id in wanted.rules
            or set(item.rule.tags) & set(wanted.tags)
            or item.rule.severity in wanted.severities
            or item.rule.level in wanted.levels
        )
        assert not (item.chosen and met)


@given(PROFILES, PROFILES)
def test_extending_unites_and_then_excludes(
    profile: language.Profile, parent: language.Profile
) -> None:
    base, alone = choice_of(parent), choice_of(renamed(profile, "mine"))
    without = msgspec.structs.replace(profile, exclude=language.Selection())
    both = choice_of(renamed(profile, "mine"), base)
    assert chosen(both) <= chosen(base) | chosen(alone)
    assert chosen(both) >= chosen(alone)
    assert chosen(choice_of(without, base)) == chosen(base) | chosen(choice_of(without))
    assert set(both.rules) == set(base.rules) | set(alone.rules)


@given(PROFILES, st.randoms())
def test_the_order_in_lists_does_not_matter(profile: language.Profile, random: Any) -> None:  # noqa: ANN401 - hypothesis's
    def shuffled(selection: language.Selection) -> language.Selection:
        lists = {name: list(getattr(selection, name)) for name in selection.__struct_fields__}
        for items in lists.values():
            random.shuffle(items)
        return language.Selection(**lists)

    policies, parameters = list(profile.policies), list(profile.parameters.items())
    random.shuffle(policies)
    random.shuffle(parameters)
    other = msgspec.structs.replace(
        profile,
        policies=policies,
        select=shuffled(profile.select),
        exclude=shuffled(profile.exclude),
        parameters=dict(parameters),
    )
    first, second = choice_of(profile), choice_of(other)
    assert chosen(first) == chosen(second)
    assert {key: item.value for key, item in first.settings.items()} == {
        key: item.value for key, item in second.settings.items()
    }
    assert choice_of(profile) == first


@given(st.lists(PROFILES, max_size=4), st.randoms())
def test_the_order_of_extends_matters_for_parameters_given_twice_only(
    profiles: list[language.Profile],
    random: Any,  # noqa: ANN401 - hypothesis's
) -> None:
    parents = [choice_of(renamed(item, f"p{number}")) for number, item in enumerate(profiles)]
    shuffled = list(parents)
    random.shuffle(shuffled)
    first, second = united(parents), united(shuffled)
    assert chosen(first) == chosen(second) == set().union(*map(chosen, parents))
    times = [key for parent in parents for key in parent.settings]
    for key in set(times):
        assert first.settings[key].value in {
            p.settings[key].value for p in parents if key in p.settings
        }
        if times.count(key) == 1:
            assert first.settings[key] == second.settings[key]


@given(PROFILES)
def test_extending_one_thing_twice_changes_nothing(profile: language.Profile) -> None:
    choice = choice_of(profile)
    assert united([choice, choice]) == united([choice]) == choice


@given(PROFILES, PROFILES)
def test_a_profile_overrides_what_it_extends(
    profile: language.Profile, parent: language.Profile
) -> None:
    base = choice_of(parent)
    both = choice_of(renamed(profile, "mine"), base)
    own = both.layers["mine"].settings
    for key, item in both.settings.items():
        assert item == (own[key] if key in own else base.settings[key])
