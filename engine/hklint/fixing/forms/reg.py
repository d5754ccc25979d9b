"""fix.reg makes all changes, rollback.reg puts back exactly what was there."""

from collections.abc import Iterator, Mapping

from hklint.fact import Absent, Fact, Present, RegistryKey
from hklint.fix import Fix, Step
from hklint.fold import fold
from hklint.reg_file.entries import Comment, DeleteKey, DeleteValue, Entry, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import lookup_key

MOST_HOSTS = 10
"""How many hosts the comment names."""


def files(fix: Fix) -> Mapping[str, bytes]:
    """Both files. Raises DataError for data that no .reg file can hold."""
    back = (*_about(fix, "Takes fix.reg back on"), *_way(fix))
    return {
        "fix.reg": write(_made(fix), _about(fix, "Written by hklint for")),
        "rollback.reg": write(_taken_back(fix), back),
    }


def _about(fix: Fix, begin: str) -> tuple[str, ...]:
    shown = ", ".join(fix.hosts[:MOST_HOSTS])
    more = len(fix.hosts) - MOST_HOSTS
    hosts = f"{shown} and {more} more" if more > 0 else shown
    restart = {
        "computer": ("Then restart the computer: until then nothing changes.",),
        "service": ("Then restart the services concerned.",),
        "none": (),
    }[fix.restart]
    return (
        f"{begin} {hosts}",
        f"Facts of {fix.taken_at}; policies: {', '.join(fix.policies)}",
        *restart,
    )


def _way(fix: Fix) -> Iterator[str]:
    if fix.new_keys:
        yield "Keys that fix.reg made are deleted, with whatever was written below them since."
    for key in fix.unasked_keys:
        yield f"If {key.hive}\\{key.key} was not there either, it stays as an empty key."


def _made(fix: Fix) -> Iterator[Entry]:
    for step in sorted(fix.steps, key=_line):
        yield Comment(f"{step.fact.value or '(default)'}: {', '.join(step.rules)}")
        yield _entry(step, step.after)


def _taken_back(fix: Fix) -> Iterator[Entry]:
    gone = {lookup_key(key) for key in fix.new_keys}
    for step in sorted(fix.steps, key=_line):
        if _key(step) not in gone:
            yield _entry(step, step.before)
    for key in reversed(fix.new_keys):
        yield DeleteKey(key_of(key))


def _entry(step: Step, data: Present | Absent) -> Entry:
    key, name = key_of(step.fact), step.fact.value
    return DeleteValue(key, name) if isinstance(data, Absent) else SetValue(key, name, data)


def _key(step: Step) -> Fact:
    return lookup_key(RegistryKey(step.fact.hive, step.fact.key, step.fact.view))


def _line(step: Step) -> tuple[str, ...]:
    """Where the step stands in a file, which spells the 32-bit view out."""
    key = key_of(step.fact)
    return key.hive, fold(key.path), fold(step.fact.value)
