"""What the administrator of a host reads: what the endpoint allows, and how to go about it."""

import re
from collections.abc import Iterator, Mapping

from hklint import collector
from hklint.jea.allow_list import AllowList, ListedKey
from hklint.jea.choice import ENDPOINT, Choice
from hklint.jea.markdown import code, table, visible
from hklint.powershell import ps_literal

BEGIN, END = "# BEGIN collector.ps1", "# END collector.ps1"
"""The lines of the module around the collector's text."""

_CHECK = f"""\
$module = "$env:ProgramFiles\\WindowsPowerShell\\Modules\\HklintCollector\\HklintCollector.psm1"
$text = [System.IO.File]::ReadAllText($module).Replace("`r`n", "`n")
$letters = [System.StringComparison]::Ordinal
$begin = $text.IndexOf("{BEGIN}`n", $letters) + {len(BEGIN) + 1}
$script = $text.Substring($begin, $text.IndexOf("{END}", $letters) - $begin)
$hash = [System.Security.Cryptography.SHA256]::Create()
$bytes = $hash.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($script))
[System.BitConverter]::ToString($bytes).Replace('-', '').ToLower()"""

_USER_HIVE = """
**The list has values of a user's own hive (HKCU or HKCR).** The endpoint's account is temporary:
what it finds there says nothing about any user of the computer.
"""
_PLAIN = re.compile(r"[\w./:=@+-]+")


def pieces(choice: Choice, allowed: AllowList) -> Mapping[str, str]:
    """What fills the template of the README."""
    own = any(key.hive in {"HKCU", "HKCR"} for key in allowed.registry)
    return {
        "policies": ", ".join(map(code, choice.policies)),
        "group": code(choice.group),
        "registry": _registry(allowed),
        "addresses": _addresses(allowed),
        "user_hive": _USER_HIVE if own else "",
        "prove": prove(choice),
        "sha256": collector.sha256(),
        "check": _CHECK,
        "transcripts": code(choice.transcripts),
    }


def prove(choice: Choice) -> str:
    """The command that asks a host through the endpoint."""
    words = ("hklint", "check", "HOST", "--user", "DOMAIN\\account", "--configuration", ENDPOINT)
    return " ".join(map(_word, (*words, *choice.asked_by)))


def _word(text: str) -> str:
    """A word of a command line, for PowerShell and, without a quote in it, for other shells."""
    return text if _PLAIN.fullmatch(text) else ps_literal(visible(text))


def _registry(allowed: AllowList) -> str:
    if not allowed.registry:
        return "None."
    rows = [
        (
            code(f"{key.hive}\\{key.key}"),
            key.view,
            ", ".join(_values(key)) or "none: only whether the key is there",
        )
        for key in allowed.registry
    ]
    return table(("Key", "View", "Values"), rows)


def _values(key: ListedKey) -> Iterator[str]:
    for name in key.values:
        yield code(name) if name else "(default)"
    for name in key.names:
        yield f"{code(name) if name else '(default)'} (only whether it is there)"


def _addresses(allowed: AllowList) -> str:
    if not allowed.web_requests:
        return "None."
    return table(("Address",), [(code(uri),) for uri in allowed.web_requests])
