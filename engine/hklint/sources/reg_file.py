"""A .reg file as a source: the collector's answer, put together from what the file says.

Nothing is absent but what the file deletes, unless the user says that the file is a whole export:
then what it lacks in and below its keys is absent. Everything else it does not speak of is failed.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from hklint import collector
from hklint.errors import UsageError
from hklint.fact import Present, RegistryKey
from hklint.facts.host import FIELDS
from hklint.failure import Failure, Reason
from hklint.reg_file.entries import Raw
from hklint.reg_file.paths import has_own_32_bit_key, key_of
from hklint.reg_file.read import load
from hklint.reg_file.result import Doubt, Result, above, place_of
from hklint.snapshot import Source
from hklint.sources.answer import parse_answer
from hklint.sources.answered import Answered
from hklint.sources.line import Phase
from hklint.sources.options import Options
from hklint.target import RegFileTarget

Item = dict[str, Any]

_NOT_SAID = "hklint.NotInFile"
_NOT_CLEAR = "hklint.NotUnderstood"
_WINDOWS = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_DOTNET = "SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"
_EXCHANGE = "SOFTWARE\\Microsoft\\ExchangeServer\\{}\\Setup"
_EXCHANGE_PARTS = ("MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor")
_LINKED = ("system", "currentcontrolset")
_LONGEST_MESSAGE = 2000


def answered(
    target: RegFileTarget, request: Mapping[str, Any], options: Options
) -> Answered | Failure:
    """What the file says of everything in `request`; live requests it can't answer."""
    try:
        answers = _Answers(target, options)
    except UsageError as error:
        return Failure(Reason.COLLECTOR_FAILED, Phase.PREPARING, str(error))
    answer: Item = {
        "version": collector.CONTRACT_VERSION,
        "collector": {
            "powershell": "",
            "edition": "",
            "bits": 64,
            "process": "",
            "user": "",
            "administrator": False,
            "culture": "",
            "milliseconds": 0,
        },
        "host": answers.identity() if request["host"] else [],
        "registry": [
            answers.key(RegistryKey(item["hive"], item["key"], item["view"]), item["values"])
            for item in request["registry"]
        ],
        "web_requests": [],
    }
    parsed = parse_answer(json.dumps(answer))
    if isinstance(parsed, Failure):
        return parsed
    source = Source("reg-file", target.text, "", _how(options), "")
    return Answered(parsed, source, 0.0)


def changed_at(target: RegFileTarget) -> str:
    """When the file was last written: the latest time that its values can be of. ISO 8601, UTC."""
    seconds = Path(target.path).stat().st_mtime
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _how(options: Options) -> str:
    words = ["a whole export" if options.whole_export else "values as the file sets them"]
    if options.host_fields:
        words.append(f"stated by the user: {', '.join(sorted(options.host_fields))}")
    return "; ".join(words)


