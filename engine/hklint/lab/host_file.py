"""Host files: what a Windows host of the lab is, in YAML, checked before it is used."""

import binascii
from collections.abc import Hashable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import msgspec
import yaml

from hklint.errors import UsageError
from hklint.fact import View
from hklint.lab.registry import TYPE_NUMBERS, KeyPath, Registry, TypeName, Value, parse_path
from hklint.lab.registry_data import store

Destination = Literal[
    "store",
    "store-with-alert",
    "lenient-store",
    "failing-store",
    "redirecting-store",
    "expired-store",
    "misnamed-store",
    "silent",
    "closed",
    "no-answer",
]
"""Where a name leads: the stand-in Store, one that refuses with an alert, that takes TLS 1.0 too,
that answers 503 or sends to https://officeclient.microsoft.com, whose certificate is expired or for
another name; a server that accepts and says nothing; a port where nobody listens; a name server
that never answers."""


class Proxy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proxy a host is set to, by scheme, host and port, and what comes of asking it."""

    uri: Annotated[str, msgspec.Meta(pattern=r"^http://[^/@]+$")]
    behaves: Literal["refuses-407", "refuses-502", "unreachable", "unresolved"]


class Host(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    r"""A host file. `accounts` maps `DOMAIN\user` to a password, which is public by design.

    `registry` and `denied` are by view; `names` is all the host's name resolution knows.
    """

    about: str
    name: str
    domain: str | None = None
    domain_role: int
    product: str
    build: int
    ubr: int | None = None
    edition: str
    installation_type: str
    dotnet_release: int | None = None
    exchange_version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+\.\d+$")] | None = None
    powershell: str
    culture: Literal["en-US", "de-DE"] = "en-US"
    accounts: dict[str, str]
    names: dict[str, Destination] = {}
    proxy: Proxy | None = None
    trusts_lab_ca: bool = True
    registry: dict[View, dict[str, dict[str, Any]]] = {}
    denied: dict[View, list[str]] = {}


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice, where YAML would take the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature of PyYAML
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: {key!r} is there twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def shipped() -> dict[str, Host]:
    """The hosts that ship with the lab, by id."""
    folder = resources.files("hklint.lab").joinpath("hosts")
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return {
        name.removesuffix(".yaml"): parse(folder.joinpath(name).read_text("utf-8"), name)
        for name in files
    }


def load(hosts: Sequence[str | Path]) -> dict[str, Host]:
    """Hosts by id: of shipped ones the id, of files their name without the ending.

    Raises:
        UsageError: An id that is not shipped, a file that can't be read or is invalid.
    """
    known = shipped()
    loaded: dict[str, Host] = {}
    for host in hosts:
        path = Path(host)
        is_file = isinstance(host, Path) or path.suffix in (".yaml", ".yml")
        host_id = path.stem if is_file else str(host)
        if host_id in loaded:
            raise UsageError(f"the lab can't have two hosts of the id {host_id!r}")
        if is_file:
            loaded[host_id] = parse(_read(path), str(path))
        elif host_id in known:
            loaded[host_id] = known[host_id]
        else:
            raise UsageError(
                f"no host {host_id!r} ships with the lab: name a .yaml file, or one of "
                + ", ".join(known)
            )
    return loaded


def parse(text: str, path: str) -> Host:
    """A host from the text of its file; UsageError says where in `path` it is wrong."""
    try:
        host = msgspec.convert(yaml.load(text, _Loader), Host)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: the host file is invalid: {error}") from None
    try:
        fill_registry(Registry(), host)
    except ValueError as error:
        raise UsageError(f"{path}: the host file is invalid: {error}") from None
    for account, password in host.accounts.items():
        if account.count("\\") != 1 or not password:
            raise UsageError(f"{path}: account {account!r}: write DOMAIN\\user and a password")
    if not host.accounts:
        raise UsageError(f"{path}: the host has no account, so nobody could ask it")
    return host


def fill_registry(registry: Registry, host: Host) -> None:
    """Write the file's values and denials; ValueError names the key that is wrong."""
    for view, path, values in _keys(host):
        registry.create(path, view)
        for name, data in values.items():
            try:
                registry.write(path, _value(name, data), view)
            except ValueError as error:
                raise ValueError(f"{path} [{view}], value {name!r}: {error}") from None
    for view, paths in host.denied.items():
        for text in paths:
            registry.deny(_path(text), view)


def _keys(host: Host) -> Iterator[tuple[View, KeyPath, Mapping[str, object]]]:
    for view, keys in host.registry.items():
        for text, values in keys.items():
            yield view, _path(text), values


def _path(text: str) -> KeyPath:
    path = parse_path(text)
    if "wow6432node" in (part.lower() for part in path.parts):
        raise ValueError(f"{text}: put the key under 32-bit, without Wow6432Node")
    return path


def _value(name: str, data: object) -> Value:
    """A number is REG_DWORD, a text REG_SZ, a list REG_MULTI_SZ; else `{TYPE: data}`.

    `{TYPE: {bytes: hex}}` stores bytes as they are.
    """
    match data:
        case bool():
            raise ValueError(f"{data} is a truth value to YAML: write 0 or 1, or quote the text")
        case int():
            return store(name, "REG_DWORD", data)
        case str():
            return store(name, "REG_SZ", data)
        case list():
            return store(name, "REG_MULTI_SZ", cast("list[object]", data))
        case dict():
            return _typed_value(name, cast("dict[object, object]", data))
        case _:
            raise ValueError(f"{data!r} is neither a number, a text, a list nor TYPE: data")


def _typed_value(name: str, data: dict[object, object]) -> Value:
    if len(data) != 1:
        raise ValueError("write one TYPE: data")
    type_name, plain = next(iter(data.items()))
    if type_name not in TYPE_NUMBERS:
        raise ValueError(f"{type_name!r} is no type; use one of {', '.join(get_args(TypeName))}")
    if isinstance(plain, dict):
        raw = cast("dict[object, object]", plain)
        if list(raw) != ["bytes"]:
            raise ValueError("write bytes: and hex digits")
        plain = _unhex(raw["bytes"])
    elif type_name in ("REG_BINARY", "REG_NONE"):
        plain = _unhex(plain)
    return store(name, type_name, plain)


def _unhex(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError(f"{text!r}: put the hex digits in quotes")  # noqa: TRY004 - bad data
    try:
        return binascii.unhexlify(text.replace(" ", ""))
    except binascii.Error as error:
        raise ValueError(f"{text!r} are no hex digits: {error}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the host file can't be read: {error}") from None
