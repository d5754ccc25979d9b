"""What the tests share: golden files, and hosts as case files describe them."""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import settings

from hklint.bind import bind
from hklint.document import read_document
from hklint.fact import Fact, Observation, Way
from hklint.facts import read_answer, to_request
from hklint.facts.host import FIELDS
from hklint.facts.registry import complete
from hklint.facts.web_request import Outcome, classify
from hklint.library import Library, load, read_catalogue, shipped_folder
from hklint.model import Table
from hklint.plan import facts_needed, table_facts
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.sources.answer import contract_problem

CASES = Path(__file__).parent / "policies" / "cases"
ERROR = {
    "type": "System.IO.IOException",
    "hresult": -2147024891,
    "message": "The registry is busy.",
}
COLLECTOR = {
    "powershell": "5.1.14393.0",
    "edition": "Desktop",
    "bits": 64,
    "process": "wsmprovhost",
    "user": "CONTOSO\\audit",
    "administrator": True,
    "culture": "fi-FI",
    "milliseconds": 900,
}
SOURCE = Source("psrp", "ex01.contoso.example", "CONTOSO\\audit", "HTTP, NTLM", "0" * 64)
TAKEN_AT = "2026-03-04T05:06:07Z"
ATTEMPTS: dict[Outcome | Literal["not-run"], Mapping[str, Any]] = {
    "not-run": {"result": "not-run", "message": "no child process"},
    "reached": {"result": "response", "http_status": 200, "method": "GET"},
    "tls-refused": {"status": "SendFailure"},
    "no-common-protocol": {"status": "ReceiveFailure", "native_error": -2146893007},
    "certificate-rejected": {"status": "TrustFailure"},
    "name-not-resolved": {"status": "NameResolutionFailure"},
    "connection-refused": {"status": "ConnectFailure", "socket_error": 10061},
    "timed-out": {"status": "Timeout"},
    "proxy-authentication": {"status": "ProtocolError", "http_status": 407, "method": "CONNECT"},
    "proxy-failed": {"status": "ProtocolError", "http_status": 502, "method": "CONNECT"},
    "failed": {"status": "UnknownError"},
}
"""For each outcome what an attempt with it looks like, where it differs from a silent error."""


class ExpectedState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model and the one state it has to come to."""

    model: str
    state: str
    arguments: dict[str, int | str] = msgspec.field(name="with", default_factory=dict)


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has to come of a case; verdicts that are not listed may be anything."""

    verdicts: dict[str, str]
    states: list[ExpectedState] = []
    diagnosis: str | None = None


class TypedValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registry value of a type that neither a number nor a text stands for."""

    type: str
    value: int | str | list[str]


Values = dict[str, int | str | TypedValue]


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A host and what has to come of judging it: a file in `policies/cases`.

    A host field or a request that is left out is unreadable; a registry value that is left out is
    absent, and the word `unreadable` stands for one that is not readable.
    """

    policy: str
    expect: Expected
    host: dict[str, int | str] = {}
    registry: dict[str, Values] = {}
    registry_32: dict[str, Values] = {}
    web: dict[Way, Outcome] = {}


settings.register_profile("hklint", deadline=None)
settings.load_profile("hklint")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="accept what golden files differ in")


@pytest.fixture(scope="session")
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def shipped() -> Library:
    """Every policy that comes with hklint, with all models."""
    files = sorted(shipped_folder().rglob("*.yaml"))
    return load(sorted(read_catalogue(files).policies), {})


@pytest.fixture(scope="session")
def store_policy(shipped: Library) -> Policy:
    return shipped.policies["exchange-store-addins"]


@pytest.fixture(scope="session")
def read_case() -> Callable[[str], Case]:
    """A case by its name, its shape checked."""

    def read(name: str) -> Case:
        return msgspec.convert(read_document(CASES / f"{name}.yaml").root, Case)

    return read


@pytest.fixture(scope="session")
def tables(shipped: Library) -> tuple[Table, ...]:
    """Every table of the models whose parameters all are finite."""
    return tuple(
        bind(model, dict(zip(model.parameters, combination, strict=True)))
        for model in shipped.models.values()
        for combination in itertools.product(
            *(allowed or () for allowed in model.parameters.values())
        )
    )


