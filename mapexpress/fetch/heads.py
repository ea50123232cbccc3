"""Response heads of bounded size: Twisted reads header lines for as long as a server sends them."""

from __future__ import annotations

from collections.abc import Callable

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.http import _DataLoss
from twisted.web.iweb import IResponse

from mapexpress.limits import Limits


class HeadTooLargeError(Exception):
    """Status line and headers of an answer that do not end within the limit of bytes."""


class TooManyHeadersError(Exception):
    """An answer with more header lines than the limit."""


class _Overlong:
    """What Twisted is told at the end of a body with more bytes than its head announced: it is not whole either."""

    def noMoreData(self) -> None:  # noqa: N802 (Twisted's name)
        raise _DataLoss


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client, giving up on an answer whose head does not end within the limits.

    Its parser gets a head line by line, so that lines and bytes are counted before they are taken in: Twisted by itself
    takes lines without end, and drops a connection at one of 16 KB as if the network had failed.
    """

    _lines = 0
    _bytes = 0

    def __init__(self, quiescent: Callable[[object], None], most: Limits) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self._most = most

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        self._lines = self._bytes = 0
        answer = super().request(request)
        if self._parser is not None:
            self._parser.MAX_LENGTH = self._most.header_bytes + 1  # one longer is counted here
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        while data and self._parser is not None and self._parser.state in (STATUS, HEADER):
            line, end, data = data.partition(b"\n")
            try:
                self._count(line + end)
            except (HeadTooLargeError, TooManyHeadersError):
                self._giveUp(Failure())  # type: ignore[no-untyped-call]
                return
            super().dataReceived(line + end)  # type: ignore[no-untyped-call]
        if data and self._parser is not None:  # what follows an answer without a body is none of it
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _count(self, piece: bytes) -> None:
        """Count a line of a head, or what has come of one."""
        most = self._most
        self._bytes += len(piece)
        self._lines += piece.endswith(b"\n")
        if self._bytes > most.header_bytes:
            raise HeadTooLargeError(f"more than {most.header_bytes} bytes of headers")
        if self._lines > most.headers + 2:  # the first one is the status, the last one is empty
            raise TooManyHeadersError(f"more than {most.headers} lines of headers")

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Fail an answer whose body goes on after its length, or after its last chunk.

        Twisted leaves the rest out without a word, and would read it as the next answer's. Old servers send an empty
        line there. What comes later than with the body's own end is not seen.
        """
        if rest.strip() and self._parser is not None and self._parser.bodyDecoder is not None:
            self._parser.bodyDecoder = _Overlong()  # type: ignore[assignment]
            self._parser.connHeaders.setRawHeaders(b"connection", [b"close"])
        super()._finishResponse(rest)


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds `BoundedProtocol`s for a connection pool."""

    def __init__(self, quiescent: Callable[[object], None], metadata: object, *, limits: Limits) -> None:
        super().__init__(quiescent, metadata)  # type: ignore[no-untyped-call]
        self._limits = limits

    def buildProtocol(self, _addr: object) -> HTTP11ClientProtocol:  # noqa: N802 (Twisted's name)
        return BoundedProtocol(self._quiescentCallback, self._limits)
