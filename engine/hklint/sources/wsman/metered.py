"""Responses of a host, bounded from their first byte on.

The standard library bounds the lines of a head, but not the heads that announce another one
(status 100), and urllib3 bounds neither the lines between chunks nor the trailers.
"""

import io
import socket
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from hklint.sources.line import LARGEST_RESPONSE, Line, OversizeError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

current_line: ContextVar[Line] = ContextVar("current_line")
"""The line that a request is sent on, for the connections and responses that come of it."""


class MeteredResponse(HTTPResponse):
    """What http.client makes of a response, which raises `OversizeError` when it is too large."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:  # noqa: ANN401 - passed on as they come
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Metered(raw, current_line.get()))


class _Metered(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, line: Line) -> None:
        self._raw = raw
        self._line = line
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        size = self._raw.readinto(buffer) or 0
        self._size += size
        if self._size > LARGEST_RESPONSE:
            raise OversizeError
        self._line.meter(size)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()
