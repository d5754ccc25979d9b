"""The answer that a host would give to the collector, from what a test states of it.

A test goes the way of a real host: what the policies ask for is asked, and the answer is checked
and read as every answer is. So no test can rest on something that no host could say.
"""

from collections.abc import Mapping
from typing import Any, cast

from hklint import collector
from hklint.fact import Absent, Hive, Observation, Present, RegistryKey, Unreadable, View
from hklint.facts import read_answer
from hklint.facts.host import FIELDS
from hklint.facts.registry import complete
from hklint.fold import fold
from hklint.policy_tests.attempts import attempt
from hklint.policy_tests.stated import Stated, Values, parents_of
from hklint.snapshot import Snapshot, Source
from hklint.sources.answer import contract_problem

TAKEN_AT = "2000-01-01T00:00:00Z"
"""The time of every answer: tests come out the same whenever they run."""
NO_VALUES: Values = {}
NOT_STATED = Unreadable("failed", "the test does not say")

_COLLECTOR = {
    "powershell": "5.1",
    "edition": "Desktop",
    "bits": 64,
    "process": "hklint test",
    "user": "",
    "administrator": True,
    "culture": "",
    "milliseconds": 0,
}


def snapshot_of(name: str, stated: Stated, request: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a host that is as stated and was asked this."""
    parents = parents_of(stated.keys)
    said = {
        "version": collector.CONTRACT_VERSION,
        "collector": _COLLECTOR,
        "host": [_field(field, stated.fields.get(field, NOT_STATED)) for field in FIELDS],
        "registry": [_key(item, stated, parents) for item in request["registry"]],
        "web_requests": [_requests(item, stated) for item in request["web_requests"]],
    }
    problem = contract_problem(said)
    assert problem is None, problem
    answer = complete(said, request["registry"])
    source = Source("test", name, "", "", collector.sha256())
    return Snapshot(name, TAKEN_AT, source, answer, read_answer(answer))


def _field(name: str, seen: Observation) -> dict[str, Any]:
    match seen:
        case Present():
            return {"name": name, "state": "present", "data": seen.value}
        case Absent():
            return {"name": name, "state": "absent"}
        case Unreadable():
            return {"name": name, "state": "failed", "error": _error(seen)}


def _key(
    item: Mapping[str, Any], stated: Stated, parents: frozenset[RegistryKey]
) -> dict[str, Any]:
    place = RegistryKey(cast("Hive", item["hive"]), fold(item["key"]), cast("View", item["view"]))
    key = {part: item[part] for part in ("hive", "view", "key")}
    values = stated.keys.get(place, NO_VALUES if place in parents else Absent("key"))
    if isinstance(values, Absent):
        return key | {"state": "absent"}
    if isinstance(values, Unreadable):
        return key | {"state": "denied", "error": _error(values)}
    names: list[str] = item["values"]
    read = [_value(name, values.get(fold(name), Absent("value"))) for name in names]
    return key | {"state": "present", "values": read}


def _value(name: str, seen: Observation) -> dict[str, Any]:
    match seen:
        case Present():
            data = list(seen.value) if isinstance(seen.value, tuple) else seen.value
            return {"name": name, "state": "present", "type": seen.type, "data": data}
        case Absent():
            return {"name": name, "state": "absent"}
        case Unreadable():
            return {"name": name, "state": "failed", "error": _error(seen)}


def _requests(item: Mapping[str, Any], stated: Stated) -> dict[str, Any]:
    attempts = [
        attempt(way, stated.requests.get(way, NOT_STATED), TAKEN_AT) for way in item["ways"]
    ]
    return {"uri": item["uri"], "attempts": attempts}


def _error(seen: Unreadable) -> dict[str, Any]:
    return {"type": "System.UnauthorizedAccessException", "hresult": None, "message": seen.detail}
