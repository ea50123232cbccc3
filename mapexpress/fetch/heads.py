"""Response heads of bounded size: Twisted reads header lines for as long as a server sends them."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, HTTP11ClientProtocol

# Servers take request heads of 8 KB (Apache, nginx); answers with many cookies and policies have been seen with 20 KB
MAX_HEAD = 128 * 1024


class HeadTooLargeError(Exception):
    """Status line and headers of an answer that do not end within `MAX_HEAD` bytes."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client, giving up on an answer whose head does not end within `MAX_HEAD` bytes."""

    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        parser = self._parser
        if parser is None or parser.state == BODY:
            self._head = 0
        else:
            self._head += len(data)  # with what of the body came in the same read: at most 64 KB
            if self._head > MAX_HEAD:
                error = HeadTooLargeError(f"more than {MAX_HEAD // 1024} KB of headers")
                self._giveUp(Failure(error))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds `BoundedProtocol`s for a connection pool."""

    def buildProtocol(self, addr: object) -> HTTP11ClientProtocol:  # noqa: N802 (Twisted's name)
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
