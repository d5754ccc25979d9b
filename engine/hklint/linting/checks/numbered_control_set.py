"""HK604: a path that names one numbered control set instead of the current one."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, registry_parts
from hklint.span import Diagnostic

_NUMBERED = re.compile(r"^HKLM\\SYSTEM\\(ControlSet[0-9]{3})(\\|$)", re.IGNORECASE)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Paths below ControlSet001 and its like."""
    for part, key, path in registry_parts(scope):
        found = _NUMBERED.match(path)
        if found is not None:
            message = f"{found[1]} is a copy that Windows may or may not be using"
            hint = r"write HKLM\SYSTEM\CurrentControlSet, the one in use"
            yield part.warn(Code.NUMBERED_CONTROL_SET, message, hint, at=(key,))
