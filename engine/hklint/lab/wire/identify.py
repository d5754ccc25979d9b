"""Identify: what a WinRM service says of itself to somebody who has not logged on.

DSP0226 1.0, section 11. Windows gives an unauthenticated client no version of the system: what
`Test-WSMan` shows without `-Authentication` (Microsoft, "Detecting Whether a Remote Computer
Supports WS-Management Protocol").
"""

from hklint.lab.wire import soap
from hklint.lab.wire.http import Request, Response

_NAMESPACE = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"

ANSWER = Response(
    200,
    (
        f'<s:Envelope xmlns:s="{soap.PREFIXES["s"]}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{_NAMESPACE}">'
        "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
        "</wsmid:ProtocolVersion>"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        "<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode(),
    (("Content-Type", soap.CONTENT_TYPE),),
)


def is_asked(request: Request) -> bool:
    """Whether somebody who has not logged on asks who is there."""
    if request.headers.get("wsmanidentify") != "unauthenticated":
        return False
    return b"Identify" in request.body
