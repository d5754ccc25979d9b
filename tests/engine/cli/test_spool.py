"""The spool: what comes in any order, from memory and from disk, comes back in that of targets."""

import random
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from hklint.cli.spool import Spool
from hklint.run import HostResult


def _host(number: int, more: str = "") -> HostResult:
    name = f"ex{number:03d}{more}"
    return HostResult(name, f"psrp://{name}", "", "", 0.5, None, {"n": number}, (), ())


@pytest.mark.parametrize("in_memory", [0, 2_000, 1_000_000])
def test_order(in_memory: int) -> None:
    hosts = [_host(number, "\ud800\u00e9") for number in range(50)]
    with closing(Spool(in_memory)) as spool:
        for position in random.Random(1).sample(range(50), 50):  # noqa: S311 - an order
            spool.add(position, hosts[position])
        assert list(spool) == hosts
        assert list(zip(spool, spool, strict=True)) == list(zip(hosts, hosts, strict=True))


def test_a_full_disk_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    spool = Spool(0)
    for position in range(3):
        spool.add(position, _host(position))
    assert list(spool) == [_host(position) for position in range(3)]


def test_a_disk_that_takes_half_a_line_loses_nothing() -> None:
    """What of the line was written is overwritten by the next one."""

    class Full:
        def __init__(self) -> None:
            self.data = b""
            self.place = 0

        def seek(self, place: int) -> None:
            self.place = place

        def write(self, line: bytes) -> int:
            written = line[: max(0, 400 - self.place)]
            self.data = self.data[: self.place] + written
            return len(written)

        def read(self, length: int) -> bytes:
            return self.data[self.place : self.place + length]

    spool = Spool(0)
    spool._file = Full()  # type: ignore[assignment] - no disk is full at will
    for position in range(6):
        spool.add(position, _host(position))
    assert list(spool) == [_host(position) for position in range(6)]
