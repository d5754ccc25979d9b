"""What a source gives back, and what came of one attempt before that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hklint.failure import Failure
from hklint.snapshot import Source

Result = dict[str, Any] | Failure
"""The collector's answer, valid by its schema, or why there is none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The collector's answer, valid by its schema, where it came from, and the seconds it took."""

    answer: Mapping[str, object]
    source: Source
    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """What came of one conversation with a host.

    `account` is who asked and `transport` how, in words. `tried` says whether the account was shown
    to the host, `sent` whether a message may have come to the service that opens sessions.
    `by_function` says whether a function of the endpoint answered, and not the script; `try_later`
    whether somebody on the way said that the trouble is only for now.
    """

    result: Result
    account: str = ""
    transport: str = ""
    tried: bool = False
    sent: bool = False
    by_function: bool = False
    try_later: bool = False
