"""What a source gives back when a host has answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from hklint.snapshot import Source


@dataclass(frozen=True, slots=True)
class Answered:
    """The collector's answer, valid by its schema, where it came from, and the seconds it took."""

    answer: Mapping[str, object]
    source: Source
    seconds: float
