"""What the error of an answer's item says about the fact."""

from collections.abc import Mapping
from typing import Any

from hklint.collector import NOT_ALLOWED
from hklint.fact import Unreadable

NOT_LISTED = Unreadable("not-allowed", "the endpoint's allow-list does not have it")


def unreadable(error: Mapping[str, Any]) -> Unreadable:
    """Why the fact is not known: it failed, or the endpoint does not let it be asked for."""
    if error["type"] == NOT_ALLOWED:
        return NOT_LISTED
    return Unreadable("failed", error["message"])
