"""What the seeded random test is made of: hosts and policies, the truth about them, and cases."""

import json
import random
import secrets
import threading
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hklint import collector
from hklint.audit import host_result
from hklint.fact import Fact, HostField, Observation, WebRequest
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete, withhold
from hklint.fleet import Gathered
from hklint.judging.plan import facts_needed
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import (
    CertificateAuthority,
    Endpoint,
    ErrorCategory,
    Fault,
    Faults,
    Kind,
    TerminatingError,
    TlsFiles,
)
from hklint.lab.wire.faults import WITHOUT_MESSAGE
from hklint.linking.library import Library
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source
from hklint.sources.wsman.classify import SESSION_GONE

SOURCE = Source("psrp", "the lab itself", "LAB\\audit", "", "0" * 64)
CLOCK = HostField("clock")
CODES = (5, 995, 1326, 2150858793, 2150858843, 2150858811, 2150859173, 2150859174, 0, 2**32 - 1)
STATUSES = (*range(200, 600, 7), 401, 403, 404, 500, 503, 101, 999)
ACTIONS = ("authenticate", "create", "command", "receive", "delete", "send", "signal")
OFTEN = (3, 6, 6, 6, 4, 1, 1)
"""How often each action is drawn."""


# -- the truth -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Truth:
    """What a host is, and how policies judge that: outcomes by policy and rule."""

    observations: Mapping[Fact, Observation]
    outcomes: Mapping[tuple[str, str], str]


def truth_of(host: LabHost, policies: Collection[Policy]) -> Truth:
    """What the host's collector says when there is no wire between."""
    facts = facts_needed(policies)
    request = to_request(facts)
    said = json.loads(host.collect(json.dumps(request)))
    answer = withhold(complete(said, request["registry"]), facts)
    return truth_in(Snapshot("lab", "", SOURCE, answer, read_answer(answer)), policies)


def truth_in(snapshot: Snapshot, policies: Collection[Policy]) -> Truth:
    """What a snapshot says, and how it is judged; clocks go on, and are left out."""
    result = host_result(Gathered(0, "lab", "", "", 0.0, snapshot), list(policies))
    assert result.failure is None, result.failure
    outcomes = {(item.policy, item.name): str(item.outcome) for item in result.verdicts}
    known = {fact: seen for fact, seen in snapshot.observations.items() if fact != CLOCK}
    return Truth(known, outcomes)


# -- what the collector of a host does -------------------------------------------------------------

Script = Callable[[Callable[[], str], threading.Event], str]


def _late(right: Callable[[], str], stopped: threading.Event) -> str:
    stopped.wait(0.4)
    return right()


def _never(_right: Callable[[], str], stopped: threading.Event) -> str:
    stopped.wait(60)
    return ""


def _error(_right: Callable[[], str], _stopped: threading.Event) -> str:
    raise TerminatingError("No.", error_id="Nope", category=ErrorCategory.PERMISSION_DENIED)