class _Answers:
    """Items of the contract from one file."""

    def __init__(self, target: RegFileTarget, options: Options) -> None:
        self.options = options
        self.result = Result(load(target.path))

    def key(self, asked: RegistryKey, names: Sequence[str]) -> Item:
        """A key with the values asked for."""
        item: Item = {"hive": asked.hive, "view": asked.view, "key": asked.key}
        if asked.view == "32-bit" and has_own_32_bit_key(asked) is None:
            message = "whether this key has a 32-bit view of its own depends on the Windows"
            return item | _failed(_NOT_SAID, message)
        match self.result.key(key_of(asked)):
            case "there":
                return item | {
                    "state": "present",
                    "values": [self._value(asked, name) for name in names],
                }
            case Doubt() as doubt:
                return item | _doubtful(doubt)
            case "gone":
                return item | {"state": "absent"}
            case _:
                covered = self.options.whole_export and self._is_covered(asked)
                return item | ({"state": "absent"} if covered else _failed(*self._lacking("key")))

    def _value(self, asked: RegistryKey, name: str) -> Item:
        key = key_of(asked)
        item: Item = {"name": name}
        match self.result.value(key, name):
            case Present(type_name, data):
                plain = list(data) if isinstance(data, tuple) else data
                return item | {"state": "present", "type": type_name, "data": plain}
            case Raw(number, data):
                message = f"registry type {number} with {len(data)} bytes, which hklint can't judge"
                return item | _failed("hklint.UnsupportedType", message)
            case Doubt() as doubt:
                return item | _doubtful(doubt)
            case "gone":
                return item | {"state": "absent"}
            case _:
                listed = place_of(key) in self.result.sections
                if self.options.whole_export and listed:
                    return item | {"state": "absent"}
                return item | _failed(*self._lacking("value"))

    def _is_covered(self, asked: RegistryKey) -> bool:
        """Whether a key above is in the file, from which an export lists all that is below it.

        CurrentControlSet is a link: that a key above it was exported says nothing about it.
        """
        place = place_of(key_of(asked))
        least = len(_LINKED) if place[0] == "HKLM" and place[1][:2] == _LINKED else 0
        return any(
            len(upper[1]) >= least and upper in self.result.sections for upper in above(place)
        )

    def _lacking(self, what: str) -> tuple[str, str]:
        if self.options.whole_export:
            return _NOT_SAID, f"the export does not cover this {what}"
        return _NOT_SAID, f"the file does not speak of this {what}"

    def identity(self) -> list[Item]:
        """Every field: from the values that the collector reads for it, or as the user states."""
        windows = self._items(
            _WINDOWS, "ProductName", "CurrentBuildNumber", "UBR", "EditionID", "InstallationType"
        )
        found = {
            "product": windows["ProductName"],
            "build": _as_number(windows["CurrentBuildNumber"]),
            "ubr": windows["UBR"],
            "edition": windows["EditionID"],
            "installation_type": windows["InstallationType"],
            "dotnet_release": self._items(_DOTNET, "Release")["Release"],
            "exchange_version": self._exchange(),
        }
        elsewhere = _failed(_NOT_SAID, "a .reg file does not hold it")
        return [self._field(name, found.get(name, elsewhere)) for name in FIELDS]

    def _field(self, name: str, found: Item) -> Item:
        stated = self.options.host_fields.get(name)
        if stated is None:
            return {"name": name} | found
        if found["state"] != "failed" and found.get("data") != stated:
            says = found.get("data", "that there is none")
            message = f"--host-field says {stated}, and the file {says}"
            return {"name": name} | _failed("hklint.Contradiction", message)
        return {"name": name, "state": "present", "data": stated}

    def _items(self, path: str, *names: str) -> dict[str, Item]:
        """The values of a key as fields of the host."""
        key = self.key(RegistryKey("HKLM", path), names)
        if key["state"] != "present":
            return {
                name: {part: key[part] for part in ("state", "error") if part in key}
                for name in names
            }
        return {value["name"]: _as_field(value) for value in cast("list[Item]", key["values"])}

    def _exchange(self) -> Item:
        """The version of Exchange; v15 is 2013 and later, v14 is 2010."""
        for version in ("v15", "v14"):
            path = _EXCHANGE.format(version)
            if self.key(RegistryKey("HKLM", path), ())["state"] == "absent":
                continue
            parts = self._items(path, *_EXCHANGE_PARTS)
            missing = [item for item in parts.values() if item["state"] != "present"]
            if missing:
                return missing[0]
            text = ".".join(str(parts[name]["data"]) for name in _EXCHANGE_PARTS)
            return {"state": "present", "data": text}
        return {"state": "absent"}


def _as_field(value: Item) -> Item:
    """What is known of a value, or of a key without it, as it stands in a field of the host."""
    if value["state"] == "present" and not isinstance(value["data"], str | int):
        return _failed("hklint.Malformed", f"a {value['type']} where a text or a number is due")
    return {part: value[part] for part in ("state", "data", "error") if part in value}


def _as_number(field: Item) -> Item:
    """CurrentBuildNumber is a text in the registry, and a number in the contract."""
    if field["state"] != "present":
        return field
    text = str(field["data"])
    if text.isascii() and text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - digits of a DWORD
        return {"state": "present", "data": int(text)}
    return _failed("hklint.Malformed", "CurrentBuildNumber is no number")


def _doubtful(doubt: Doubt) -> Item:
    return _failed(_NOT_CLEAR, f"line {doubt.line} of the file is not understood: {doubt.message}")


def _failed(kind: str, message: str) -> Item:
    error = {"type": kind, "hresult": None, "message": message[:_LONGEST_MESSAGE]}
    return {"state": "failed", "error": error}
