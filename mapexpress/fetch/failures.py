"""Failed downloads in the words of a rejection."""

from __future__ import annotations

import zlib

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from mapexpress.dataset.state.recheck_schedule import HOST_DOWN, NO_RESOURCES
from mapexpress.errors import is_exhausted
from mapexpress.fetch.bodies import BadCompression, BodyTooLarge, TooManyCodings, TruncatedBody
from mapexpress.fetch.connections.certificates import CertificateRefused
from mapexpress.fetch.connections.guard import AddressRefused, AddressTooLong
from mapexpress.fetch.heads import HeadTooLargeError, TooManyHeadersError
from mapexpress.fetch.tdm_reservation import Reserved


class RobotsUnreachable(IgnoreRequest):
    """A request to a host whose robots.txt cannot be had; `reason` is the rejection's."""

    def __init__(self, told: str, *, reason: str) -> None:
        super().__init__(told)
        self.reason = reason


class HostDown(IgnoreRequest):
    """A request to a host that is down, which is not made (`mapexpress.fetch.outages`)."""


# In this order: the first class that fits names the reason.
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (AddressRefused, "address_refused"),
    (AddressTooLong, "address_too_long"),
    (CertificateRefused, "tls"),
    (TruncatedBody, "truncated"),
    (BadCompression, "bad_compression"),
    (TooManyCodings, "too_many_codings"),
    (BodyTooLarge, "too_large"),
    (Reserved, "tdm_reserved"),
    (HostDown, HOST_DOWN),
    (ResponseDataLossError, "truncated"),
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "unreachable"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection"),
    (UnsupportedURLSchemeError, "address_refused"),
    (ConnectError, "connection"),
    (ConnectionDone, "connection"),
    (ConnectionLost, "connection"),
    (zlib.error, "bad_compression"),
    (EOFError, "truncated"),
    (OSError, "bad_compression"),
    (UnicodeError, "bad_address"),
)
# What Scrapy raises as IgnoreRequest, told apart by its message (downloadermiddlewares/*.py).
_IGNORED = (
    ("robots.txt", "robots"),
    ("max redirections", "too_many_redirects"),
    ("DOWNLOAD_MAXSIZE", "too_large"),
)


def failure_reason(error: BaseException) -> str | None:
    """The rejection reason of a failed download; None for an error that is ours.

    >>> failure_reason(IgnoreRequest("Forbidden by robots.txt")), failure_reason(DownloadTimeoutError("30 s"))
    ('robots', 'timeout')
    >>> failure_reason(KeyError("bug")) is None
    True
    """
    if is_exhausted(error):
        return NO_RESOURCES
    if isinstance(error, RobotsUnreachable):
        return error.reason
    if _caused_by(error, HeadTooLargeError):
        return "head_too_large"
    if _caused_by(error, TooManyHeadersError):
        return "too_many_headers"
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, IgnoreRequest):
        return next((reason for text, reason in _IGNORED if text in str(error)), "not_fetched")
    if isinstance(error, ValueError) and "hostname" in str(error):
        return "bad_address"
    return None


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether a download failed for `kind`: Twisted wraps what ended a connection in lists of failures."""
    cause = error.__cause__
    return any(isinstance(f.value, kind) for e in (error, cause) if e is not None for f in getattr(e, "reasons", ()))
