"""The results of a run's hosts, held while more of them come, and while reports are made."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from hklint.run import HostResult

IN_MEMORY = 32_000_000
"""Bytes of results that stay in memory; what is beyond goes into a temporary file."""


class Spool:
    """Results by the place of their target. Each pass over them has them in that order.

    Where the temporary file can't be written, results stay in memory: no full disk loses them.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._left = in_memory
        self._held: dict[int, bytes] = {}
        self._file: BinaryIO | None = None
        self._places: dict[int, tuple[int, int]] = {}
        self._end = 0

    def add(self, position: int, result: HostResult) -> None:
        """One more result, in whatever order they come."""
        from hklint_reports.json_lines import ascii_json  # noqa: PLC0415 - only where hosts are asked

        line = ascii_json(result).encode("ascii")
        if len(line) > self._left and self._written(line):
            self._places[position] = (self._end, len(line))
            self._end += len(line)
        else:
            self._left -= len(line)
            self._held[position] = line

    def close(self) -> None:
        """Ends the temporary file."""
        if self._file is not None:
            self._file.close()

    def _written(self, line: bytes) -> bool:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - ends with this object
            self._file.seek(self._end)
            return self._file.write(line) == len(line)
        except OSError:
            return False

    def __iter__(self) -> Iterator[HostResult]:
        """One pass."""
        from hklint_reports.json_lines import decode_host  # noqa: PLC0415 - as above

        for position in sorted({*self._held, *self._places}):
            yield decode_host(self._line(position))

    def _line(self, position: int) -> bytes:
        if self._file is None or position in self._held:
            return self._held[position]
        start, length = self._places[position]
        self._file.seek(start)
        return self._file.read(length)
