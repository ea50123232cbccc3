"""Redirects to what is no web address are refused with that reason, before Scrapy follows them."""

import pytest
from scrapy import Request
from scrapy.http import Response

from mapexpress.fetch.failures import failure_reason
from mapexpress.fetch.guard import AddressRefused, RedirectTargetMiddleware

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
