"""`hklint lab` beside `hklint check`: the article's fix, typed into three terminals."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

POLICY = "exchange-store-addins"
HOST = "ex2016-on-request"
SCHANNEL = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
FIX = "\r\n".join(
    [
        "Windows Registry Editor Version 5.00",
        "",
        rf"[{SCHANNEL}\Protocols\TLS 1.2\Client]",
        '"DisabledByDefault"=dword:00000000',
        rf"[{SCHANNEL}\Protocols\TLS 1.2\Server]",
        '"DisabledByDefault"=dword:00000000',
        r"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework\v4.0.30319]",
        '"SystemDefaultTlsVersions"=dword:00000001',
        r"[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\v4.0.30319]",
        '"SystemDefaultTlsVersions"=dword:00000001',
        "",
    ]
)


def test_merge_and_restart(
    spawn: Callable[..., Popen[bytes]], hklint_command: Callable[..., Any]
) -> None:
    state = ("--state", Path("lab.json").resolve())
    running = spawn("lab", "start", HOST, "--json", *state)
    assert running.stdout is not None
    (host,) = json.loads(running.stdout.readline())["hosts"]
    Path("fix.reg").write_text(FIX, "utf-16", newline="")

    def gate() -> tuple[int, str]:
        done = hklint_command("gate", host["target"], "-p", POLICY)
        return done.code, done.out.partition(":")[0]

    assert gate() == (1, "GATE SHUT")
    assert hklint_command("lab", "merge", HOST, "fix.reg", *state).code == 0
    assert gate() == (1, "GATE SHUT")
    assert hklint_command("lab", "restart", HOST, *state).code == 0
    assert gate() == (0, "GATE OPEN")
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) == 0
    assert not Path("lab.json").exists()
