"""Where a way leads to, and at which addresses that is."""

import ipaddress
import socket
from dataclasses import dataclass

from hklint.target import WsmanTarget


@dataclass(frozen=True, slots=True)
class Place:
    """What is connected to: the host, or (`proxy`) the proxy on the way to it."""

    host: str
    port: int
    proxy: bool = False

    def __str__(self) -> str:
        return f"{'the proxy ' if self.proxy else ''}{self.host}"

    @property
    def is_address(self) -> bool:
        """Whether it is named by its address."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True


def written(target: WsmanTarget, *, tls: bool, port: int | None = None) -> str:
    """The same host as a target over TLS or not, at the same port or another."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{'psrps' if tls else 'psrp'}://{host}:{port or target.port}"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a place, as a socket takes it."""

    family: socket.AddressFamily
    socket_address: tuple[str | int, ...]

    def __str__(self) -> str:
        return str(self.socket_address[0])

    def at(self, port: int) -> "Address":
        """The same address with another port."""
        host, _, *rest = self.socket_address
        return Address(self.family, (host, port, *rest))


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that stands."""

    address: Address
    socket: socket.socket
