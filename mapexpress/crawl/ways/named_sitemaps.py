"""The sitemaps that a robots.txt names."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from mapexpress.web.addresses import is_address


def named_sitemaps(robots: str, given: Iterable[str]) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, whole: some write `/sitemap.xml`, or what is no address at all.

    >>> named_sitemaps("https://news.example/robots.txt", ["/map.xml", "https://cdn.example/m.xml", "none:"])
    ('https://news.example/map.xml', 'https://cdn.example/m.xml')
    """
    whole = [urljoin(robots, url.strip()) for url in given if is_address(url)]
    return tuple(url for url in whole if url.startswith(("http://", "https://")) and is_address(url))
