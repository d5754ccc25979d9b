"""Documents made to hurt their reader: each is judged by `hklint lint` in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.documents.document import MAX_BYTES
from hklint.exit_code import Exit

POLICY = "kind: policy\nid: a\ntitle: T\nversion: 1.0.0\nrules: "
MANY = 200_000
MEMORY = 1 << 30
"""Bytes of address space that the process may have, where the system can limit that."""
SECONDS = 60
PROGRAM = f"""
import sys
try:
    import resource
except ImportError:
    pass
else:
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from hklint.cli import main
main()
"""
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
    "many mappings": lambda: POLICY + "[" + "{}," * 3_000_000 + "]",
    "equal keys": lambda: "a: 1\n" * MANY,
    "forbidden characters": lambda: "\u202e" * MANY,
    "NUL": lambda: POLICY + "[]\n\0",
    "turned writing": lambda: "kind: policy # \u2066\n",
    "anchors": lambda: "".join(f"k{number}: &a{number} [*a]\n" for number in range(MANY // 10)),
    "an anchor in itself": lambda: "kind: &a [*a]",
    "a bomb": lambda: (
        "a: &a0 [x, x]\n"
        + "".join(f"b{number}: &a{number} [{f'*a{number - 1}, ' * 9}]\n" for number in range(1, 50))
    ),
    "merged mappings": lambda: "a: &a {b: 1}\nc: {<<: [*a, *a]}\n",
    "tags": lambda: "a: !!python/object/apply:os.system [exit]\n" * MANY,
    "documents": lambda: "---\na: 1\n" * MANY,
    "one rule many times": lambda: POLICY + "\n" + "  - {id: a}\n" * 50_000,
    "too large": lambda: "#" * 50_000_000,
    "just too large": lambda: "#" * (MAX_BYTES + 1),
    "as large as allowed": lambda: "#" * MAX_BYTES,
}
RAW = {
    "not UTF-8": b"kind: policy\ntitle: \xff\xfe\n",
    "UTF-16": "kind: policy\n".encode("utf-16"),
    "half a character": b"kind: policy\n\xf0\x9f",
    "a surrogate": b"kind: \xed\xa0\x80\n",
    "zeros": bytes(100_000),
}


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, "lint", str(path)]
    return subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, check=False, encoding="utf-8", timeout=SECONDS
    )


@pytest.mark.parametrize("name", EXTREMES)
def test_a_document_cannot_hurt_its_reader(name: str, tmp_path: Path) -> None:
    file = tmp_path / "extreme.yaml"
    file.write_text(EXTREMES[name](), encoding="utf-8")
    refused_with_a_line(file)


@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_no_text_cannot_either(name: str, tmp_path: Path) -> None:
    file = tmp_path / "extreme.yaml"
    file.write_bytes(RAW[name])
    refused_with_a_line(file)


def refused_with_a_line(file: Path) -> None:
    ended = lint(file)
    assert ended.returncode == Exit.INVALID, ended.stderr[-1000:]
    assert re.search(rf"--> {re.escape(str(file))}:\d+:\d+", ended.stdout)
    assert len(ended.stdout) < 2_000_000


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "endless.yaml"
    file.symlink_to("/dev/zero")
    ended = lint(file)
    assert ended.returncode == Exit.INVALID
    assert "this is not a regular file" in ended.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    ended = lint(pipe)
    assert ended.returncode == Exit.INVALID
    assert "this is not a regular file" in ended.stdout
