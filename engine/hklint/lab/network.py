"""Where the lab's names lead: the stand-in Stores, proxies and dead ends on 127.0.0.1."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Protocol as TypingProtocol
from typing import Self

from hklint.lab.host_file import Destination, Host
from hklint.lab.listener import ClosedPort, Listener
from hklint.lab.proxy import start_proxy, start_silent_server
from hklint.lab.schannel import Protocol
from hklint.lab.store import Manners, Store
from hklint.lab.tls import Contexts, client_contexts, server_context
from hklint.lab.wire.certificates import CertificateAuthority

_STORE_NAMES = ("appsource.microsoft.com", "officeclient.microsoft.com")
_RESETS = Manners()
_MANNERS: Mapping[Destination, Manners] = {
    "store": _RESETS,
    "store-with-alert": Manners(refuses_by="alert"),
    "failing-store": Manners(http_status="503 Service Unavailable"),
    "redirecting-store": Manners(http_status="302 Found", location=f"https://{_STORE_NAMES[1]}/"),
}


class _Place(TypingProtocol):
    port: int

    def close(self) -> None: ...


class Network:
    """The lab's small internet, started for the names that its hosts know.

    `ports` says where a destination or a proxy's behaviour is found; `clients` are TLS contexts
    that trust the lab's CA, `strangers` are such as trust nobody.
    """

    def __init__(self, hosts: Iterable[Host], authority: CertificateAuthority) -> None:
        hosts = list(hosts)
        names = {*_STORE_NAMES, *(name for host in hosts for name in host.names)}
        self.clients: Contexts = client_contexts(authority.ca_file)
        self.strangers: Contexts = client_contexts(None)
        self._authority = authority
        self._names = sorted(names)
        self._stack = ExitStack()
        self._places: dict[str, _Place] = {}
        wanted: set[Destination] = {place for host in hosts for place in host.names.values()}
        wanted.update(("store", "closed"))
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            for destination in sorted(wanted):
                self._add(destination, self._start(destination))
            for host in hosts:
                self._add_proxy(host)
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ports(self) -> dict[str, int]:
        """Ports by destination and by a proxy's behaviour."""
        return {name: place.port for name, place in self._places.items()}

    @property
    def store(self) -> Store:
        """The Store that behaves as Microsoft's front end does."""
        place = self._places["store"]
        assert isinstance(place, Store)
        return place

    def close(self) -> None:
        """End every server; requests on their way end with them."""
        self._stack.close()

    def _add(self, name: str, place: _Place) -> None:
        self._stack.callback(place.close)
        self._places[name] = place

    def _add_proxy(self, host: Host) -> None:
        proxy = host.proxy
        if proxy is None or proxy.behaves in self._places:
            return
        if proxy.behaves in ("refuses-407", "refuses-502"):
            self._add(proxy.behaves, start_proxy(proxy.behaves))

    def _start(self, destination: Destination) -> Store | Listener | ClosedPort:
        match destination:
            case "store" | "store-with-alert" | "failing-store" | "redirecting-store":
                return self._store(_MANNERS[destination])
            case "lenient-store":
                return self._store(_RESETS, oldest=Protocol.TLS10)
            case "expired-store":
                return self._store(_RESETS, expired=True)
            case "misnamed-store":
                return self._store(_RESETS, names=["other.lab.example"])
            case "silent":
                return start_silent_server()
            case "closed" | "no-answer":
                return ClosedPort()

    def _store(
        self,
        manners: Manners,
        *,
        oldest: Protocol = Protocol.TLS12,
        names: list[str] | None = None,
        expired: bool = False,
    ) -> Store:
        names = self._names if names is None else names
        files = self._authority.issue(names[0], names=names, expired=expired)
        return Store(server_context(files.certificate, files.key, oldest), manners)