@pytest.fixture(scope="session")
def answered(shipped: Library, tables: tuple[Table, ...]) -> Callable[[Case], Snapshot]:
    """A case's host as it answers the collector, asked for all that the policies can ask for."""
    asked = to_request(facts_needed(shipped.policies.values()).union(*map(table_facts, tables)))

    def answer(case: Case) -> Snapshot:
        said = {
            "version": 1,
            "collector": COLLECTOR,
            "host": [_field(name, case) for name in FIELDS],
            "registry": _registry(case, asked["registry"]),
            "web_requests": _web(case, asked["web_requests"]),
        }
        assert contract_problem(said) is None
        full = complete(said, asked["registry"])
        return Snapshot("EX01", TAKEN_AT, SOURCE, full, read_answer(full))

    return answer


@pytest.fixture(scope="session")
def host_with() -> Callable[[Mapping[Fact, Observation]], Snapshot]:
    """A host of which these facts are known and no others."""

    def build(observations: Mapping[Fact, Observation]) -> Snapshot:
        known = {lookup_key(fact): seen for fact, seen in observations.items()}
        return Snapshot("EX01", TAKEN_AT, SOURCE, {}, known)

    return build


@pytest.fixture(scope="session")
def attempt() -> Callable[..., dict[str, Any]]:
    """The collector's record of an attempt that failed silently, with these fields changed."""
    return _attempt


def _field(name: str, case: Case) -> dict[str, Any]:
    match case.host.get(name, "unreadable"):
        case "unreadable":
            return {"name": name, "state": "failed", "error": ERROR}
        case "absent":
            return {"name": name, "state": "absent"}
        case data:
            return {"name": name, "state": "present", "data": data}


def _registry(case: Case, asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - plain JSON
    views = {"64-bit": case.registry, "32-bit": case.registry_32}
    left = {
        (view, key.casefold(), name.casefold())
        for view, keys in views.items()
        for key, values in keys.items()
        for name in values
    }
    items: list[dict[str, Any]] = []
    for item in asked:
        place = f"{item['hive']}\\{item['key']}"
        found = {
            name.casefold(): value
            for key, values in views[item["view"]].items()
            if key.casefold() == place.casefold()
            for name, value in values.items()
        }
        left -= {(item["view"], place.casefold(), name.casefold()) for name in item["values"]}
        key = {part: item[part] for part in ("hive", "view", "key")}
        if found:
            read = [_value(name, found.get(name.casefold())) for name in item["values"]]
            items.append(key | {"state": "present", "values": read})
        else:
            items.append(key | {"state": "absent"})
    assert not left, f"the case gives values that nobody asks for: {left}"
    return items


def _value(name: str, value: int | str | TypedValue | None) -> dict[str, Any]:
    match value:
        case None:
            return {"name": name, "state": "absent"}
        case "unreadable":
            return {"name": name, "state": "failed", "error": ERROR}
        case TypedValue(type_name, data):
            return {"name": name, "state": "present", "type": type_name, "data": data}
        case data:
            type_name = "REG_DWORD" if isinstance(data, int) else "REG_SZ"
            return {"name": name, "state": "present", "type": type_name, "data": data}


def _web(case: Case, asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - plain JSON
    return [
        {"uri": item["uri"], "attempts": [_way(case, way) for way in item["ways"]]}
        for item in asked
    ]


def _way(case: Case, way: Way) -> dict[str, Any]:
    outcome: Outcome | Literal["not-run"] = case.web.get(way) or "not-run"
    record = _attempt(way=way, **ATTEMPTS[outcome])
    assert outcome == "not-run" or classify(record) == outcome
    return record


def _attempt(
    native_error: int | None = None,
    socket_error: int | None = None,
    exception: str = "System.Net.WebException",
    **fields: object,
) -> dict[str, Any]:
    codes = {"native_error": native_error, "socket_error": socket_error}
    silent: dict[str, Any] = {
        "way": "default",
        "result": "error",
        "started": "2026-03-04T05:06:00Z",
        "milliseconds": 412,
        "ran_in": "child",
        "process": {"name": "powershell", "bits": 64, "powershell": "5.1", "edition": "Desktop"},
        "security_protocol": {"before": 240, "during": 240},
        "proxy": None,
        "final_uri": None,
        "method": None,
        "http_status": None,
        "status": None,
        "error_id": None,
        "exceptions": [{"type": exception, "hresult": None, **codes}],
        "message": None,
    }
    return silent | fields
