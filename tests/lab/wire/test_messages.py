"""Single messages: what is asked twice, what is lost, and what no client should send."""

import re
import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import requests
from pypsrp.powershell import PowerShell, RunspacePool

from hklint.lab.wire import Machine, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]

TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"


def message(
    action: str,
    body: str = "",
    message_id: str = "uuid:1",
    resource: str = POWERSHELL,
    head: str = "",
) -> str:
    return f"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
        xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
        xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="{SHELL}">
      <s:Header><a:Action>{action}</a:Action><a:MessageID>{message_id}</a:MessageID>
        <w:ResourceURI>{resource}</w:ResourceURI>{head}</s:Header>
      <s:Body>{body}</s:Body>
    </s:Envelope>"""


def receive(pool: RunspacePool, command_id: str, message_id: str, timeout: str) -> str:
    selector = f'<w:Selector Name="ShellId">{pool.id}</w:Selector>'
    return message(
        f"{SHELL}/Receive",
        f'<rsp:Receive><rsp:DesiredStream CommandId="{command_id}"/></rsp:Receive>',
        message_id,
        head=f"<w:SelectorSet>{selector}</w:SelectorSet>"
        f"<w:OperationTimeout>{timeout}</w:OperationTimeout>",
    )


def post(server: WsmanServer, text: str, path: str = "/wsman") -> requests.Response:
    """Sends a message as the auditor, with Basic and unsealed."""
    with requests.post(
        f"http://127.0.0.1:{server.port}{path}",
        data=text.encode(),
        auth=("auditor", "canary:pässword"),
        timeout=5,
    ) as answer:
        return answer


@pytest.fixture
def server(host: Host) -> WsmanServer:
    return host(allow_unencrypted=True)


def test_the_same_message_gets_the_same_answer(server: WsmanServer) -> None:
    ask = message(f"{TRANSFER}/Get", message_id=f"uuid:{uuid.uuid4()}", resource=CONFIG)
    first, again = post(server, ask), post(server, ask)
    other = post(server, message(f"{TRANSFER}/Get", resource=CONFIG))
    assert first.status_code == 200
    assert first.content == again.content != other.content


def test_a_lost_answer_can_be_received_again(
    server: WsmanServer, pool: Pool, collector: str
) -> None:
    with pool(server.port) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        shell.begin_invoke()
        ask = receive(opened, shell.id, "uuid:lost", "PT5S")
        first, again = post(server, ask), post(server, ask)
        assert "CommandState/Done" in first.text
        assert first.content == again.content


def test_the_newest_of_two_receives_waits_on(
    host: Host, pool: Pool, collector: str, waiting: tuple[Machine, threading.Event]
) -> None:
    server = host(waiting[0], allow_unencrypted=True)
    with pool(server.port) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        shell.begin_invoke()
        older: list[requests.Response] = []
        ask = receive(opened, shell.id, "uuid:older", "PT5S")
        thread = threading.Thread(target=lambda: older.append(post(server, ask)))
        thread.start()
        stream = server._running.service.shells()[0]._streams[shell.id]
        while stream.reader is None:
            assert thread.is_alive()
        newest = post(server, receive(opened, shell.id, "uuid:newest", "PT0.1S"))
        thread.join(5)
        assert 'Code="2150858793"' in newest.text
        assert 'Code="995"' in older[0].text


@pytest.mark.parametrize("duration", ["PT0.05S", "PT0H0M0.05S"])
def test_a_receive_waits_as_long_as_it_says(server: WsmanServer, pool: Pool, duration: str) -> None:
    with pool(server.port) as opened:
        ask = receive(opened, "", "uuid:1", duration).replace(' CommandId=""', "")
        assert 'Code="2150858793"' in post(server, ask).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a/>",
        "no XML",
        '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e "x">]>' + message(f"{TRANSFER}/Get", "&e;"),
    ],
)
def test_what_is_no_envelope_is_refused(server: WsmanServer, text: str) -> None:
    assert post(server, text).status_code == 400


BROKEN = '<rsp:Shell><creationXml xmlns="http://schemas.microsoft.com/powershell">AAA</creationXml>'


@pytest.mark.parametrize(
    ("action", "body", "subcode"),
    [
        (f"{TRANSFER}/Put", "", "a:ActionNotSupported"),
        (f"{TRANSFER}/Create", "", "w:SchemaValidationError"),
        (f"{TRANSFER}/Create", "<rsp:Shell ShellId='x'/>", "w:SchemaValidationError"),
        (f"{TRANSFER}/Create", f"{BROKEN}</rsp:Shell>", "w:SchemaValidationError"),
        (f"{SHELL}/Receive", "", "w:InvalidSelectors"),
    ],
)
def test_what_can_not_be_served_is_a_fault(
    server: WsmanServer, action: str, body: str, subcode: str
) -> None:
    answer = post(server, message(action, body))
    assert answer.status_code == 500
    assert re.search(f"<s:Subcode><s:Value>{subcode}<", answer.text)
    assert "<a:RelatesTo>uuid:1<" in answer.text


def test_a_shell_that_can_not_be_opened_is_not_there(server: WsmanServer) -> None:
    assert post(server, message(f"{TRANSFER}/Create", f"{BROKEN}</rsp:Shell>")).status_code == 500
    assert server.open_shells() == ()


def test_there_is_nothing_but_wsman(server: WsmanServer) -> None:
    assert post(server, "", "/").status_code == 404
    with requests.get(f"http://127.0.0.1:{server.port}/wsman", timeout=5) as answer:
        assert answer.status_code == 404
