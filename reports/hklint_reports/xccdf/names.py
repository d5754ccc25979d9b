"""Ids of XCCDF 1.2, of which each kind has its own form (xccdf_1.2.xsd, benchmarkIdType ...)."""

import hashlib
import re
from collections.abc import Sequence

from hklint.run import PolicyInfo, RunHeader

_OTHER = re.compile(r"[^A-Za-z0-9.-]+")
_PAIRS = re.compile(r"[a-z0-9_-]+=[A-Za-z0-9.-]+(,[a-z0-9_-]+=[A-Za-z0-9.-]+)*")
_DIGEST = 12
_HOST = 64
"""Characters of a host's name that an id shows."""


def benchmark_id(header: RunHeader) -> str:
    """The id of the benchmark, which the policies alone decide."""
    return _id("benchmark", [policy.id for policy in header.policies] or ["none"])


def profile_id(header: RunHeader) -> str:
    """The id of what was asked for: the profiles, or all rules of the policies."""
    return _id("profile", header.profiles or ["all-rules"])


def group_id(policy: PolicyInfo) -> str:
    """The id of a policy."""
    return _id("group", [policy.id])


def rule_id(policy: str, rule: str, instance: str) -> str:
    """The id of a rule or, with an instance, of the rule for that instance."""
    plain = _id("rule", [policy, rule])
    if not instance:
        return plain
    if _PAIRS.fullmatch(instance):
        return f"{plain}_{re.sub('[=,]', '_', instance)}"
    return f"{plain}_{_word(instance)}"


def result_id(host: str, number: int) -> str:
    """The id of a host's results; its number in the run makes it unique."""
    return _id("testresult", [f"{number:05}", host[:_HOST]])


def _id(kind: str, parts: Sequence[str]) -> str:
    """Parts behind underscores, which the ids of policies and rules do not have."""
    return "_".join(("xccdf_hklint", kind, *map(_word, parts)))


def _word(text: str) -> str:
    """A text as an id can have it; if that changes the text, with the digest of the text."""
    word = _OTHER.sub("-", text)
    if word == text:
        return word
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{word}-{digest[:_DIGEST]}"
