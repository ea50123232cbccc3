"""The hosts of a site: its own addresses, and where they are fetched."""

import pytest

from mapexpress.errors import UsageError
from mapexpress.sites import Edition, SiteConfig
from mapexpress.sites.address_map import AddressMap


def test_another_address_serves_both_editions() -> None:
    site = SiteConfig(
        key="agency",
        editions=(Edition(home="https://agency.example/"), Edition(home="https://agency.example/ar/", language="ar")),
        hosts=("old.agency.example",),
    )
    there = AddressMap(site, "http://127.0.0.1:8000/")
    for public in (
        "https://agency.example/ar/a/",
        "http://www.agency.example/ar/a/",
        "https://old.agency.example/ar/a/",
    ):
        assert there.to_fetch(public) == "http://127.0.0.1:8000/ar/a/"
    assert there.to_fetch("https://cdn.example/i.jpg") == "https://cdn.example/i.jpg"
    assert there.to_public("http://127.0.0.1:8000/ar/a/?b=1") == "https://agency.example/ar/a/?b=1"
    assert there.to_public("http://127.0.0.1:9000/ar/a/") == "http://127.0.0.1:9000/ar/a/"
    assert there.owns("http://127.0.0.1:8000/x")
    assert there.owns("https://www.agency.example/x")
    assert not there.owns("https://cdn.example/x")


def test_another_address_serves_editions_of_several_hosts() -> None:
    editions = (Edition(home="https://agency.example/"), Edition(home="https://ar.agency.example/", language="ar"))
    there = AddressMap(SiteConfig(key="agency", editions=editions), "http://127.0.0.1:8000/")
    for public in ("https://agency.example/a/", "https://ar.agency.example/a/"):
        assert there.to_public(there.to_fetch(public), public) == public


def test_a_base_url_with_a_path() -> None:
    there = AddressMap(SiteConfig.for_url("https://news.example/"), "http://mirror.example/news")
    assert there.to_fetch("https://news.example/a") == "http://mirror.example/news/a"
    assert there.to_public("http://mirror.example/news/a") == "https://news.example/a"
    assert there.to_public("http://mirror.example/newsroom/a") == "http://mirror.example/newsroom/a"


def test_without_base_url_the_fetched_address_is_the_public_one() -> None:
    there = AddressMap(SiteConfig.for_url("http://127.0.0.1:8000/"))
    assert (
        there.to_fetch("http://127.0.0.1:8000/a")
        == there.to_public("http://127.0.0.1:8000/a")
        == "http://127.0.0.1:8000/a"
    )


@pytest.mark.parametrize("base_url", ["ftp://x/", "http://", "http://127.0.0.1:port/"])
def test_a_bad_base_url_is_said_in_one_line(base_url: str) -> None:
    with pytest.raises(UsageError, match="base_url"):
        AddressMap(SiteConfig.for_url("https://news.example/"), base_url)
