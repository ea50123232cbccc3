"""Items of another project's spiders as records: dict, dataclass, attrs, pydantic or Scrapy's own, by itemadapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date
from typing import TYPE_CHECKING

from itemadapter import ItemAdapter

from mapexpress import __version__
from mapexpress.fetch.run import store_of
from mapexpress.model.record import Article, Image, Rejection, content_hash
from mapexpress.pipelines.checks import rejected
from mapexpress.record.bounds import bound
from mapexpress.record.canonical import choose_canonical
from mapexpress.web.addresses import article_id, is_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_NAMES = tuple(field.name for field in fields(Article))
_SCHEMES = ("http://", "https://")
# what makes an item an article: others pass through, as they are
_ARTICLE = frozenset({"url", "title", "text"})
# of the dataset and of this run, whatever an item says
_OURS = frozenset(
    {"schema_version", "id", "site", "revision", "previous_hash", "duplicate_of", "content_hash", "quality", "removed"}
)


class AdaptPipeline:
    """Make a record of each item that has at least `url`, `title` and `text`, so that it is checked and stored as ours.

    Fields are taken by the record's names; `datetime` and `date` may stand for ISO 8601, one author or tag for a list.
    The rest of the line sees the record, feed exports too. Every other item passes untouched.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AdaptPipeline:
        """Keep the crawler, whose store names the site once items flow."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """A record, or a rejection, for an article of somebody else's making."""
        if isinstance(item, Article | Rejection) or not ItemAdapter.is_item(item):
            return item
        adapter = ItemAdapter(item)
        if not adapter.keys() >= _ARTICLE:
            return item
        store = store_of(self.crawler)
        given = {name: adapter[name] for name in _NAMES if name in adapter and name not in _OURS}
        now = store.clock().astimezone(UTC).isoformat(timespec="seconds")
        return record_of_fields(given, site=store.layout.key, now=now)


def record_of_fields(given: Mapping[str, object], *, site: str, now: str) -> Article | Rejection:
    """A record of somebody's values by the record's names; what they do not give is as a page without it would give.

    >>> record_of_fields({"url": "https://a.example/b/", "title": "T", "text": "Il pleut."}, site="a", now="").id[:8]
    'b6b4692f'
    """
    article = Article(site=site, fetched_at=now, extractor="item", extractor_version=__version__, discovered_via="seed")
    for name, value in given.items():
        if value is not None:
            setattr(article, name, _plain(name, value))
    if not isinstance(article.url, str) or not article.url.startswith(_SCHEMES) or not is_address(article.url):
        article.url = None
        return rejected(article, "invalid_record", "url: not an http or https address")
    article.canonical_url = choose_canonical(article.url, article.canonical_url)
    article.page_urls = article.page_urls or [article.url]
    article.id = article_id(site, article.canonical_url)
    if isinstance(article.date_published, str) and article.date_precision is None:
        article.date_precision = "day" if len(article.date_published) == 10 else "local"
        if article.date_published[19:].strip(".0123456789"):
            article.date_precision = "instant"
    try:
        problem = bound(article)
    except (TypeError, AttributeError):  # a value of another type: the validation behind this names it
        problem = None
    if problem:
        return rejected(article, problem, "over the limit")
    if isinstance(article.title, str) and isinstance(article.text, str):
        article.content_hash = content_hash(article.title, article.text)
        article.quality.chars, article.quality.words = len(article.text), len(article.text.split())
    return article


def _plain(name: str, value: object) -> object:
    """A value in the record's own types, where what is meant is plain."""
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if name in ("authors", "tags", "page_urls"):
        return [value] if isinstance(value, str) else list(value) if isinstance(value, tuple | set) else value
    if name == "images" and isinstance(value, list | tuple):
        return [_image(image) for image in value]
    return value


def _image(value: object) -> object:
    if isinstance(value, str):
        return Image(url=value)
    if not ItemAdapter.is_item(value):
        return value
    known = ItemAdapter(value).asdict()
    return Image(url=known.get("url") or "", caption=known.get("caption"), credit=known.get("credit"))
