"""HK603: a sentence or a whole path where the name of a key or value is due."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import MAX_LOOKED_AT, Scope, registry_parts
from hklint.messages import quoted
from hklint.span import Diagnostic

_NAMES = ("value", "has_value", "has_subkey")
_SENTENCE = re.compile(r"\S+ \S+ .*[.;:,!?]$|[;!?,] \S+ \S+|[a-z]{2}[.:] \S+ \S+")
_MOST_WORDS = 8
_PATH = re.compile(r"^(HKLM|HKCU|HKCR|HKU|HKCC|HKEY_\w+):?\\", re.IGNORECASE)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Names that read like a sentence, and value names that hold a path."""
    for part, key, path in registry_parts(scope):
        for name in path.split("\\"):
            if _is_sentence(name):
                message = f"{quoted(name)} reads like a sentence, not like the name of a key"
                yield part.warn(Code.PROSE_IN_NAME, message, "write the key's name", at=(key,))
        for place in _NAMES:
            name = str(part.keys.get(place, ""))
            if _PATH.match(name):
                message = f"{quoted(name)} is a path, and a name is due"
                hint = "put the key into registry, and only the name here"
                yield part.warn(Code.PROSE_IN_NAME, message, hint, at=(place,))
            elif _is_sentence(name):
                message = f"{quoted(name)} reads like a sentence, not like a name"
                yield part.warn(Code.PROSE_IN_NAME, message, "write the name", at=(place,))


def _is_sentence(name: str) -> bool:
    beginning = name[:MAX_LOOKED_AT]
    return bool(_SENTENCE.search(beginning)) or len(beginning.split()) > _MOST_WORDS
