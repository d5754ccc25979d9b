"""A process that is no PowerShell, or a broken one; the argument says in what way."""

import base64
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

POOL = "00000000-0000-0000-0000-000000000000"
OTHER = "11111111-2222-3333-4444-555555555555"
ACK = f"<DataAck PSGuid='{POOL}' />\n".encode()
LATE = 60
BOMB = (
    "<!DOCTYPE Data [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in pairwise("abcdefghi"))
    + f"]><Data Stream='Default' PSGuid='{POOL}'>&i;</Data>\n"
).encode()

output = sys.stdout.buffer


def say(data: bytes) -> None:
    output.write(data)
    output.flush()


def listen() -> None:
    """Waits for the client's first packet."""
    sys.stdin.buffer.readline()


def listen_for_ever() -> None:
    """Takes whatever comes, until the client goes."""
    sys.stdin.buffer.read()


def wait() -> None:
    time.sleep(LATE)


def endless(data: bytes) -> None:
    while True:
        output.write(data)


def acknowledges_and_is_silent() -> None:
    listen()
    say(ACK)
    listen_for_ever()


def says() -> None:
    """The next argument is what follows an acknowledgement."""
    listen()
    say(ACK + os.fsencode(sys.argv[2]) + b"\n")
    listen_for_ever()


def bombs() -> None:
    listen()
    say(ACK + BOMB)
    listen_for_ever()


def bombs_at_once() -> None:
    say(BOMB)
    listen_for_ever()


def sends_packets_without_end() -> None:
    """Whole messages, of a kind that a client has no use for."""
    listen()
    say(ACK)
    message = struct.pack("<II32s", 1, 0x00021009, b"") + b"x" * 32_000
    data = base64.b64encode(struct.pack(">QQBI", 1, 0, 3, len(message)) + message).decode()
    endless(f"<Data Stream='Default' PSGuid='{POOL}'>{data}</Data>\n".encode())


def writes_lines_without_end() -> None:
    endless(b"All activity is monitored and reported.\n")


def writes_a_line_without_end() -> None:
    endless(b"x" * 65_536)


def complains_without_end() -> None:
    while True:
        os.write(2, b"powershell.exe: warning: nothing works here\n" * 100)


def closes_its_output() -> None:
    listen()
    say(ACK)
    os.close(1)
    wait()


def breaks_off() -> None:
    listen()
    say(ACK + f"<Data Stream='Default' PSGuid='{POOL}'>AAAA".encode())
    os.write(2, b"\nThe memory is used up.\n\n")
    sys.exit(7)


def is_deaf() -> None:
    """Neither reads, nor ends when it is asked to, and neither does what it has started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    command = [sys.executable, __file__, "sleeps_deaf"]
    child = subprocess.Popen(command)  # noqa: S603 - this file
    Path(sys.argv[2]).write_text(f"{os.getpid()} {child.pid}", encoding="ascii")
    wait()


def sleeps_deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait()


def leaves_somebody_behind() -> None:
    """A process of another session keeps the pipes open, as ssh's own masters have done."""
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    Path(sys.argv[2]).write_text(str(child.pid), encoding="ascii")


WAYS: tuple[Callable[[], None], ...] = (
    acknowledges_and_is_silent,
    bombs,
    bombs_at_once,
    breaks_off,
    closes_its_output,
    complains_without_end,
    is_deaf,
    leaves_somebody_behind,
    listen_for_ever,
    says,
    sends_packets_without_end,
    sleeps_deaf,
    writes_a_line_without_end,
    writes_lines_without_end,
)

if __name__ == "__main__":
    try:
        {way.__name__: way for way in WAYS}[sys.argv[1]]()
    except BrokenPipeError:
        os._exit(1)
