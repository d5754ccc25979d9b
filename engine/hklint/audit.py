"""One run, put together: its header, each host's result, its summary."""

import logging
from collections.abc import Sequence

from hklint import __version__, collector
from hklint.clock import now
from hklint.errors import places
from hklint.facts import host
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered
from hklint.gate import exit_code
from hklint.judging.evaluate import judge
from hklint.judging.explain import diagnose, explain
from hklint.judging.registry_tests import registry_tests
from hklint.judging.restart_due import with_effect
from hklint.judging.waivers import statuses
from hklint.linking.library import Library
from hklint.policy import Policy
from hklint.run import (
    RUN_VERSION,
    HostResult,
    PolicyInfo,
    RuleInfo,
    RunHeader,
    Summary,
)
from hklint.snapshot import Snapshot
from hklint.sources.recorded import snapshot_document
from hklint.tally import Tally
from hklint.verdict import Severity, Verdict

_log = logging.getLogger(__name__)


def header(
    library: Library,
    command: str,
    arguments: Sequence[str],
    *,
    targets: int,
    fail_on: Severity,
    allow_unknown: bool,
) -> RunHeader:
    """What a run is about, before the first host has answered."""
    policies = library.policies.values()
    return RunHeader(
        version=RUN_VERSION,
        hklint=__version__,
        started=now(),
        command=command,
        arguments=tuple(arguments),
        fail_on=fail_on,
        allow_unknown=allow_unknown,
        policies=tuple(_policy_info(policy) for policy in policies),
        parameters={
            f"{policy.id}.{name}": str(value)
            for policy in policies
            for name, value in policy.parameters.items()
        },
        documents=library.documents,
        collector_sha256=collector.sha256(),
        targets=targets,
        profiles=library.profiles,
        sources=library.sources,
        registry_tests=tuple(test for policy in policies for test in registry_tests(policy)),
    )


def host_result(gathered: Gathered, policies: Sequence[Policy]) -> HostResult:
    """A host's verdicts with their explanations, or its failure."""
    if isinstance(gathered.result, Failure):
        return _not_judged(gathered, gathered.result)
    try:
        return _judged(gathered, gathered.result, policies)
    except Exception as error:  # noqa: BLE001 - one host's trouble never ends the others' run
        _log.debug("a bug while judging %s: %s", gathered.name, " > ".join(places(error)))
        failure = Failure(Reason.INTERNAL_ERROR, "judging", type(error).__name__)
        return _not_judged(gathered, failure)


def _judged(gathered: Gathered, snapshot: Snapshot, policies: Sequence[Policy]) -> HostResult:
    return HostResult(
        host=snapshot.host,
        target=gathered.target,
        windows=host.describe(snapshot.observations),
        started=gathered.started,
        seconds=gathered.seconds,
        failure=None,
        snapshot=snapshot_document(snapshot),
        diagnoses=tuple(
            diagnosis
            for policy in policies
            if (diagnosis := diagnose(policy, snapshot)) is not None
        ),
        verdicts=tuple(verdict for policy in policies for verdict in _verdicts(policy, snapshot)),
    )


def _verdicts(policy: Policy, snapshot: Snapshot) -> tuple[Verdict, ...]:
    explained = (explain(judgement, policy, snapshot) for judgement in judge(policy, snapshot))
    return with_effect(explained, policy, snapshot)


def summary(tally: Tally) -> Summary:
    """What came of a run."""
    return Summary(
        ended=now(),
        hosts=tally.hosts,
        hosts_not_reached=tally.not_reached,
        counts=tally.counts,
        interrupted=tally.cancelled > 0,
        exit_code=exit_code(tally),
        waived=dict(tally.waived),
        waivers=statuses(tally),
    )


def _not_judged(gathered: Gathered, failure: Failure) -> HostResult:
    return HostResult(
        gathered.name,
        gathered.target,
        "",
        gathered.started,
        gathered.seconds,
        failure,
        None,
        (),
        (),
    )


def _policy_info(policy: Policy) -> PolicyInfo:
    rules: dict[str, RuleInfo] = {rule.info.id: rule.info for rule in policy.rules}
    return PolicyInfo(
        policy.id, policy.title, policy.version, policy.path, policy.sha256, tuple(rules.values())
    )
