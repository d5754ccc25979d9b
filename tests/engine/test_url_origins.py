"""Who a URL leads to: what is accepted reads the same to every reader of URLs, .NET's included."""

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from hklint.url import origin_of

ORIGINS = {
    "https://a.example": "https://a.example",
    "https://a.example:443": "https://a.example",
    "HTTPS://A.Example/Path": "https://a.example",
    "https://a.example.": "https://a.example",
    "https://a.example.:8443/": "https://a.example:8443",
    "https://a.example?b@c": "https://a.example",
    "https://a.example#@b.example/": "https://a.example",
    "https://a.example/https://b.example": "https://a.example",
    "https://a.example/@b.example:80": "https://a.example",
    "https://xn--bcher-KVA.example": "https://xn--bcher-kva.example",
    "https://_dns.a.example": "https://_dns.a.example",
    "https://store": "https://store",
    "https://192.0.2.7:8443/x": "https://192.0.2.7:8443",
    "https://[2001:DB8:0:0::7]/x": "https://[2001:db8::7]",
    "https://[::ffff:192.0.2.7]:8443": "https://[::ffff:c000:207]:8443",
    "https://1.2.3.4.example": "https://1.2.3.4.example",
}

HOSTILE = [
    "https://good.example@evil.example",
    "https://good.example:443@evil.example/",
    "https://good.example%40evil.example",
    "https://good.example\\.evil.example",
    "https://evil.example\\@good.example",
    "https:\\\\evil.example",
    "https:/\\evil.example",
    "https:////evil.example",
    "https://good.example\t.evil.example",
    "https://good.example\n.evil.example",
    "https://good.example\x00.evil.example",
    "https://good.example .evil.example",
    "https://good.example;evil.example",
    "https://good.example,evil.example",
    "https://good.example&evil.example",
    "https://good.example:443:444",
    "https://good.example:",
    "https://good.example:0443",
    "https://good.example:+443",
    "https://good.example:4_43",
    "https://good.example:443 ",
    "https://good.example:65536",
    "https://good.example:\u0664\u0664\u0663",
    "https://good\u3002example",
    "https://good\uff0eexample",
    "https://g\u043e\u043ed.example",
    "https://good.example\u200b",
    "https://good%2eexample",
    "https://good..example",
    "https://.good.example",
    "https://good.example..",
    "https://-good.example",
    "https://good-.example",
    "https://.",
    "https://?",
    "https://*.good.example",
    "https://" + "a" * 64 + ".example",
    "https://" + "a." * 126 + "ab",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.0x1",
    "https://0177.0.0.1",
    "https://127.0.0.1.",
    "https://127.0.0.01",
    "https://127.0.0.256",
    "https://good.example.1",
    "https://[::1",
    "https://::1",
    "https://[::1]x",
    "https://[::1]]",
    "https://[[::1]",
    "https://[fe80::1%25eth0]",
    "https://[fe80::1%eth0]",
    "https://[v1.good]",
    "https://[127.0.0.1]",
    "https://[good.example]",
    "ftp://good.example",
    "http://good.example",
    "//good.example",
    "javascript:https://good.example",
]


@pytest.mark.parametrize(("url", "origin"), ORIGINS.items())
def test_origin(url: str, origin: str) -> None:
    assert str(origin_of(url)) == origin
    assert origin_of(origin) == origin_of(url)


@pytest.mark.parametrize("url", HOSTILE)
def test_what_could_be_read_in_two_ways_is_not_read(url: str) -> None:
    with pytest.raises(ValueError, match=r"it |its "):
        origin_of(url)


_PIECES = [
    *"@:/\\?#%[]. \t\n;-_a1",
    *["..", "//", "evil.example", "good.example", "xn--a", "%2e", "\u3002", "https://"],
    *[":443", ":8443", "[::1]", "[2001:db8::7]", "192.0.2.7", "127.1", "0x7f"],
]


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join))
def test_other_readers_agree(rest: str) -> None:
    url = f"https://{rest}"
    try:
        origin = origin_of(url)
    except ValueError:
        return
    for reader in (urlsplit, parse_url):
        read = reader(url)
        host = (read.hostname or "").strip("[]").lower().removesuffix(".")
        if origin.host.startswith("["):
            assert ipaddress.ip_address(host) == ipaddress.ip_address(origin.host.strip("[]"))
        else:
            assert host == origin.host
        assert (read.port or 443, read.scheme) == (origin.port, "https")
    assert urlsplit(url).username is None


@given(
    st.sampled_from([*ORIGINS.values()]), st.text(st.characters(min_codepoint=33, max_codepoint=91))
)
def test_what_follows_the_host_does_not_change_it(origin: str, rest: str) -> None:
    for mark in "/?#":
        assert origin_of(origin + mark + rest) == origin_of(origin)
