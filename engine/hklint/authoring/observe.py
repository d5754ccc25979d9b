"""A policy draft from what a host has: a rule for each value that was read, in its own type."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from hklint.authoring.observed_rule import Asked, LeftOutError, cleaned, observed_rule
from hklint.documents.yaml_text import Node, UnwritableError, block, comment, list_item
from hklint.errors import UsageError
from hklint.fact import Absent, Fact, Hive, RegistryKey, RegistryName, RegistryValue, View
from hklint.facts.host import describe
from hklint.judging.plan import facts_needed
from hklint.language.registry_path import mend, path_mistake
from hklint.policy import Policy, ValueExpectation
from hklint.snapshot import Snapshot, lookup_key


class Draft(msgspec.Struct, frozen=True):
    """A policy, how many rules it has, and of how much that was asked for it has none."""

    text: str
    rules: int
    absent: int
    left_out: int


def named(keys: Iterable[str], values: Sequence[str], views: Sequence[View]) -> Iterator[Asked]:
    """These values of each of these keys, or only whether the keys are there. Raises UsageError."""
    for text in keys:
        meant = mend(text)
        if meant is None:
            mistake = path_mistake(text)
            reason = mistake.message if mistake else "this is no path of a registry key"
            raise UsageError(f"--key {text}: {reason}; write it like HKLM\\SOFTWARE\\Contoso")
        hive, _, key = meant.path.partition("\\")
        for view in ("32-bit",) if meant.redirected else views:
            place = RegistryKey(cast("Hive", hive), key, view)
            yield from (RegistryValue(place.hive, key, name, view) for name in values)
            if not values:
                yield place


def asked_by(policies: Iterable[Policy]) -> Iterator[Asked]:
    """What policies ask of the registry."""
    for fact in facts_needed(policies):
        if isinstance(fact, RegistryKey | RegistryName | RegistryValue):
            yield fact


def expected_by(policies: Iterable[Policy]) -> dict[Fact, ValueExpectation]:
    """What policies expect of values, in the spelling of observations."""
    expectations = [rule.expectation for policy in policies for rule in policy.rules]
    return {
        lookup_key(item.fact): item for item in expectations if isinstance(item, ValueExpectation)
    }


def everything_in(snapshot: Snapshot) -> Iterator[Asked]:
    """All of the registry that a snapshot was asked for."""
    items = cast("list[dict[str, object]]", snapshot.answer.get("registry", ()))
    for item in items:
        hive, key = cast("Hive", item["hive"]), str(item["key"])
        view = cast("View", item["view"])
        values = cast("list[dict[str, object]]", item.get("values", ()))
        if not values:
            yield RegistryKey(hive, key, view)
        for value in values:
            kind = RegistryName if value["state"] == "withheld" else RegistryValue
            yield kind(hive, key, str(value["name"]), view)


def draft(
    snapshot: Snapshot,
    asked: Iterable[Asked],
    name: str,
    known: Mapping[Fact, ValueExpectation],
    *,
    absent_too: bool,
) -> Draft:
    """A policy by which a host passes that has what this one has.

    `known` are expectations of policies on the same facts, whose documented defaults and restarts
    are taken over. What is absent gets a rule only if `absent_too`.
    """
    rules: list[str] = []
    absent: list[Asked] = []
    left_out: list[str] = []
    ids: dict[str, int] = {}
    meant = (_only_named(fact, known) for fact in asked)
    for fact in sorted({lookup_key(fact): fact for fact in meant}.values(), key=str):
        seen = snapshot.observe(fact)
        if isinstance(seen, Absent) and not absent_too:
            absent.append(fact)
            continue
        try:
            rules.append(list_item(observed_rule(fact, seen, known.get(lookup_key(fact)), ids)))
        except (LeftOutError, UnwritableError) as error:
            left_out.append(f"{fact}: {error}")
    head: dict[str, Node] = {
        "kind": "policy",
        "id": name,
        "title": f"What {cleaned(snapshot.host)} has",
        "version": "0.1.0",
    }
    parts = [_header(snapshot), block(head), *_notes(absent, left_out)]
    text = "".join(parts) + "rules:\n" + "\n".join(rules)
    return Draft(text, len(rules), len(absent), len(left_out))


def _only_named(fact: Asked, known: Mapping[Fact, ValueExpectation]) -> Asked:
    """A value as policies ask for it: if only whether it is there, its data may be a secret."""
    if not isinstance(fact, RegistryValue) or lookup_key(fact) in known:
        return fact
    name = RegistryName(fact.hive, fact.key, fact.value, fact.view)
    return name if lookup_key(name) in known else fact


def _header(snapshot: Snapshot) -> str:
    windows = describe(snapshot.observations) or "its Windows is not known"
    return (
        f"{comment(f'What {snapshot.host} had at {snapshot.taken_at} ({windows}).')}\n"
        "# A draft: what a host has is not what hosts should have. Remove the rules that don't\n"
        "# matter, and give the others a title, a severity, and a reason.\n"
    )


def _notes(absent: Iterable[Asked], left_out: list[str]) -> Iterator[str]:
    """Comments on what has no rule."""
    keys: dict[str, list[str]] = {}
    for fact in absent:
        names = keys.setdefault(f"{fact.hive}\\{fact.key} [{fact.view}]", [])
        names.append("the key" if isinstance(fact, RegistryKey) else fact.value or "(default)")
    gone = [f"{key}: {', '.join(names)}" for key, names in keys.items()]
    for title, lines in (("Not there, and without a rule:", gone), ("Left out:", left_out)):
        if lines:
            yield f"\n# {title}\n"
            yield from (f"#   {comment(line)[2:]}\n" for line in lines)
    yield "\n"
