"""Documents made to hurt their reader: each is judged by `hklint lint` in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.document import MAX_BYTES
from hklint.exit_code import Exit

POLICY = "kind: policy\nid: a\ntitle: T\nversion: 1.0.0\nrules: "
MANY = 200_000
EXTREMES: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * MANY + "]" * MANY,
    "open brackets": lambda: "a: " + "[" * MANY,
    "dashes": lambda: "- " * MANY,
    "question marks": lambda: "? " * MANY,
    "mappings": lambda: "{a: " * MANY,
    "mappings as keys": lambda: "{" * MANY,
    "block mappings": lambda: "".join("  " * depth + "a:\n" for depth in range(2_000)),
    "digits": lambda: "a: " + "9" * 1_000_000,
    "hexadecimal digits": lambda: "a: 0x" + "f" * 1_000_000,
    "one long word": lambda: POLICY + "x" * 5_000_000,
    "one long key": lambda: "x" * 500_000 + ": 1",
    "many keys": lambda: POLICY + "[]\n" + "".join(f"k{number}: 1\n" for number in range(5_000)),
    "equal keys": lambda: "a: 1\n" * MANY,
    "forbidden characters": lambda: "\u202e" * MANY,
    "anchors": lambda: "".join(f"k{number}: &a{number} [*a]\n" for number in range(MANY // 10)),
    "too large": lambda: "#" * (MAX_BYTES + 1),
    "as large as allowed": lambda: "#" * MAX_BYTES,
}


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from hklint.cli import main; main()", "lint", str(path)]
    return subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, check=False, encoding="utf-8"
    )


@pytest.mark.parametrize("name", EXTREMES)
def test_a_document_cannot_hurt_its_reader(name: str, tmp_path: Path) -> None:
    file = tmp_path / "extreme.yaml"
    file.write_text(EXTREMES[name](), encoding="utf-8")
    ended = lint(file)
    assert ended.returncode == Exit.INVALID, ended.stderr[-1000:]
    assert len(ended.stdout) < 2_000_000


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    ended = lint(tmp_path)
    assert ended.returncode == Exit.INVALID
    assert "this is not a regular file" in ended.stdout
