"""The answer of collector.ps1, given from the lab's registry and by the lab's requests."""

import json
import time
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import jsonschema
import msgspec
from jsonschema.protocols import Validator

from hklint.collector import CONTRACT_VERSION, schema
from hklint.fact import Hive, View, Way
from hklint.lab.host_file import Host
from hklint.lab.messages import denied_text
from hklint.lab.registry import TYPE_NAMES, KeyPath, Registry, Value
from hklint.lab.registry_data import decode_list, decode_text, number

_COR_E_SECURITY = -2146233078
_INT64_BYTES = 8
_LONGEST_MESSAGE = 500
_MOST_BYTES = 65_536
"""A larger value is not sent."""


class RefusedRequestError(ValueError):
    """A request that the collector does not serve; `code` is from the answer's schema."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class AskedKey(msgspec.Struct, frozen=True):
    """A key with the values that are asked for."""

    hive: Hive
    view: View
    key: str
    values: tuple[str, ...]


class AskedPage(msgspec.Struct, frozen=True):
    """A URI with the ways to ask for it."""

    uri: str
    ways: tuple[Way, ...]
    timeout_seconds: int


class Request(msgspec.Struct, frozen=True):
    """A request that is valid for the contract's schema."""

    version: int
    host: bool
    registry: tuple[AskedKey, ...]
    web_requests: tuple[AskedPage, ...]


# Prepared here, because msgspec crashes where two threads do that at once.
msgspec.json.Decoder(Request)


def read_request(text: str) -> Request:
    """The request; RefusedRequestError says why it can't be served."""
    try:
        loaded = json.loads(text)
    except ValueError as error:
        raise RefusedRequestError("bad-request", f"The request is no JSON: {error}") from None
    if _asks_other_version(loaded):
        message = f"This collector serves version {CONTRACT_VERSION} of the contract."
        raise RefusedRequestError("unsupported-version", message)
    try:
        _validate(loaded)
    except jsonschema.ValidationError as error:
        message = f"{error.json_path}: {error.message}"[:_LONGEST_MESSAGE]
        raise RefusedRequestError("bad-request", message) from None
    request = msgspec.convert(loaded, Request)
    if not all(_is_absolute(page.uri) for page in request.web_requests):
        raise RefusedRequestError("bad-request", "A URI names no host, or credentials.")
    return request


def refusal(error: RefusedRequestError) -> dict[str, Any]:
    """The answer to a request that can't be served."""
    return {
        "version": CONTRACT_VERSION,
        "error": {"code": error.code, "message": str(error)},
    }


def identity(host: Host, last_boot: str, clock: str) -> list[dict[str, Any]]:
    """The answer's host fields."""
    fields: dict[str, str | int | None] = {
        "name": host.name,
        "domain": host.domain,
        "domain_role": host.domain_role,
        "product": host.product,
        "build": host.build,
        "ubr": host.ubr,
        "edition": host.edition,
        "installation_type": host.installation_type,
        "dotnet_release": host.dotnet_release,
        "exchange_version": host.exchange_version,
        "last_boot": last_boot,
        "clock": clock,
    }
    return [
        {"name": name, "state": "absent"}
        if data is None
        else {"name": name, "state": "present", "data": data}
        for name, data in fields.items()
    ]


def process(host: Host, user: str, begun: float) -> dict[str, Any]:
    """The answer's description of the process that gave it; `begun` is of the monotonic clock."""
    return {
        "powershell": host.powershell,
        "edition": "Desktop",
        "bits": 64,
        "process": "wsmprovhost",
        "user": user,
        "administrator": True,
        "culture": host.culture,
        "milliseconds": round((time.monotonic() - begun) * 1000),
    }


def read_key(registry: Registry, asked: AskedKey, culture: str) -> dict[str, Any]:
    """The answer's item for one key of the request."""
    path = KeyPath(asked.hive, tuple(asked.key.split("\\")))
    item = {"hive": asked.hive, "view": asked.view, "key": asked.key}
    if not registry.exists(path, asked.view):
        return {**item, "state": "absent"}
    if registry.is_denied(path, asked.view):
        error = {
            "type": "System.Security.SecurityException",
            "hresult": _COR_E_SECURITY,
            "message": denied_text(culture),
        }
        return {**item, "state": "denied", "error": error}
    values = [read_value(registry.value(path, name, asked.view), name) for name in asked.values]
    return {**item, "state": "present", "values": values}


def read_value(stored: Value | None, name: str) -> dict[str, Any]:
    """The answer's item for one value, under the name it was asked by."""
    if stored is None:
        return {"name": name, "state": "absent"}
    type_name = TYPE_NAMES[stored.type]
    data: object
    match type_name:
        case "REG_SZ" | "REG_EXPAND_SZ":
            data = decode_text(stored.data)
        case "REG_MULTI_SZ":
            data = decode_list(stored.data)
        case "REG_BINARY" | "REG_NONE":
            data = stored.data.hex()
        case "REG_DWORD" | "REG_QWORD":
            data = number(stored)
        case "REG_DWORD_BIG_ENDIAN":
            message = "No reader for registry kind Unknown"
            return _unusable(name, "failed", "hklint.UnsupportedType", message)
    if data is None:
        held = "System.Int64" if len(stored.data) <= _INT64_BYTES else "System.Byte[]"
        item = _unusable(name, "malformed", "hklint.Malformed", f"{type_name} holds {held}")
        return {**item, "type": type_name}
    if len(stored.data) > _MOST_BYTES:
        message = f"{type_name} of {len(stored.data)} bytes; at most {_MOST_BYTES} are sent"
        return _unusable(name, "failed", "hklint.TooLarge", message)
    return {"name": name, "state": "present", "type": type_name, "data": data}


def _unusable(name: str, state: str, kind: str, message: str) -> dict[str, Any]:
    error = {"type": kind, "hresult": None, "message": message}
    return {"name": name, "state": state, "error": error}


def _asks_other_version(request: object) -> bool:
    if not isinstance(request, dict):
        return False
    version = cast("dict[str, object]", request).get("version")
    return isinstance(version, int) and version != CONTRACT_VERSION


def _is_absolute(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def _validate(request: Any) -> None:  # noqa: ANN401 - whatever JSON the client sent
    _validator().validate(request)


@cache
def _validator() -> Validator:
    return jsonschema.Draft202012Validator(schema("request"))
