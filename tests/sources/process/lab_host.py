"""A lab machine in PowerShell's server mode.

The first argument says what its collector does, the second what is written before the first packet;
a third is a file that a pipeline without end writes "running" to, and "stopped" when it is stopped.
"""

import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from hklint import collector
from hklint.lab.wire.endpoint import Endpoint
from hklint.lab.wire.process import serve

NOISE = {
    "nothing": b"",
    "lines": b"Welcome to EX01!\n\n  Patch day is Tuesday.\r\n<3 your administrators\n",
    "byte-order-mark": b"\xef\xbb\xbf",
    "no-end-of-line": b"Loading personal and system profiles took 812ms. PS> ",
    "utf-16": "\ufeffWillkommen auf EX01, Müller\r\n".encode("utf-16-le"),
    "code-page": b"Bitte \x81berall abmelden\r\n\xff\xfe\x00\x9b31m\r\n",
    "markup": b"<!DOCTYPE html>\n<Data>\n<DataAck PSGuid='me' />\n<Data <DataAck <Command ''>\n",
    "much": b"x" * 70 + b"\n" + b"All activity is monitored and reported.\r\n" * 900,
}


def absent(request: str) -> dict[str, object]:
    """A valid answer: every key that is asked for is absent."""
    keys = [
        {**{name: key[name] for name in ("hive", "view", "key")}, "state": "absent"}
        for key in json.loads(request)["registry"]
    ]
    process = {
        "powershell": "5.1.14393.0",
        "edition": "Desktop",
        "bits": 64,
        "process": "powershell",
        "user": "EX01\\admin",
        "administrator": True,
        "culture": "fi-FI",
        "milliseconds": 7,
    }
    return {"version": 1, "collector": process, "host": [], "registry": keys, "web_requests": []}


class LabMachine:
    name = "EX01"
    powershell = "5.1.14393.0"
    accounts: Mapping[str, str] = {}

    def __init__(self, behaviour: str) -> None:
        self._behaviour = behaviour

    def collect(self, request: str, _user: str, stopped: threading.Event) -> str:
        match self._behaviour:
            case "answers" | "has-the-function-only":
                return json.dumps(absent(request))
            case "hangs":
                file = Path(sys.argv[3])
                file.write_text("running", encoding="ascii")
                stopped.wait()
                file.write_text("stopped", encoding="ascii")
            case "is-slow":
                stopped.wait(1.5)
                return json.dumps(absent(request))
            case "fails":
                raise RuntimeError("the disk is full")
        return "no answer"

    def is_collector(self, script: str) -> bool:
        return script == collector.script()


def main(behaviour: str, noise: str = "nothing", *_: str) -> int:
    sys.stdout.buffer.write(NOISE[noise])
    sys.stdout.buffer.flush()
    machine = LabMachine(behaviour)
    endpoint = None
    if behaviour == "has-the-function-only":
        endpoint = Endpoint(functions={collector.FUNCTION: machine.collect})
    return serve(machine, "EX01\\admin", sys.stdin.buffer, sys.stdout.buffer, endpoint)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
