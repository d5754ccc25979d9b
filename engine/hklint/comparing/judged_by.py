"""What two runs judge by: policies, their parameters, and models."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from hklint.comparison import ParameterChange, PolicyChange, SeverityChange
from hklint.run import PolicyInfo, RunHeader
from hklint.verdict import Severity

_NAMED = 3


def policy_changes(before: RunHeader, after: RunHeader) -> tuple[PolicyChange, ...]:
    """The policies of which the runs have other documents or other rules."""
    theirs = {policy.id: policy for policy in before.policies}
    ours = {policy.id: policy for policy in after.policies}
    pairs = ((theirs.get(name), ours.get(name), name) for name in {**theirs, **ours})
    return tuple(
        _policy_change(name, was, now) for was, now, name in pairs if _same(was) != _same(now)
    )


def _same(policy: PolicyInfo | None) -> object:
    """What makes two policies one: the document, and which of its rules a profile chose, how."""
    if policy is None:
        return None
    return policy.sha256, {(rule.id, rule.severity) for rule in policy.rules}


def _policy_change(name: str, was: PolicyInfo | None, now: PolicyInfo | None) -> PolicyChange:
    before, after = _severities(was), _severities(now)
    return PolicyChange(
        policy=name,
        was=was.version if was else "",
        now=now.version if now else "",
        document=was is None or now is None or was.sha256 != now.sha256,
        added=tuple(rule for rule in after if rule not in before),
        removed=tuple(rule for rule in before if rule not in after),
        severities=tuple(
            SeverityChange(rule, before[rule], severity)
            for rule, severity in after.items()
            if before.get(rule, severity) != severity
        ),
    )


def _severities(policy: PolicyInfo | None) -> dict[str, Severity]:
    return {rule.id: rule.severity for rule in policy.rules} if policy else {}


def parameter_changes(before: RunHeader, after: RunHeader) -> tuple[ParameterChange, ...]:
    """The parameters that have other values, of policies that both runs have."""
    common = {policy.id for policy in before.policies} & {policy.id for policy in after.policies}
    return tuple(
        ParameterChange(name, before.parameters.get(name, ""), after.parameters.get(name, ""))
        for name in {**before.parameters, **after.parameters}
        if before.parameters.get(name) != after.parameters.get(name)
        and any(name.startswith(f"{policy}.") for policy in common)
    )


def changed_models(before: RunHeader, after: RunHeader) -> tuple[str, ...]:
    """The paths of documents beside the policies that are not what they were.

    They are found again by the names of their files: where the folders are differs from one
    computer to another. Those that only one of the runs has come and go with policies.
    """
    theirs = _models(before)
    return tuple(
        path
        for name, (path, texts) in _models(after).items()
        if name in theirs and theirs[name][1] != texts
    )


def _models(header: RunHeader) -> dict[str, tuple[str, set[str]]]:
    others = {policy.path for policy in header.policies}
    others |= {waiver.span.path for waiver in header.waivers}
    found: dict[str, tuple[str, set[str]]] = {}
    for path, text in header.documents.items():
        if path not in others:
            name = PurePosixPath(path.replace("\\", "/")).name
            found.setdefault(name, (path, set()))[1].add(text)
    return found


def changed_in_words(before: RunHeader, after: RunHeader) -> Iterator[str]:
    """What a later run judges by that an earlier one did not, a half sentence each."""
    for change in policy_changes(before, after):
        if not change.was:
            yield f"the baseline has no policy {change.policy}: what it finds counts as new"
        elif change.now and change.document:
            yield f"policy {change.policy} has changed since the baseline{_versions(change)}"
        elif change.now:
            yield f"the baseline has other rules or severities of policy {change.policy}"
    if names := [change.name for change in parameter_changes(before, after)]:
        yield f"the baseline has other parameters: {_some(names)}"
    if paths := changed_models(before, after):
        yield f"models have changed since the baseline: {_some(list(paths))}"
    if before.hklint != after.hklint:
        yield f"the baseline was made by hklint {before.hklint}, this run by {after.hklint}"


def _versions(change: PolicyChange) -> str:
    """A document may differ where its version does not."""
    if change.was == change.now:
        return f", both {change.now}"
    return f", {change.was} to {change.now}"


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
