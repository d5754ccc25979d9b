"""HK605: a rule on HKCU, which is the hive of whatever account hklint connects as."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, registry_parts
from hklint.span import Diagnostic


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Paths below HKCU."""
    for part, key, path in registry_parts(scope):
        if path.startswith("HKCU\\"):
            message = "HKCU is the hive of the account that hklint connects as, of nobody else"
            hint = r"look at HKLM\SOFTWARE\Policies, or at HKU\.DEFAULT for the system itself"
            yield part.warn(Code.USER_HIVE, message, hint, at=(key,))
