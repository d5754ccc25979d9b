"""Facts of hosts as a document of tests, with what comes of judging them as what is expected."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from hklint.documents.document import parse_document
from hklint.documents.yaml_text import Node, UnwritableError, block, inline, list_item
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.fold import fold
from hklint.judging.evaluate import judge
from hklint.linking.catalogue import Catalogue, errors_in
from hklint.linking.conditions import OperandError
from hklint.linking.library import Library
from hklint.policy import Policy
from hklint.policy_tests.across import judged_across
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.asked import Asked, AskedValue, asked_for
from hklint.policy_tests.data import field_mistake, observation
from hklint.policy_tests.expected import rule_name
from hklint.policy_tests.facts import VIEWS
from hklint.policy_tests.linked import Case, Suite, link_tests
from hklint.policy_tests.stated import Stated, lies_in
from hklint.snapshot import lookup_key

Facts = Mapping[Fact, Observation]

_ABSENT, _UNREADABLE = "absent", "unreadable"


class Example(msgspec.Struct, frozen=True):
    """A case: a host by its name, and what is different on it here."""

    name: str
    host: str
    facts: Facts = {}


def tests_text(
    head: Mapping[str, str],
    policy: Policy,
    hosts: Mapping[str, Facts],
    examples: Sequence[Example],
    known: tuple[Catalogue, Library],
) -> str:
    """A document of tests for a policy, which is among the known; all of its cases pass.

    `head` is what stands before the hosts. What a document can't say of a host is left out.
    """
    asked = asked_for(policy, ())
    written: dict[str, Node] = {name: _host(_there(facts), asked) for name, facts in hosts.items()}
    cases: list[dict[str, Node]] = [
        {"name": example.name, "host": example.host, **_host(example.facts, asked)}
        for example in examples
    ]
    start: dict[str, Node] = {"kind": "tests", **head, "policy": policy.id, "hosts": written}
    trial = [{**case, "expect": {"every": "pass"}} for case in cases]
    document = parse_document(block({**start, "cases": trial}), "tests.yaml")
    suite, mistakes = link_tests(document, *known)
    assert not errors_in(mistakes), errors_in(mistakes)
    judged = [
        list_item({**case, "expect": _expected(policy, suite, linked)})
        for case, linked in zip(cases, suite.cases, strict=True)
    ]
    return block(start) + "\ncases:\n" + "\n".join(judged)


def _expected(policy: Policy, suite: Suite, case: Case) -> Node:
    """The verdicts on the host of a case: the usual one, and those that differ."""
    assert isinstance(case.host, Stated)
    host = snapshot_of(case.name, case.host, suite.request)
    found = {rule_name(item.rule): str(item.outcome) for item in judge(policy, host)}
    across = judged_across(policy, host, ())
    found |= {name: str(verdict.outcome) for name, verdict in across.items()}
    usual = Counter(found.values()).most_common(1)[0][0]
    others: dict[str, Node] = {name: word for name, word in found.items() if word != usual}
    return {"every": usual, **({"verdicts": others} if others else {})}


def _host(facts: Facts, asked: Asked) -> dict[str, Node]:
    """A host, or what is different on it, as a document says it."""
    fields: dict[str, Node] = {}
    web: dict[str, Node] = {}
    for fact, seen in sorted(facts.items(), key=lambda pair: str(pair[0])):
        match fact, seen:
            case HostField(field), Absent():
                fields[field] = _ABSENT
            case HostField(field), Present(value=int() | str() as value):
                if _is_field(field, value):
                    fields[field] = value
            case WebRequest(way=way), Present(value=str() as outcome) if way in asked.ways:
                web[way] = outcome
            case WebRequest(way=way), Unreadable() if way in asked.ways:
                web[way] = _UNREADABLE
            case _:
                pass
    parts: dict[str, Node] = {"host": fields, **_keys(facts, asked), "web": web}
    return {part: node for part, node in parts.items() if node}


def _is_field(name: str, value: int | str) -> bool:
    return (
        value not in {_ABSENT, _UNREADABLE}
        and field_mistake(name, value) is None
        and _can_be_written(value)
    )


def _keys(facts: Facts, asked: Asked) -> dict[str, Node]:
    """What is asked of the registry, by view and key."""
    keys: dict[RegistryKey, Node] = {}
    values: dict[RegistryKey, dict[str, Node]] = {}
    for fact, seen in sorted(facts.items(), key=lambda pair: str(pair[0])):
        if isinstance(fact, RegistryKey) and lookup_key(fact) in asked.keys:
            keys[RegistryKey(fact.hive, fold(fact.key), fact.view)] = _key(seen)
        elif isinstance(fact, RegistryValue | RegistryName):
            place = RegistryKey(fact.hive, fold(fact.key), fact.view)
            known = asked.keys[place].values.get(fold(fact.value)) if place in asked.keys else None
            datum = None if known is None else _datum(seen, known)
            if known is not None and datum is not None:
                values.setdefault(place, {})[known.name] = datum
    found = {**keys, **values}
    for place in [place for place, node in found.items() if node == _ABSENT]:
        if any(lies_in(other, place) for other in found.keys() - {place}):
            del found[place]  # it can't be absent where something lies in it
    parts: dict[str, dict[str, Node]] = {part: {} for part in VIEWS}
    for place in sorted(found, key=str):
        part = next(part for part, view in VIEWS.items() if view == place.view)
        parts[part][asked.keys[place].path] = found[place]
    return dict(parts)


def _key(seen: Observation) -> Node:
    match seen:
        case Absent():
            return _ABSENT
        case Unreadable():
            return _UNREADABLE
        case Present():
            return {}


def _datum(seen: Observation, asked: AskedValue) -> Node | None:
    """A value as a document says it, in the short form if that means the same; None if it can't."""
    match seen:
        case Absent():
            return _ABSENT
        case Unreadable():
            return _UNREADABLE
        case Present() if not asked.types:
            return ""  # only its being there counts, and its data may be a secret
        case Present():
            data = list(seen.value) if isinstance(seen.value, tuple) else seen.value
            if not _can_be_written(data):
                return None
            try:
                short = observation(data, asked)
            except OperandError:
                short = None
            return data if short == seen else {"type": seen.type, "value": data}


def _can_be_written(node: Node) -> bool:
    try:
        inline(node)
    except UnwritableError:
        return False
    return True


def _there(facts: Facts) -> Facts:
    """The facts without those of the registry that are absent, as all are that are not named."""
    return {
        fact: seen
        for fact, seen in facts.items()
        if isinstance(fact, HostField) or not isinstance(seen, Absent)
    }
