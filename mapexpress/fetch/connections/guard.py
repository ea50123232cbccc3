"""The address guard: every hop is checked by its text, and every connection by the address it resolved to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IResolutionReceiver
from w3lib.url import safe_url_string
from zope.interface import implementer  # type: ignore[import-untyped]

from mapexpress.fetch.connections.address_policy import AddressPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.base import ReactorBase
    from twisted.internet.interfaces import IAddress, IHostResolution

logger = logging.getLogger(__name__)


class AddressRefused(IgnoreRequest):
    """A request that would leave the public web; raised by `AddressGuardMiddleware`, never retried."""


class AddressTooLong(IgnoreRequest):
    """An address longer than `MAPEXPRESS_MAX_URL`; Scrapy's own limit drops it without a word."""


class GuardedResolver(CachingHostnameResolver):
    """Resolver that only hands on addresses a connection may be made to.

    Twisted's `HostnameEndpoint` connects to exactly the addresses it is given here, so the answer that was checked
    is the one that is connected to: an answer that changes in between (DNS rebinding) cannot slip through.
    """

    refused: dict[tuple[str, int], str]

    def __init__(self, reactor: ReactorBase, cache_size: int, policy: AddressPolicy) -> None:
        super().__init__(reactor, cache_size)
        self.policy = policy
        self.refused = {}
        self.proxies = _proxies()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        size = crawler.settings.getint("DNSCACHE_SIZE") if crawler.settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, AddressPolicy.parse(crawler.settings.get("MAPEXPRESS_ALLOW_HOSTS") or ""))

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        checked = _CheckedReceiver(cast("_Receiver", resolutionReceiver), self, hostName, portNumber)
        receiver = cast("IResolutionReceiver", checked)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def takes(self, host: str, port: int, address: str) -> bool:
        """Whether `address` may be connected to for `host`; a configured proxy is the user's own choice."""
        if (host, port) in self.proxies or not self.policy.refuses_address(host, port, address):
            return True
        self.refused[host, port] = address
        return False


class _Receiver(Protocol):
    """Twisted's IResolutionReceiver as a type; zope interfaces are none."""

    def resolutionBegan(self, resolution: IHostResolution) -> None: ...  # noqa: N802

    def addressResolved(self, address: IAddress) -> None: ...  # noqa: N802

    def resolutionComplete(self) -> None: ...  # noqa: N802


@implementer(IResolutionReceiver)
class _CheckedReceiver:
    """Receiver that leaves out the addresses the policy refuses."""

    def __init__(self, receiver: _Receiver, resolver: GuardedResolver, host: str, port: int) -> None:
        self.receiver, self.resolver, self.host, self.port = receiver, resolver, host, port

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        if self.resolver.takes(self.host, self.port, str(getattr(address, "host", ""))):
            self.receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


class AddressGuardMiddleware:
    """Refuse every request that is not public http or https, whatever it came from: start, redirect, feed, pager."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.policy = AddressPolicy.parse(crawler.settings.get("MAPEXPRESS_ALLOW_HOSTS") or "")
        self.longest = crawler.settings.getint("MAPEXPRESS_MAX_URL")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressGuardMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises AddressRefused."""
        if len(request.url) > self.longest:
            raise AddressTooLong(f"an address of {len(request.url)} characters")
        refusal = self.policy.refusal(request.url)
        if refusal is not None:
            self.crawler.stats.inc_value("mapexpress/refused_addresses")
            raise AddressRefused(refusal)


class RedirectTargetMiddleware:
    """Refuse a redirect to what is no http or https address, with that reason.

    Sits before Scrapy's RedirectMiddleware, which hands the answer on as if it were the page, or raises ValueError for
    `javascript:`. Targets that are http or https come to the guard as requests of their own.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises AddressRefused."""
        location = response.headers.get("Location")
        if location is None or response.status not in (301, 302, 303, 307, 308):
            return response
        try:
            target = urljoin(request.url, safe_url_string(location))
            scheme = urlsplit(target).scheme
        except ValueError:
            raise AddressRefused("a redirect to what is no address") from None
        if scheme not in ("http", "https"):
            raise AddressRefused(f"a redirect to {scheme}: is not http or https")
        return response


class ResolvedAddressMiddleware:
    """Tell a name that was refused for what it resolved to from one that does not exist.

    Sits next to the network, before the retries: asking again would not help. Behind a proxy the names are resolved by
    the proxy: then only the text of an address was checked, and this is said once.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._proxy_told = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ResolvedAddressMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """HttpProxyMiddleware has spoken by now."""
        if request.meta.get("proxy") and not self._proxy_told:
            self._proxy_told = True
            logger.warning(
                "behind a proxy: scheme, port and the text of an address are checked here; "
                "the proxy resolves the names, so it must refuse those that lead inward"
            )

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises AddressRefused."""
        if not isinstance(exception, CannotResolveHostError):
            return
        from twisted.internet import reactor  # only after Scrapy installed it

        resolver = getattr(reactor, "nameResolver", None)
        parts = urlparse_cached(request)
        key = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        if isinstance(resolver, GuardedResolver) and key in resolver.refused:
            self.crawler.stats.inc_value("mapexpress/refused_addresses")
            raise AddressRefused(f"{key[0]} resolves to {resolver.refused[key]}, which is not a public address")


def _proxies() -> frozenset[tuple[str, int]]:
    """Host and port of the proxies that the environment configures, as Scrapy's HttpProxyMiddleware reads it."""
    found = set()
    for proxy in getproxies().values():
        try:
            parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            if parts.hostname:
                found.add((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
        except ValueError:
            continue
    return frozenset(found)
