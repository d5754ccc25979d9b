"""Who is there, asked before a logon; and the time that the host tells."""

import email.utils
import http.client
import time
from collections.abc import Callable
from contextlib import closing
from xml.etree import ElementTree as ET

import pytest

from hklint.lab.wire import Fault, Faults, Kind, WsmanServer

Host = Callable[..., WsmanServer]

WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
QUESTION = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
    f'<s:Body><i:Identify xmlns:i="{WSMID}"/></s:Body></s:Envelope>'
)


def ask(
    server: WsmanServer, header: str = "unauthenticated"
) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)) as client:
        client.request("POST", "/wsman", QUESTION, {"WSMANIDENTIFY": header})
        answer = client.getresponse()
        return answer, answer.read()


def test_the_service_says_what_it_is(host: Host) -> None:
    server = host()
    answer, body = ask(server)
    assert answer.status == 200
    said = {element.tag: element.text for element in ET.fromstring(body).iter()}  # noqa: S314 - our own
    assert said[f"{{{WSMID}}}ProductVendor"] == "Microsoft Corporation"
    assert said[f"{{{WSMID}}}ProductVersion"] == "OS: 0.0.0 SP: 0.0 Stack: 3.0"
    assert [exchange.action for exchange in server.log] == ["identify"]


def test_without_the_header_a_logon_is_wanted(host: Host) -> None:
    assert ask(host(), header="")[0].status == 401


def test_faults_of_every_request_are_suffered(host: Host) -> None:
    server = host(faults=Faults(authenticate=Fault(Kind.FORBID)))
    assert ask(server)[0].status == 403


@pytest.mark.parametrize("skew", [0.0, 3600.0, -86_400.0])
def test_the_clock(host: Host, skew: float) -> None:
    answer, _ = ask(host(clock_skew=skew))
    told = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(told - time.time() - skew) < 2
