"""Articles, rejections and responses of an invented site, as many as a test wants."""

import gzip
from collections.abc import Callable

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.warc import Exchange
from mapexpress.model.record import Article, Rejection, content_hash
from mapexpress.web.addresses import article_id

SITE = "news.example"


def address(n: int) -> str:
    return f"https://news.example/actualite/{n}/"


@pytest.fixture
def article() -> Callable[..., Article]:
    def make(n: int, text: str = "Il pleut sur Rabat.", **changes: object) -> Article:
        title = f"Dépêche {n}"
        made = Article(
            id=article_id(SITE, address(n)),
            site=SITE,
            url=address(n),
            canonical_url=address(n),
            title=title,
            text=text,
            content_hash=content_hash(title, text),
            fetched_at="2026-11-24T00:00:00+00:00",
            http_status=200,
            extractor="generic",
            extractor_version="1",
        )
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    return make


@pytest.fixture
def rejection() -> Callable[..., Rejection]:
    def make(n: int, reason: str = "no_text") -> Rejection:
        return Rejection(url=address(n), stage="page", reason=reason, site=SITE, http_status=200)

    return make


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    def make(n: int, body: bytes = b"<p>Il pleut sur Rabat.</p>", **changes: object) -> Exchange:
        values: dict[str, object] = {
            "url": address(n),
            "status": 200,
            "reason": "OK",
            "body": body,
            "fetched_at": "2026-11-24T00:00:00+00:00",
            "headers": [("Content-Type", "text/html; charset=utf-8"), ("Transfer-Encoding", "chunked")],
            "request_headers": [("User-Agent", "mapexpress")],
        }
        return Exchange(**(values | changes))

    return make


@pytest.fixture
def lines() -> Callable[[Layout], list[bytes]]:
    """Every line of a site's sealed parts, in the order of the parts' names."""

    def read(layout: Layout) -> list[bytes]:
        return [
            line
            for path in sorted(layout.dataset.glob("*/*.gz"))
            for line in gzip.decompress(path.read_bytes()).splitlines()
        ]

    return read
