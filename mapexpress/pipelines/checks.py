"""Pipelines that turn an article into a rejection: reserved for text and data mining, or not a valid record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import problems

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class TdmPipeline:
    """Reject what its publisher reserves by TDM-Rep or `noai`, unless `MAPEXPRESS_STORE_RESERVED` is true."""

    def __init__(self, store_reserved: bool) -> None:
        self.store_reserved = store_reserved

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TdmPipeline:
        """Read the setting."""
        return cls(crawler.settings.getbool("MAPEXPRESS_STORE_RESERVED"))

    def process_item(self, item: object) -> object:
        """Pass everything but a reserved article."""
        if isinstance(item, Article) and item.tdm_reserved and not self.store_reserved:
            return rejected(item, "tdm_reserved", "the publisher reserves text and data mining")
        return item


class ValidatePipeline:
    """Reject an article that breaks an invariant of the record, naming the first one."""

    def process_item(self, item: object) -> object:
        """Pass everything but an invalid article."""
        if isinstance(item, Article) and (found := problems(item)):
            return rejected(item, "no_text" if found[0] == "text: empty" else "invalid_record", found[0])
        return item


def rejected(article: Article, reason: str, detail: str) -> Rejection:
    """The rejection that stands for an article which a pipeline does not let through."""
    return Rejection(
        url=article.url,
        stage="pipeline",
        reason=reason,
        detail=detail,
        site=article.site,
        http_status=article.http_status,
        fetched_at=article.fetched_at,
        discovered_via=article.discovered_via,
        warc_record_id=article.warc_record_id,
    )
