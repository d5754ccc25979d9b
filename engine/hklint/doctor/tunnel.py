"""The way through a proxy: a tunnel to the host (CONNECT, RFC 9110, section 9.3.6)."""

import http.client
import socket

from urllib3.util import parse_url

from hklint.doctor.place import Address
from hklint.doctor.port import Dial
from hklint.sources.wsman.proxy import no_tunnel
from hklint.target import WsmanTarget


class _Tunnel(http.client.HTTPConnection):
    """Asks for the tunnel over a connection that stands already."""

    def __init__(self, connection: socket.socket, target: WsmanTarget) -> None:
        super().__init__(target.host, target.port)
        self.set_tunnel(target.host, target.port)
        self.sock = connection

    def connect(self) -> None:
        self._tunnel()  # type: ignore[attr-defined]


def tunnelling(dial: Dial, proxy: str, target: WsmanTarget) -> Dial:
    """How to connect to a host through a proxy, given how to connect to the proxy itself."""

    def through(address: Address) -> socket.socket:
        connection = dial(address)
        try:
            _Tunnel(connection, target).connect()
        except (OSError, http.client.HTTPException) as error:
            behind = f"{target.host} port {target.port}"
            raise no_tunnel(error, parse_url(proxy), behind) from error
        return connection

    return through
