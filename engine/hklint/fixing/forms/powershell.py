"""fix.ps1 and rollback.ps1: scripts that look at the host before they change it.

What .NET's `RegistryKey` reads and writes of each type: dotnet/runtime, RegistryKey.cs, and
.NET Framework's reference source, registrykey.cs. What a script does is in `change.ps1`.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources

from hklint.fact import Absent, Present, RegistryKey, RegistryValue
from hklint.fix import Fix, Step
from hklint.powershell import ENCODING, ps_literal, with_windows_lines
from hklint.reg_file.data import DataError, stored

MOST_HOSTS = 10
"""How many hosts the comment names."""

_PLACE = re.compile(r"<<(\w+)>>")
_DIGITS = {"REG_DWORD": 8, "REG_QWORD": 16}
_RESTART = {
    "computer": "Restart the computer, once: until then nothing changes.",
    "service": "Restart the services concerned.",
    "none": "No restart is needed.",
}


def files(fix: Fix) -> Mapping[str, bytes]:
    """Both scripts: UTF-8 with a byte order mark, CRLF.

    Raises DataError for names and data that .NET can't write as they are.
    """
    hosts = _hosts(fix)
    made = _script(
        ("Makes the changes that hklint derived.", *_facts(fix, hosts), *_made(fix)),
        {
            "changes": _list(_change(step, step.before, step.after) for step in fix.steps),
            "newKeys": _list(map(_key, fix.new_keys)),
            "takesBack": "$false",
            "about": _text(f"The fix was derived for {hosts}."),
            "refusal": _text(
                "This computer is not as it was when its facts were read. Nothing was changed. "
                "Take a new snapshot and derive the fix again."
            ),
            "halfWay": _text("rollback.ps1 takes back what was changed so far."),
            "ending": _text(_RESTART[fix.restart]),
        },
    )
    taken_back = _script(
        ("Takes back what fix.ps1 or fix.reg changed.", *_facts(fix, hosts), *_stays(fix)),
        {
            "changes": _list(_change(step, step.after, step.before) for step in fix.steps),
            "newKeys": _list(map(_key, reversed(fix.new_keys))),
            "takesBack": "$true",
            "about": _text(f"The fix that is taken back was derived for {hosts}."),
            "refusal": _text(
                "A value is neither as the fix wrote it nor as it was before. Nothing was changed. "
                "Decide by hand what the values named above should be."
            ),
            "halfWay": _text("Run this script again once the cause is gone."),
            "ending": _text(_RESTART[fix.restart]),
        },
    )
    return {"fix.ps1": made, "rollback.ps1": taken_back}


def _script(about: Iterable[str], data: Mapping[str, str]) -> bytes:
    template = resources.files("hklint.fixing.forms").joinpath("change.ps1").read_text("utf-8")
    pieces = {
        "about": "\n".join(_comment(text) for text in about),
        "data": "\n".join(f"${name} = {text}" for name, text in data.items()),
    }
    filled = _PLACE.sub(lambda place: pieces[place[1]], template)
    return with_windows_lines(filled).encode(ENCODING)


def _hosts(fix: Fix) -> str:
    shown = _shown(", ".join(fix.hosts[:MOST_HOSTS]))
    more = len(fix.hosts) - MOST_HOSTS
    return f"{shown} and {more} more" if more > 0 else shown


def _facts(fix: Fix, hosts: str) -> Iterator[str]:
    yield f"Hosts: {hosts}"
    yield f"Facts of {fix.taken_at}; policies: {', '.join(fix.policies)}"


def _made(fix: Fix) -> Iterator[str]:
    if fix.new_keys:
        yield "It changes nothing, either, if a key that was not there holds something else now."


def _stays(fix: Fix) -> Iterator[str]:
    if fix.new_keys:
        yield "Keys that the fix made are deleted, unless something else was written there since."
    for key in fix.unasked_keys:
        yield f"If {key.hive}\\{key.key} was not there either, it stays as an empty key."


def _list(items: Iterable[str]) -> str:
    listed = "\n".join(items)
    return f"@(\n{listed}\n)" if listed else "@()"


def _change(step: Step, was: Present | Absent, becomes: Present | Absent) -> str:
    lines = [
        _comment(f"Rules: {', '.join(step.rules)}"),
        "@{",
        f"    {_place(step.fact)}",
        f"    Key = {_path(step.fact.key)}",
        f"    Name = {_path(step.fact.value)}",
        f"    Was = {_state(was)}",
        f"    Becomes = {_state(becomes)}",
        "}",
    ]
    return "\n".join(f"    {line}" for line in lines)


def _key(key: RegistryKey) -> str:
    return f"    @{{ {_place(key)}; Key = {_path(key.key)} }}"


def _place(fact: RegistryValue | RegistryKey) -> str:
    return f"Hive = {ps_literal(fact.hive)}; View = {ps_literal(fact.view)}"


def _path(name: str) -> str:
    if "\0" in name:
        raise DataError("a name with a NUL can't be written by .NET, which stops there")
    return _text(name)


def _state(state: Present | Absent) -> str:
    if isinstance(state, Absent):
        return "$null"
    stored(state)
    return f"@{{ Type = {ps_literal(state.type)}; Data = {_data(state)} }}"


def _data(state: Present) -> str:
    match state.value:
        case int(number):
            return ps_literal(f"0x{number:0{_DIGITS[state.type]}x}")
        case str(text):
            return _text(text)
        case texts:
            return f"@({', '.join(map(_text, texts))})"


def _text(text: str) -> str:
    """A literal, or by the numbers of its UTF-16 units what no one could see in a literal."""
    if text.isprintable():
        return ps_literal(text)
    stored_text = text.encode("utf-16-le", "surrogatepass")
    units = struct.unpack(f"<{len(stored_text) // 2}H", stored_text)
    return f"(-join [char[]]@({', '.join(map(str, units))}))"


def _comment(text: str) -> str:
    return f"# {_shown(text)}"


def _shown(text: str) -> str:
    """The text on one line, with nothing in it that is not seen."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
