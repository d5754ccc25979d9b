"""HK602: a template's token in a registry path or name, which was never filled in."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.language.placeholders import names_in
from hklint.linting.checks.scope import MAX_LOOKED_AT, Scope, registry_parts
from hklint.messages import quoted
from hklint.span import Diagnostic

_NAMES = ("value", "has_value", "has_subkey")
_TOKEN = re.compile(
    r"%[A-Za-z_]\w*%"
    r"|\$[({][^)}]*[)}]"
    r"|\{\{[^}]*\}\}"
    r"|\{[A-Za-z_][\w .-]*\}(?<!-[0-9A-Fa-f]{12}\})"
    r"|<[A-Za-z][\w .-]*>"
)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Paths and names in which a token still stands."""
    for part, key, path in registry_parts(scope):
        texts = {key: path} | {name: str(part.keys[name]) for name in _NAMES if name in part.keys}
        for name, text in texts.items():
            known = {f"{{{word}}}" for word in names_in(text)}
            found = [token for token in _TOKEN.findall(text[:MAX_LOOKED_AT]) if token not in known]
            if found:
                message = f"{quoted(found[0])} is taken as it stands, and no such name is on a host"
                hint = "write the name, or a parameter in braces, such as {name}"
                yield part.warn(Code.UNRESOLVED_TOKEN, message, hint, at=(name,))
