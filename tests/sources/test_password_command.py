"""Passwords from a command: run by itself, with its words as they were written, and in time."""

import os
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from hklint.errors import UsageError
from hklint.password_command import LARGEST_OUTPUT, NoPasswordError, run_command, split_command

CANARY = "Canary-9f3b!Pässwort"

WORDS = {
    "pass show hklint/audit": ["pass", "show", "hklint/audit"],
    "  pass   show  x ": ["pass", "show", "x"],
    "op read 'op://Lab/audit user/password'": ["op", "read", "op://Lab/audit user/password"],
    "op read \"a 'b' c\"": ["op", "read", "a 'b' c"],
    "show a'b c'd": ["show", "ab cd"],
    "show '' x": ["show", "", "x"],
    "show #1 $HOME `x` *; rm | y > z && w": [
        *["show", "#1", "$HOME", "`x`", "*;", "rm", "|", "y", ">", "z", "&&", "w"],
    ],
}


@pytest.mark.parametrize("escapes", [True, False], ids=["posix", "windows"])
@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_words(text: str, words: list[str], escapes: bool) -> None:  # noqa: FBT001 - a parameter
    assert split_command(text, backslash_escapes=escapes) == tuple(words)


@pytest.mark.parametrize(
    ("text", "posix", "windows"),
    [
        (r"C:\Tools\pw.exe show", ["C:Toolspw.exe", "show"], [r"C:\Tools\pw.exe", "show"]),
        (r'"C:\My Tools\pw.exe" x', [r"C:\My Tools\pw.exe", "x"], [r"C:\My Tools\pw.exe", "x"]),
        (r"show a\ b", ["show", "a b"], ["show", "a\\", "b"]),
    ],
)
def test_a_backslash_parts_folders_on_windows(
    text: str, posix: list[str], windows: list[str]
) -> None:
    assert split_command(text, backslash_escapes=True) == tuple(posix)
    assert split_command(text, backslash_escapes=False) == tuple(windows)


@pytest.mark.parametrize("text", ["", "  ", f"echo '{CANARY}", f'echo "{CANARY}'])
def test_what_is_no_command(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        split_command(text)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def _run(program: str, environment: Mapping[str, str] | None = None, seconds: float = 20) -> str:
    words = (sys.executable, "-c", program)
    return run_command(words, environment or os.environ, seconds=seconds).reveal()


def _printing(data: bytes) -> str:
    return f"import sys; sys.stdout.buffer.write({data!r})"


@pytest.mark.parametrize(
    ("printed", "password"),
    [
        (CANARY.encode(), CANARY),
        (CANARY.encode() + b"\n", CANARY),
        (CANARY.encode() + b"\r\nuser: audit\r\nurl: x\r\n", CANARY),
        (CANARY.encode("utf-8-sig") + b"\n", CANARY),
        (b"  blanks stay \n", "  blanks stay "),
        ("a\u2028b\x0b\n".encode(), "a\u2028b\x0b"),
        (b"x" * LARGEST_OUTPUT, "x" * LARGEST_OUTPUT),
    ],
)
def test_the_first_line_is_the_password(printed: bytes, password: str) -> None:
    assert _run(_printing(printed)) == password


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (_printing(b""), "the first line that it printed is empty"),
        (_printing(b"\n" + CANARY.encode()), "the first line that it printed is empty"),
        (_printing(CANARY.encode("latin-1")), "what it printed is not UTF-8 text"),
        (_printing(CANARY.encode("utf-16")), "what it printed is not UTF-8 text"),
        (_printing(b"C\0a\0n\0"), "what it printed is not UTF-8 text"),
        (_printing(b"x" * (LARGEST_OUTPUT + 1)), "it printed more than 65536 bytes"),
        (_printing(CANARY.encode()) + "; sys.exit(3)", "it ended with status 3"),
        ("import os; os.abort()", "it ended with status -6"),
    ],
)
def test_what_gives_no_password(program: str, why: str) -> None:
    with pytest.raises(NoPasswordError) as caught:
        _run(program)
    assert str(caught.value) == why
    _keeps_it(caught.value)


def _keeps_it(error: BaseException) -> None:
    """Nothing that was printed hangs on the error, not even where no traceback shows it."""
    shown = "".join(traceback.format_exception(error))
    while error.__context__ is not None:
        error = error.__context__
        shown += f"{error!r} {vars(error)} {getattr(error, 'object', b'')!r}"
    assert "Canary" not in shown
    assert "C\\x00a" not in shown


@pytest.mark.parametrize(
    "program",
    [
        "import time; print('Canary', flush=True); time.sleep(60)",
        "import os, time; os.close(1); time.sleep(60)",
    ],
    ids=["output stays open", "output is closed"],
)
def test_it_has_a_limit_of_time(program: str) -> None:
    started = time.monotonic()
    with pytest.raises(NoPasswordError, match=r"^it did not end within 0.5 s$") as caught:
        _run(program, seconds=0.5)
    _keeps_it(caught.value)
    assert time.monotonic() - started < 5


def test_endless_output_is_cut(tmp_path: Path) -> None:
    """And what prints it is ended."""
    pid = tmp_path / "pid"
    program = f"import os, pathlib; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
    with pytest.raises(NoPasswordError, match="more than"):
        _run(f"{program}while True: print('Canary' * 1000)")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["/no/such/program"], "it could not be started: No such file or directory"),
        (["."], "it could not be started: Permission denied"),
        (["no-such-program-in-path"], "it could not be started: No such file or directory"),
    ],
)
def test_it_cannot_be_started(words: list[str], why: str) -> None:
    with pytest.raises(NoPasswordError) as caught:
        run_command(words, os.environ)
    assert str(caught.value) == why


def test_a_user_that_no_environment_can_hold() -> None:
    with pytest.raises(NoPasswordError, match="could not be started for this user"):
        _run("", {"HKLINT_USER": "a\0b"})


def test_there_is_no_shell(tmp_path: Path) -> None:
    made = tmp_path / "made"
    text = f"{sys.executable} -c 'import sys; print(sys.argv[1:])' x; touch {made} $(touch {made})"
    said = run_command(split_command(text), os.environ).reveal()
    assert said == str(["x;", "touch", str(made), "$(touch", f"{made})"])
    assert not made.exists()


def test_ctrl_c_ends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program = f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))"

    def interrupted(seconds: float) -> None:
        del seconds
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(
        "hklint.password_command.threading.Thread.join", lambda _, s: interrupted(s)
    )
    with pytest.raises(KeyboardInterrupt):
        _run(f"{program}; time.sleep(60)")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
