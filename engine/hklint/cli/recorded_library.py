"""The policies of a recorded run, as they were then."""

import msgspec

from hklint.documents.files import real_path
from hklint.errors import UsageError
from hklint.linking.library import Library, load
from hklint.linking.parameters import parse_settings
from hklint.run import RunHeader


def recorded_library(header: RunHeader) -> Library:
    """The policies of a run with the parameters it had, and without rules a profile left out.

    Raises:
        UsageError: A document is not there any more, or is another now.
        InvalidDocumentsError: There are mistakes in one.
    """
    settings = parse_settings([f"{name}={value}" for name, value in header.parameters.items()])
    places = [real_path(policy.path) for policy in header.policies]
    for place in places:
        if not place.exists():
            raise UsageError(f"{place}: the policy of the run is not there any more")
    library = load([str(place.resolve()) for place in places], settings)
    for path, text in library.documents.items():
        if path in header.documents and header.documents[path] != text:
            raise UsageError(f"{path}: it has changed since the run; check the host again")
    rules = {policy.id: {rule.id for rule in policy.rules} for policy in header.policies}
    if not rules:
        raise UsageError("the run has no policies: name what to judge by, with --policy")
    for key, policy in library.policies.items():
        if policy.path not in header.documents or key not in rules:
            raise UsageError(f"{policy.path}: the run does not have the text of this policy")
    policies = {
        key: msgspec.structs.replace(
            policy, rules=tuple(rule for rule in policy.rules if rule.info.id in rules[key])
        )
        for key, policy in library.policies.items()
    }
    return msgspec.structs.replace(library, policies=policies)
