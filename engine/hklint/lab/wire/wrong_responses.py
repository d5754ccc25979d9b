"""What a host sends instead of an answer: the faults that are fixed responses."""

from types import MappingProxyType

from hklint.lab.wire.faults import Kind
from hklint.lab.wire.http import Response

_PAGE = (("Content-Type", "text/html; charset=us-ascii"),)
_XML = (("Content-Type", "application/soap+xml;charset=UTF-8"),)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_FILLING = b"x" * 16_384

_SERVICE_UNAVAILABLE = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n'
    b"<HTML><HEAD><TITLE>Service Unavailable</TITLE>\r\n"
    b'<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n'
    b"<BODY><h2>Service Unavailable</h2></BODY></HTML>\r\n"
)


def _endless(first: bytes, again: bytes) -> Response:
    return Response(200, first, raw=True, again=again)


WRONG_RESPONSES = MappingProxyType(
    {
        Kind.FORBID: Response(403),
        Kind.UNAVAILABLE: Response(503, _SERVICE_UNAVAILABLE, _PAGE),
        Kind.GARBAGE: Response(200, b"\x00\xffthis is no XML", _XML),
        Kind.HTML: Response(200, b"<!DOCTYPE html><html><p>Please log in<br></html>", _PAGE),
        Kind.TRUNCATED: Response(200, b"<s:Envelope xmlns:s=", _XML, missing=4096),
        Kind.ENDLESS_HEAD: _endless(_HEAD, b"Server: Microsoft-HTTPAPI/2.0\r\n"),
        Kind.ENDLESS_CONTINUE: _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        Kind.ENDLESS_BODY: _endless(_HEAD + b"\r\n", _FILLING),
        Kind.ENDLESS_CHUNKS: _endless(_CHUNKED, b"4000\r\n" + _FILLING + b"\r\n"),
        Kind.ENDLESS_CHUNK: _endless(_CHUNKED, b"0" * 16_384),
    }
)
"""By kind."""
