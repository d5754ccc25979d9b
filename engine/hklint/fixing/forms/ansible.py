"""fix.yml and rollback.yml: lists of tasks for Ansible's module ansible.windows.win_regedit.

Options and data: the documentation and the source of that module, version 2.5. Without
`delete_key: false` it deletes a whole key where the name is empty.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hklint.fact import Absent, Present, RegistryKey, RegistryValue
from hklint.fix import Fix, Step
from hklint.reg_file.data import stored
from hklint.reg_file.paths import key_of
from hklint.snapshot import lookup_key

_TYPES = {
    "REG_NONE": "none",
    "REG_SZ": "string",
    "REG_EXPAND_SZ": "expandstring",
    "REG_BINARY": "binary",
    "REG_DWORD": "dword",
    "REG_MULTI_SZ": "multistring",
    "REG_QWORD": "qword",
}
_MODULE = "ansible.windows.win_regedit"
_LARGEST = 0x7FFFFFFF
"""Larger numbers are written as text, which the module takes for unsigned ones."""

Task = dict[str, Any]


class _Unsafe(str):
    """Text that Ansible must not take for a template."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """YAML as Ansible reads it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - yaml's own
        """Every task is written out."""
        del data
        return True


def _represent(dumper: yaml.SafeDumper, text: _Unsafe) -> yaml.ScalarNode:
    del dumper
    return yaml.ScalarNode("!unsafe", str(text), style='"')


_Dumper.add_representer(_Unsafe, _represent)


def files(fix: Fix) -> Mapping[str, bytes]:
    """Both files. Raises DataError for data that do not fit their type."""
    return {
        "fix.yml": _file("Written by hklint: the changes of fix.reg.", map(_made, fix.steps)),
        "rollback.yml": _file("Written by hklint: the way back, as rollback.reg.", _back(fix)),
    }


def _file(about: str, tasks: Iterator[Task]) -> bytes:
    text = yaml.dump(
        list(tasks), Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=100_000
    )
    where = "Tasks for Windows hosts: import_tasks, or below tasks of a play."
    return f"# {about}\n# {where}\n{text}".encode()


def _made(step: Step) -> Task:
    return _task(step.fact, step.after)


def _back(fix: Fix) -> Iterator[Task]:
    gone = {lookup_key(key) for key in fix.new_keys}
    for step in fix.steps:
        if lookup_key(RegistryKey(step.fact.hive, step.fact.key, step.fact.view)) not in gone:
            yield _task(step.fact, step.before)
    for key in reversed(fix.new_keys):
        options = {"path": _path(key), "state": "absent", "delete_key": True}
        yield {"name": _text(f"Delete {_path(key)}"), _MODULE: options}


def _task(fact: RegistryValue, data: Present | Absent) -> Task:
    path, name = _path(fact), _text(fact.value)
    place = f"{path}: {fact.value or '(default)'}"
    options: Task = {"path": path, "name": name}
    if isinstance(data, Absent):
        options |= {"state": "absent", "delete_key": False}
        return {"name": _text(f"Delete {place}"), _MODULE: options}
    options["type"] = _TYPES[data.type]
    stored(data)  # refuses what does not fit
    if data.value != ():  # an empty list is what the module takes no data for
        options["data"] = _data(data)
    return {"name": _text(f"Set {place}"), _MODULE: options}


def _data(data: Present) -> object:
    match data.value:
        case int() as number:
            return number if number <= _LARGEST else str(number)
        case tuple() as texts:
            return [_text(text) for text in texts]
        case str() as text if data.type in {"REG_BINARY", "REG_NONE"}:
            return "hex:" + bytes.fromhex(text).hex(",")
        case str() as text:
            return _text(text)


def _path(fact: RegistryKey | RegistryValue) -> str:
    key = key_of(fact)
    return _text(f"{key.hive}:\\{key.path}")


def _text(text: str) -> str:
    return _Unsafe(text) if "{" in text else text
