"""The guard as middlewares: redirects out of the web are refused; behind a proxy it says what it cannot check."""

import logging
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import default_settings

from mapexpress.addon import DOWNLOADER_MIDDLEWARES
from mapexpress.fetch.connections.guard import AddressRefused, RedirectTargetMiddleware, ResolvedAddressMiddleware
from mapexpress.fetch.failures import failure_reason

ASKED = Request("https://news.example/a/")


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:text/html,x",
        "javascript:alert(1)",
        "JAVASCRIPT:x",
        "http://[::1",
    ],
)
def test_a_redirect_out_of_the_web_is_refused(location: str) -> None:
    response = Response(ASKED.url, status=302, headers={"Location": location})
    with pytest.raises(AddressRefused) as refused:
        RedirectTargetMiddleware().process_response(ASKED, response)
    assert failure_reason(refused.value) == "address_refused"


@pytest.mark.parametrize(("location", "status"), [("/b/", 302), ("http://other.example/", 301), ("file:///x", 200)])
def test_other_answers_pass(location: str, status: int) -> None:
    response = Response(ASKED.url, status=status, headers={"Location": location})
    assert RedirectTargetMiddleware().process_response(ASKED, response) is response


def test_behind_a_proxy_it_is_said_once_what_is_not_checked(caplog: pytest.LogCaptureFixture) -> None:
    guard = ResolvedAddressMiddleware(SimpleNamespace())  # type: ignore[arg-type]
    proxied = Request("https://news.example/a/", meta={"proxy": "http://10.0.0.1:3128"})
    with caplog.at_level(logging.WARNING):
        for request in (ASKED, proxied, proxied):
            guard.process_request(request)
    assert len(caplog.records) == 1
    assert "proxy resolves the names" in caplog.text
    order = DOWNLOADER_MIDDLEWARES["mapexpress.fetch.connections.guard.ResolvedAddressMiddleware"]
    scrapys = default_settings.DOWNLOADER_MIDDLEWARES_BASE
    assert order > scrapys["scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware"]  # knows of the proxy by then
