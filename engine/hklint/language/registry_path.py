r"""Registry paths as people paste them, and what is wrong with them.

A path stands in documents in one form only: the short name of the hive and the key, separated by
single backslashes, as in `HKLM\SOFTWARE\Contoso`. Other tools take other forms, and a path in one
of those would name a key that is on no host.
"""

import re
from collections.abc import Iterator

import msgspec

from hklint.codes import Code
from hklint.messages import quoted

_HIVES = {
    "HKEY_LOCAL_MACHINE": "HKLM",
    "HKEY_CURRENT_USER": "HKCU",
    "HKEY_CLASSES_ROOT": "HKCR",
    "HKEY_USERS": "HKU",
    "HKEY_CURRENT_CONFIG": "HKCC",
}
_SHORT = frozenset(_HIVES.values())
_SOURCE = re.compile(
    r"^\\*(?:Computer\\+|(?:Microsoft\.PowerShell\.Core\\+)?Registry::\\*)?", re.IGNORECASE
)
"""What regedit's address bar and PowerShell put before the hive."""
_HIVE = re.compile(r"^(\w+)(:?)([\\/]*)(.*)$", re.DOTALL)
_REDIRECTED = "wow6432node"
_REDIRECTED_AT = ("HKLM", "software", _REDIRECTED)
"""The only place where the 32-bit view is surely the same path without this name."""


class MendedPath(msgspec.Struct, frozen=True):
    """The path in its right form, and whether it is meant in the 32-bit view."""

    path: str
    redirected: bool


class PathMistake(msgspec.Struct, frozen=True):
    """What is wrong with a path, and the path that is surely meant, if any is."""

    code: Code
    message: str
    help: str
    mended: MendedPath | None


def path_mistake(text: str) -> PathMistake | None:
    """What is wrong with a path, all in one; None where the general sentence says enough."""
    found = list(_mistakes(text))
    if not found:
        return None
    code, _, hint = found[0]
    mended = mend(text)
    if mended is not None:
        hint = f"write {mended.path}" + (" with view: 32-bit" if mended.redirected else "")
    message = "; ".join(message for _, message, _ in found)
    return PathMistake(code, f"{quoted(text)}: {message}", hint, mended)


def _mistakes(text: str) -> Iterator[tuple[Code, str, str]]:
    source = _SOURCE.match(text)
    hive = _HIVE.match(text[source.end() if source else 0 :])
    if hive is None or _hive(hive[1]) is None:
        example = r"begin with HKLM, HKCU, HKCR, HKU or HKCC, as in HKLM\SOFTWARE\Contoso"
        yield Code.REGISTRY_HIVE, "it does not begin with a hive", example
        return
    if hive[1] not in _SHORT or hive[2] or (source is not None and source.end()):
        written = text[: len(text) - len(hive[4])].rstrip("\\/")
        message = f"the hive is written {_hive(hive[1])}, not {written}"
        yield Code.REGISTRY_HIVE, message, ""
    names = hive[4].split("\\")
    if "/" in hive[3] or "/" in names[0]:
        message = "a slash (/) is a letter like others, it separates no keys"
        yield Code.REGISTRY_SEPARATOR, message, "separate keys by \\"
    if hive[3] not in ("", "\\", "/") or "" in names[:-1]:
        yield Code.REGISTRY_SEPARATOR, "backslashes stand twice", "write each only once"
    if hive[4].endswith("\\"):
        yield Code.REGISTRY_SEPARATOR, "a path ends with a name, not with a backslash", ""
    if any(name != name.strip() for name in names):
        yield Code.REGISTRY_BLANK, "a name begins or ends with a blank", ""
    if _REDIRECTED in map(str.lower, names):
        message = "Wow6432Node is what 64-bit programs call the 32-bit view"
        yield Code.REGISTRY_REDIRECTION, message, "leave it out and write view: 32-bit"


def mend(text: str) -> MendedPath | None:
    """The path that is surely meant; None if that takes a decision."""
    source = _SOURCE.match(text)
    hive = _HIVE.match(text[source.end() if source else 0 :])
    short = _hive(hive[1]) if hive is not None else None
    if hive is None or short is None or not hive[3]:
        return None
    rest = hive[4]
    if "\\" not in rest and "/" in rest:
        if re.search(r"\d/\d", rest):
            return None  # as in RC4 128/128, which is one name
        rest = rest.replace("/", "\\")
    names = [name.strip() for name in rest.split("\\") if name.strip()]
    if not names or "/" in names[0] or "\n" in rest:
        return None
    redirected = _REDIRECTED in map(str.lower, names)
    if redirected:
        if (short, *(name.lower() for name in names[:2])) != _REDIRECTED_AT:
            return None
        names.pop(1)
        if len(names) == 1 or _REDIRECTED in map(str.lower, names):
            return None
    return MendedPath("\\".join((short, *names)), redirected)


def _hive(word: str) -> str | None:
    upper = word.upper()
    return upper if upper in _SHORT else _HIVES.get(upper)
