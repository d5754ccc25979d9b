"""The collector behind an allow-list: what is not on it is refused, item by item."""

import datetime as dt
import json
from typing import Any

import jsonschema
import msgspec

from hklint.collector import NOT_ALLOWED, schema
from hklint.fact import Hive, View
from hklint.facts.host import FIELDS
from hklint.fold import fold
from hklint.lab import attempt
from hklint.lab.collector import AskedKey, AskedPage, RefusedRequestError


class ListedKey(msgspec.Struct, frozen=True):
    """A listed key: values that are answered, and names of which only being there is."""

    hive: Hive
    view: View
    key: str
    values: tuple[str, ...]
    names: tuple[str, ...]


_ERROR = {
    "type": NOT_ALLOWED,
    "hresult": None,
    "message": "This is not on the allow-list of the endpoint.",
}


class AllowList(msgspec.Struct, frozen=True):
    """An allow-list that is valid for the contract's schema."""

    host: bool
    registry: tuple[ListedKey, ...]
    web_requests: tuple[str, ...]

    def entry(self, asked: AskedKey) -> ListedKey | None:
        """The entry of a key, if it is listed."""
        for key in self.registry:
            if (key.hive, key.view, fold(key.key)) == (asked.hive, asked.view, fold(asked.key)):
                return key
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


def without_refused(item: dict[str, Any], entry: ListedKey) -> dict[str, Any]:
    """The answer's item for a listed key, with no more of its values than is listed."""
    if item["state"] != "present":
        return item
    return {**item, "values": [_permitted(value, entry) for value in item["values"]]}


def _permitted(value: dict[str, Any], entry: ListedKey) -> dict[str, Any]:
    name = fold(value["name"])
    if name in map(fold, entry.values):
        return value
    if name not in map(fold, entry.names):
        return {"name": value["name"], "state": "failed", "error": _ERROR}
    state = "absent" if value["state"] == "absent" else "withheld"
    return {"name": value["name"], "state": state}


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
