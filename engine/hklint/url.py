"""URLs that a host may be asked to request, read so strictly that no two readers can disagree.

What is checked here is requested there, by .NET's System.Uri. So nothing is accepted that readers
of URLs are known to take for different hosts: a user name, a backslash, `%` in the host, an IPv4
address in another form than 192.0.2.7 (the URL Standard of the WHATWG, "host parsing"), and letters
outside ASCII (RFC 3986 has none).
"""

import ipaddress
import re
from typing import NamedTuple

HTTPS_PORT = 443

_BEGIN = re.compile(r"https://([^/?#]*)", re.IGNORECASE)
_PLACE = re.compile(r"(\[.*\]|[^:\[\]]+)(?::(.*))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_LAST_PORT = 65_535
_LONGEST_NAME = 253
"""Characters of a name in DNS (RFC 1035, 2.3.4), without the dot at its end."""


class Origin(NamedTuple):
    """Who answers a URL: `host` is a name or an address in lower case, an IPv6 one in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"https://{self.host}" + ("" if self.port == HTTPS_PORT else f":{self.port}")


def origin_of(url: str) -> Origin:
    """The origin of an absolute https URL. Raises ValueError with what is wrong with it."""
    if not url.isascii():
        raise ValueError("it has letters outside ASCII; names with such letters begin with xn--")
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError("it has characters that no URL has")
    begin = _BEGIN.match(url)
    if begin is None:
        raise ValueError("it does not begin with https://")
    if "@" in begin[1]:
        raise ValueError("it has a user name or a password")
    place = _PLACE.fullmatch(begin[1])
    if place is None:
        raise ValueError("it is not https://HOST or https://HOST:PORT")
    return Origin(_host(place[1].lower()), _port(place[2]))


def is_https_url(text: str) -> bool:
    """Whether it is an absolute https URL in plain ASCII, without user name and password."""
    try:
        origin_of(text)
    except ValueError:
        return False
    return True


def _host(text: str) -> str:
    name = text.removesuffix(".")
    labels = name.split(".")
    try:
        if text.startswith("["):
            return _ipv6(text)
        if _NUMBER.fullmatch(labels[-1]):
            return str(ipaddress.IPv4Address(text))
    except ipaddress.AddressValueError:
        raise ValueError("its host is no address, though it looks like one") from None
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("its host is no name")
    return name


def _ipv6(text: str) -> str:
    address = ipaddress.IPv6Address(text[1:-1])
    if address.scope_id is not None:
        raise ValueError("its host is an address that means something on one computer only")
    return f"[{address.compressed}]"


def _port(text: str | None) -> int:
    if text is None:
        return HTTPS_PORT
    if not _PORT.fullmatch(text) or int(text) > _LAST_PORT:
        raise ValueError(f"its port is no number from 1 to {_LAST_PORT}")
    return int(text)
