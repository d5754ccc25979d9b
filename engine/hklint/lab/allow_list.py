"""The collector behind an allow-list: what is not on it is refused, item by item."""

import datetime as dt
import json
from typing import Any

import jsonschema
import msgspec

from hklint.collector import NOT_ALLOWED, schema
from hklint.facts.host import FIELDS
from hklint.fold import fold
from hklint.lab import attempt
from hklint.lab.collector import AskedKey, AskedPage, RefusedRequestError

_ERROR = {
    "type": NOT_ALLOWED,
    "hresult": None,
    "message": "This is not on the allow-list of the endpoint.",
}


class AllowList(msgspec.Struct, frozen=True):
    """An allow-list that is valid for the contract's schema."""

    host: bool
    registry: tuple[AskedKey, ...]
    web_requests: tuple[str, ...]

    def names(self, asked: AskedKey) -> frozenset[str] | None:
        """The listed names of a key's values, as they compare; None if the key is not listed."""
        for key in self.registry:
            if (key.hive, key.view, fold(key.key)) == (asked.hive, asked.view, fold(asked.key)):
                return frozenset(map(fold, key.values))
        return None


# Prepared here, because msgspec crashes where two threads do that at once.
msgspec.json.Decoder(AllowList)


def read_allow_list(text: str) -> AllowList:
    """The allow-list; RefusedRequestError says why it can't be used."""
    try:
        loaded = json.loads(text)
        jsonschema.validate(loaded, schema("allow_list"))
    except ValueError as error:
        raise RefusedRequestError("bad-allow-list", f"It is no JSON: {error}") from None
    except jsonschema.ValidationError as error:
        message = f"{error.json_path} does not fit."
        raise RefusedRequestError("bad-allow-list", message) from None
    return msgspec.convert(loaded, AllowList)


def refused_key(asked: AskedKey) -> dict[str, Any]:
    """The answer's item for a key that is not listed."""
    place = {"hive": asked.hive, "view": asked.view, "key": asked.key}
    return {**place, "state": "failed", "error": _ERROR}


def without_refused(item: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The answer's item for a listed key, with the values refused that are not listed."""
    if item["state"] != "present":
        return item
    values = [
        value
        if fold(value["name"]) in names
        else {"name": value["name"], "state": "failed", "error": _ERROR}
        for value in item["values"]
    ]
    return {**item, "values": values}


def refused_identity() -> list[dict[str, Any]]:
    """The answer's host fields where the identity may not be asked for."""
    return [{"name": name, "state": "failed", "error": _ERROR} for name in FIELDS]


def refused_attempts(asked: AskedPage) -> list[dict[str, Any]]:
    """The answer's attempts for an address that is not listed."""
    nothing = dict.fromkeys(("proxy", "final_uri", "method", "http_status", "status"))
    return [
        {
            "way": way,
            "result": "not-run",
            "started": attempt.iso(dt.datetime.now(dt.UTC)),
            "milliseconds": 0,
            "ran_in": "child",
            "process": {"name": "powershell", "bits": 64, "powershell": "", "edition": "Desktop"},
            "security_protocol": {"before": None, "during": None},
            **nothing,
            "error_id": NOT_ALLOWED,
            "exceptions": [],
            "message": _ERROR["message"],
        }
        for way in asked.ways
    ]
