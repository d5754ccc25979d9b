"""HK606: a value that a policy value overrules, where only the former is checked.

Which values have such a twin stands in `policies/lint/policy-twins.json`, with the pages that say
so.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

import msgspec

from hklint.codes import Code
from hklint.documents.files import shipped_folder
from hklint.fact import Fact, Hive, RegistryValue
from hklint.linting.checks.scope import Scope
from hklint.policy import ValueExpectation
from hklint.snapshot import lookup_key
from hklint.span import Diagnostic


class Twin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key whose values are overruled by those of a key that Group Policy writes.

    `values` has the name of each with the name of its twin; `source` is the page that says so.
    """

    key: str
    policy_key: str
    values: dict[str, str]
    source: str


@cache
def twins() -> Mapping[Fact, RegistryValue]:
    """For each value that can be overruled, as `lookup_key` spells it, the value that does it."""
    data = (shipped_folder() / "lint" / "policy-twins.json").read_bytes()
    return {
        lookup_key(_value(twin.key, name)): _value(twin.policy_key, other)
        for twin in msgspec.json.decode(data, type=list[Twin])
        for name, other in twin.values.items()
    }


def _value(path: str, name: str) -> RegistryValue:
    hive, _, key = path.partition("\\")
    return RegistryValue(cast("Hive", hive), key, name)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules on a value whose policy value no rule of the same policy looks at."""
    for file in scope.policies:
        asked = {fact for rule in file.linked.rules for fact in rule.facts}
        for rule in file.linked.rules:
            if not isinstance(rule.expectation, ValueExpectation):
                continue
            twin = twins().get(lookup_key(rule.expectation.fact))
            if twin is not None and lookup_key(twin) not in asked:
                place = f"{twin.hive}\\{twin.key}"
                message = f"{twin.value} in {place} overrules this value where it is set"
                hint = "check that value too, or write a model that reads both"
                yield Diagnostic(rule.span, message, hint, Code.POLICY_TWIN)