SCRIPTS: dict[str, Script] = {
    "right": lambda right, _: right(),
    "late": _late,
    "never": _never,
    "error": _error,
    "half": lambda right, _: right()[: len(right()) // 2],
    "nothing": lambda *_: "",
    "huge": lambda *_: "x" * 17_000_000,
    "many parts": lambda *_: json.dumps([[]] * 300_000),
    "other hives": lambda right, _: right().replace("HKLM", "HKXX"),
    "a refusal": lambda *_: '{"version": 1, "error": {"code": "failed", "message": "\\u001b[31m"}}',
}

CONFIGURATIONS: dict[str, Callable[[Any], Endpoint]] = {
    "Microsoft.PowerShell": Endpoint,
    "Function": lambda run: Endpoint(functions={collector.FUNCTION: run}),
    "NoFunction": Endpoint,
    "Nothing": lambda _run: Endpoint(),
    "ForOthers": lambda run: Endpoint(run, users=frozenset({"LAB\\boss"})),
}
"""What runs in a session: the script, the function of `hklint jea`, neither, or nothing for us."""


# -- cases -----------------------------------------------------------------------------------------


class Case(msgspec.Struct, frozen=True):
    """One audit: what is asked, how, and what goes wrong."""

    host: str
    policy: str
    tls: bool
    authentication: str
    configuration: str = "Microsoft.PowerShell"
    certificate: str = "good"
    script: str = "right"
    faults: Faults = Faults()
    max_shells: int = 30
    clock_skew: float = 0.0
    deadline: float = 8.0
    request_timeout: float = 5.0
    retries: int = 1
    cancelled_after: float | None = None
    plain: bool = False

    @property
    def all_faults(self) -> dict[str, Fault]:
        """The faults by action."""
        return {name: fault for name in ACTIONS if (fault := getattr(self.faults, name))}

    @property
    def lies(self) -> bool:
        """Whether the host may say something else than the truth, and in the right form."""
        return any(fault.kind is Kind.SCRAMBLED for fault in self.all_faults.values())

    @property
    def denies(self) -> bool:
        """Whether the host says that it knows no such session, though it does."""
        fault = self.faults.delete
        return fault is not None and fault.kind is Kind.FAULT and fault.code in SESSION_GONE


@dataclass(frozen=True)
class World:
    """All that a case can be made of."""

    hosts: Mapping[str, LabHost]
    policies: Mapping[str, tuple[Policy, ...]]
    ca: Path
    certificates: Mapping[str, TlsFiles]
    truth: Callable[[str, str], Truth]

    def draw(self, seed: str) -> Case:
        """The case of a seed."""
        chance = random.Random(seed)  # noqa: S311 - to be repeated
        tls = chance.random() < 0.4
        ways = ["negotiate", "ntlm", "basic", *(["certificate", "credssp"] if tls else [])]
        case = Case(
            host=chance.choice(sorted(self.hosts)),
            policy=chance.choice([*sorted(self.policies), "all"]),
            tls=tls,
            authentication=chance.choice(ways),
            configuration=chance.choice(["Microsoft.PowerShell", "Function", "NoFunction"]),
            retries=chance.choice([0, 1, 2]),
            clock_skew=chance.choice([0.0, -86_400.0, 3_600.0]),
        )
        if chance.random() < 0.05:
            return msgspec.structs.replace(case, plain=True)
        return msgspec.structs.replace(
            case,
            configuration=_mostly(chance, case.configuration, 0.95, sorted(CONFIGURATIONS)),
            certificate=_mostly(chance, "good", 0.9, sorted(self.certificates)),
            script=_mostly(chance, "right", 0.8, sorted(SCRIPTS)),
            faults=_faults(chance),
            max_shells=_mostly(chance, 30, 0.95, [0, 1]),
            deadline=chance.choice([1.0, 1.5, 2.0]),
            request_timeout=chance.choice([0.5, 1.0, 5.0]),
            cancelled_after=chance.uniform(0, 1) if chance.random() < 0.1 else None,
        )


def _mostly(chance: random.Random, usual: Any, share: float, others: Sequence[Any]) -> Any:  # noqa: ANN401 - of whatever is drawn
    return usual if chance.random() < share else chance.choice(others)


def _faults(chance: random.Random) -> Faults:
    number = chance.choice([0, 1, 1, 1, 2, 2])
    actions = chance.sample(ACTIONS, number, counts=OFTEN)
    return Faults(**{action: _fault(chance, action) for action in actions})


def _fault(chance: random.Random, action: str) -> Fault:
    kind = chance.choice(sorted(WITHOUT_MESSAGE if action == "authenticate" else Kind))
    return Fault(
        kind,
        seconds=chance.choice([0.01, 0.2, 3.0] if kind is Kind.SLOW else [0.0001, 0.02]),
        code=chance.choice(STATUSES if kind is Kind.STATUS else [*CODES, chance.randrange(2**32)]),
        inside=chance.random() < 0.5,
        first=chance.choice([1, 1, 1, 1, 1, 2, 3, 4]),
    )


# -- fixtures --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def world(shipped: Library, tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    authority = CertificateAuthority(tmp_path_factory.mktemp("chaos"))
    policies = {
        policy.id: (policy,)
        for policy in shipped.policies.values()
        if not any(isinstance(fact, WebRequest) for fact in facts_needed([policy]))
    }
    policies["all"] = tuple(policy for (policy,) in policies.values())
    with Lab(["ex2016-healthy", "ex2016-no-dns", "ex2013-2008r2"]) as lab:

        @cache
        def truth(host: str, policy: str) -> Truth:
            return truth_of(lab.hosts[host], policies[policy])

        yield World(lab.hosts, policies, authority.ca_file, _certificates(authority), truth)


def _certificates(authority: CertificateAuthority) -> dict[str, TlsFiles]:
    here: dict[str, Any] = {"names": ["localhost"], "addresses": ["127.0.0.1"]}
    return {
        "good": authority.issue("localhost", **here),
        "expired": authority.issue("localhost", **here, expired=True),
        "not yet valid": authority.issue("localhost", **here, not_yet_valid=True),
        "self-signed": authority.issue("localhost", **here, self_signed=True),
        "another name": authority.issue("other.example", names=["other.example"]),
        "of a client": authority.issue("audit"),
    }


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the test takes from here, since tests are no package to import from."""
    return SimpleNamespace(SCRIPTS=SCRIPTS, CONFIGURATIONS=CONFIGURATIONS, truth_in=truth_in)


@pytest.fixture(scope="session")
def chaos_seed(request: pytest.FixtureRequest) -> str:
    """The seed that was asked for, as it stood in the report of a failure.

    Else `make chaos` takes a new one, and every other run the same.
    """
    new = secrets.token_hex(4) if request.config.getoption("--chaos") == "full" else "hklint"
    return str(request.config.getoption("--chaos-seed") or new)
