"""registry.pol makes the changes by Group Policy; lgpo.txt is the same for Microsoft's LGPO.

A policy has no way back: see docs/fixes.md. Formats: [MS-GPREG] 2.2.1, "Registry Policy File
Format"; "LGPO.exe - Local Group Policy Object Utility", LGPO.pdf.
"""

from collections.abc import Iterator, Mapping

from hklint.fact import Absent, Present
from hklint.fix import Fix, Step
from hklint.reg_file.data import stored
from hklint.reg_file.entries import TYPE_NUMBERS
from hklint.reg_file.paths import key_of

_HEADER = b"PReg" + (1).to_bytes(4, "little")
_DELETE = "**del."
_SPECIAL = "**"
_MOST_BYTES = 0xFFFF
_LGPO_TEXTS = {"REG_SZ": "SZ", "REG_EXPAND_SZ": "EXSZ"}


def files(fix: Fix) -> Mapping[str, bytes]:
    """Both files; none if no step is one for Group Policy. Raises DataError as stored does."""
    steps = [step for step in fix.steps if _fits(step)]
    if not steps:
        return {}
    return {
        "registry.pol": _HEADER + b"".join(map(_entry, steps)),
        "lgpo.txt": _encoded("\r\n".join((*_about(fix), *_text(steps), ""))),
    }


def left_out(fix: Fix) -> tuple[Step, ...]:
    """The steps that no Group Policy can make: all but those of HKLM, and of a few odd names."""
    return tuple(step for step in fix.steps if not _fits(step))


def _fits(step: Step) -> bool:
    """Whether a step can stand in registry.pol.

    An entry without a name only makes a key, and one that begins with two asterisks is an order.
    """
    name = step.fact.value
    if step.fact.hive != "HKLM" or not name or name.startswith(_SPECIAL) or "\0" in name:
        return False
    return isinstance(step.after, Absent) or len(stored(step.after)) <= _MOST_BYTES


def _entry(step: Step) -> bytes:
    """`[key;value;type;size;data]`; of a value that is deleted only the name counts."""
    if isinstance(step.after, Absent):
        name, number, data = _DELETE + step.fact.value, TYPE_NUMBERS["REG_SZ"], _utf16(" \0")
    else:
        name, number, data = step.fact.value, TYPE_NUMBERS[step.after.type], stored(step.after)
    parts = (
        _utf16(key_of(step.fact).path + "\0"),
        _utf16(name + "\0"),
        number.to_bytes(4, "little"),
        len(data).to_bytes(4, "little"),
        data,
    )
    return _utf16("[") + _utf16(";").join(parts) + _utf16("]")


def _about(fix: Fix) -> Iterator[str]:
    yield "; Written by hklint. LGPO.exe /t reads it, and LGPO.exe /r makes registry.pol of it."
    yield f"; Facts of {_line(fix.taken_at)}; policies: {_line(', '.join(fix.policies))}"
    yield ""


def _text(steps: list[Step]) -> Iterator[str]:
    """Four lines for each value; what the text has no form for is named and stands in the other."""
    for step in steps:
        action = _action(step.after)
        key, name = key_of(step.fact).path, step.fact.value
        if action is None or _line(key) != key or _line(name) != name:
            yield from (f"; In registry.pol only: {_line(key)}: {_line(name)}", "")
        else:
            yield from ("Computer", key, name, action, "")


def _action(after: Present | Absent) -> str | None:
    if isinstance(after, Absent):
        return "DELETE"
    if after.type == "REG_DWORD":
        return f"DWORD:{after.value}"
    text = str(after.value)
    form = _LGPO_TEXTS.get(after.type)
    return f"{form}:{text}" if form is not None and _line(text) == text else None


def _line(text: str) -> str:
    """Text that ends no line and is seen as it is."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _encoded(text: str) -> bytes:
    return text.encode("ascii") if text.isascii() else text.encode("utf-16")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
