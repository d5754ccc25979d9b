"""Ids that stay the same from run to run."""

import hashlib
import uuid
from collections.abc import Sequence

Json = dict[str, object]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:hklint")


def guid(*parts: str) -> str:
    """A UUID of version 5 (SARIF's schema knows 1 to 5): the same parts give the same one."""
    return str(uuid.uuid5(_NAMESPACE, _joined(parts).decode()))


def run_guid(policy_id: str, started: str) -> str:
    """What a SARIF run is known by, also to a later run that has it as its baseline."""
    return guid("run", policy_id, started)


def fingerprint(*parts: str) -> str:
    """What a finding is recognised by in the next run."""
    return hashlib.sha256(_joined(parts)).hexdigest()[:16]


def _joined(parts: Sequence[str]) -> bytes:
    return "\0".join(parts).encode(errors="backslashreplace")
