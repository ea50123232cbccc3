"""Pages as a real browser shows them, for sites whose pages are empty without JavaScript (scrapy-playwright)."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import Error, Page, Request, TimeoutError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from mapexpress.fetch.browser_choice import executable
from mapexpress.fetch.connections.address_policy import AddressPolicy
from mapexpress.fetch.connections.certificates import SETTING, CertificateRefused, note_refusal
from mapexpress.fetch.connections.guard import AddressRefused
from mapexpress.fetch.connections.guard_proxy import GuardProxy
from mapexpress.fetch.run import run_of

if TYPE_CHECKING:
    import scrapy
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # a page that fails is a rejection with its reason

_SETTLE_MILLISECONDS = 5_000  # without a request; some pages poll for ever
_UNNEEDED = frozenset({"image", "media", "font"})  # no text comes of them
RENDERED = "X-Mapexpress-Rendered"  # header of the response: the stored body is the browser's, not the server's


class Browser(ScrapyPlaywrightDownloadHandler):
    """Debian's chromium, headless, whose every connection goes through a guard on loopback."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.policy = AddressPolicy.parse(crawler.settings.get("MAPEXPRESS_ALLOW_HOSTS") or "")
        self.guard = GuardProxy(self.policy)
        self._proxy = ""
        self.config.launch_options = {
            "executable_path": executable(crawler.settings.get("MAPEXPRESS_BROWSER")),
            "args": ["--disable-quic", "--disable-background-networking", "--disable-dev-shm-usage"],
            "chromium_sandbox": os.geteuid() != 0,  # chromium refuses its sandbox to root
            "handle_sigint": False,  # the run ends it
            "handle_sigterm": False,
            "handle_sighup": False,
        }
        self.config.navigation_timeout_ms = crawler.settings.getfloat("DOWNLOAD_TIMEOUT") * 1000
        self.abort_request = _is_unneeded
        # Chromium checks by itself, against its own authorities; what it is told holds for all that a page asks for
        site = run_of(crawler).site
        self.checks = crawler.settings.getbool(SETTING) and (site is None or site.verify_certificates)

    async def fetch(self, request: scrapy.Request) -> Response:
        """The page after its scripts have run. Raises what Scrapy's handlers raise."""
        if not self._proxy:
            self._proxy = await self.guard.start()
            self.config.launch_options["proxy"] = {"server": self._proxy, "bypass": "<-loopback>"}
        request.meta["playwright"] = True
        request.meta["playwright_page_methods"] = [PageMethod(_settle)]
        request.meta["playwright_context_kwargs"] = {"service_workers": "block", "accept_downloads": False}
        request.meta["playwright_context_kwargs"]["ignore_https_errors"] = not self.checks
        try:
            response: Response = await super().download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(_line(error)) from None
        except Error as error:
            raise self._failure(request.url, error) from None
        refusal = self.policy.refusal(response.url)
        if refusal is not None:
            raise AddressRefused(refusal)
        response.headers[RENDERED] = "chromium"
        return response

    async def close(self) -> None:
        """End the browser, then its guard."""
        await super().close()
        self.guard.close()

    def _failure(self, url: str, error: Error) -> Exception:
        line = _line(error)
        if self.guard.refused and re.search(r"net::ERR_(TUNNEL|EMPTY|PROXY|ABORTED|INVALID_RESPONSE)", line):
            return AddressRefused(f"{url} leads to what is not a public address")
        if refused := re.search(r"net::ERR_CERT_(\w+)", line):
            refusal = CertificateRefused(f"the certificate of {urlsplit(url).hostname} does not hold: {refused[0]}")
            note_refusal(self._crawler, refusal)
            return refusal
        for pattern, kind in _FAILURES:
            if pattern in line:
                return kind(line)
        return DownloadFailedError(line)


_FAILURES: tuple[tuple[str, type[Exception]], ...] = (
    ("ERR_NAME_NOT_RESOLVED", CannotResolveHostError),
    ("ERR_CONNECTION_REFUSED", DownloadConnectionRefusedError),
    ("TIMED_OUT", DownloadTimeoutError),
)


def _is_unneeded(request: Request) -> bool:
    return request.resource_type in _UNNEEDED


async def _settle(page: Page) -> None:
    """Wait until the page asks for nothing more, or for as long as a reader would."""
    try:
        await page.wait_for_load_state("networkidle", timeout=_SETTLE_MILLISECONDS)
    except TimeoutError:
        return


def _line(error: Error) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
