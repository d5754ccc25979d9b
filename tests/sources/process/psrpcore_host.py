"""A PowerShell in server mode made of psrpcore's server: the second opinion on our packets.

Each packet is checked as PowerShell checks it (OutOfProcTransportManager.cs, ProcessElement), and a
pool is only closed when its pipelines are.
"""

import base64
import json
import re
import sys
import uuid

import psrpcore
from psrpcore import types

POOL = uuid.UUID(int=0)
GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DATA = re.compile(rf"<Data Stream='Default' PSGuid='({GUID})'>([A-Za-z0-9+/=]+)</Data>")
OTHER = re.compile(rf"<(Command|Close|Signal) PSGuid='({GUID})' />")


class Host:
    def __init__(self) -> None:
        self.pool = psrpcore.ServerRunspacePool()
        self.pipelines: dict[uuid.UUID, psrpcore.ServerPipeline] = {}

    def take(self, line: str) -> None:
        if (found := DATA.fullmatch(line)) is not None:
            about = uuid.UUID(found[1])
            self.data(about, base64.b64decode(found[2], validate=True))
            return
        found = OTHER.fullmatch(line)
        assert found is not None, line
        kind, about = found[1], uuid.UUID(found[2])
        if kind == "Command":
            self.pipelines[about] = psrpcore.ServerPipeline(self.pool, about)
        elif about == POOL:
            assert not self.pipelines, "PowerShell would wait for its pipelines to be closed"
        else:
            del self.pipelines[about]
        say(f"<{kind}Ack PSGuid='{about}' />")

    def data(self, about: uuid.UUID, fragments: bytes) -> None:
        command = None if about == POOL else about
        payload = psrpcore.PSRPPayload(fragments, psrpcore.StreamType.default, command)
        self.pool.receive_data(payload)
        say(f"<DataAck PSGuid='{about}' />")
        while (event := self.pool.next_event()) is not None:
            if isinstance(event, psrpcore.CreatePipelineEvent):
                self.run(self.pipelines[about])
        while (answer := self.pool.data_to_send(32_768)) is not None:
            to = answer.pipeline_id or POOL
            text = base64.b64encode(answer.data).decode()
            say(f"<Data Stream='Default' PSGuid='{to}'>{text}</Data>")

    def run(self, pipeline: psrpcore.ServerPipeline) -> None:
        pipeline.start()
        (command,) = pipeline.metadata.commands
        if not command.is_script:
            self.not_found(pipeline, command.command_text)
            return
        ((name, request),) = command.parameters
        assert name == "Request"
        asked = json.loads(request)
        keys = [
            {"hive": key["hive"], "view": key["view"], "key": key["key"], "state": "absent"}
            for key in asked["registry"]
        ]
        process = {
            "powershell": "7.4.6",
            "edition": "Core",
            "bits": 64,
            "process": "pwsh",
            "user": "EX01\\admin",
            "administrator": False,
            "culture": "de-DE",
            "milliseconds": len(command.command_text),
        }
        answer = {"version": 1, "collector": process, "host": [], "registry": keys}
        pipeline.write_output(json.dumps({**answer, "web_requests": []}))
        pipeline.complete()

    def not_found(self, pipeline: psrpcore.ServerPipeline, name: str) -> None:
        pipeline.write_error(
            types.NETException(Message=f"{name} is not recognized"),
            types.ErrorCategoryInfo(Category=types.ErrorCategory.ObjectNotFound),
            fully_qualified_error_id="CommandNotFoundException",
        )
        pipeline.complete()


def say(packet: str) -> None:
    sys.stdout.write(f"{packet}\n")
    sys.stdout.flush()


def main() -> int:
    host = Host()
    for line in sys.stdin:
        if line == "\n":
            break
        host.take(line.removesuffix("\n"))
    return 4000 % 256


if __name__ == "__main__":
    sys.exit(main())
