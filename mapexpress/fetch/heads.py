"""Response heads of bounded size: Twisted reads header lines for as long as a server sends them."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.web._newclient import BODY, HTTP11ClientProtocol
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.http import _DataLoss
from twisted.web.iweb import IResponse

from mapexpress.limits import limits


class HeadTooLargeError(Exception):
    """Status line and headers of an answer that do not end within the limit of bytes."""


class TooManyHeadersError(Exception):
    """An answer with more header lines than the limit."""


class _Overlong:
    """What Twisted is told at the end of a body with more bytes than its head announced: it is not whole either."""

    def noMoreData(self) -> None:  # noqa: N802 (Twisted's name)
        raise _DataLoss


class BoundedParser(_LenientHTTPClientParser):
    """Scrapy's parser, counting what it reads before the body: its lines, and their bytes.

    Twisted by itself takes lines without end, and drops a connection at one of 16 KB as if the network had failed.
    """

    _lines = 0
    _bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        most = limits()
        self._lines += 1
        self._bytes += len(line) + 1
        if self._bytes > most.header_bytes:
            raise HeadTooLargeError(f"more than {most.header_bytes} bytes of headers")
        if self._lines > most.headers + 2:  # the first one is the status, the last one is empty
            raise TooManyHeadersError(f"more than {most.headers} lines of headers")
        super().lineReceived(line)

    def _finished(self, rest: bytes) -> None:
        """Fail an answer whose body goes on after its length, or after its last chunk.

        Twisted leaves the rest out without a word, and would read it as the next answer's. Old servers send an empty
        line there. What comes later than with the body's own end is not seen.
        """
        if rest.strip() and self.state == BODY:
            self.bodyDecoder = _Overlong()  # type: ignore[assignment]
            self.connHeaders.setRawHeaders(b"connection", [b"close"])
        super()._finished(rest)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, _line: bytes) -> None:  # noqa: N802 (Twisted's name)
        raise HeadTooLargeError(f"a line of more than {self.MAX_LENGTH} bytes")


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client, giving up on an answer whose head does not end within the limits."""

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = BoundedParser  # as Scrapy does: Twisted names the class where none can choose it
            self._parser.MAX_LENGTH = limits().header_bytes
        return answer


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds `BoundedProtocol`s for a connection pool."""

    def buildProtocol(self, _addr: object) -> HTTP11ClientProtocol:  # noqa: N802 (Twisted's name)
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
