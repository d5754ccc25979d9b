"""The collector: the one script that runs on a host, and the contract of its request and answer.

The script is a constant text. It takes a JSON request and writes exactly one string, a JSON answer;
an endpoint that runs it for others also gives it an allow-list. `request.schema.json`,
`allow_list.schema.json` and `answer.schema.json` are the contract, shared by the script, the
sources and the lab.
"""

import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

CONTRACT_VERSION = 1
NOT_ALLOWED = "hklint.NotAllowed"
"""The error type of what an endpoint's allow-list does not have."""
FUNCTION = "Get-HklintFact"
"""The function that `hklint jea` installs on a host: the same script, behind an allow-list."""


@cache
def script() -> str:
    """The text that is sent to every host."""
    return _read("collector.ps1")


@cache
def sha256() -> str:
    """The script's SHA-256 in hex: it stands in every snapshot and run."""
    return hashlib.sha256(script().encode()).hexdigest()


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `request`, `allow_list` or `answer`."""
    loaded: dict[str, Any] = json.loads(_read(f"{name}.schema.json"))
    return loaded


def _read(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
