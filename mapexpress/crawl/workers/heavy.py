"""Heavy answers are read in the confined process, so that no page holds up the crawl."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import signals

from mapexpress.crawl.responses import document_of
from mapexpress.crawl.workers.confined.messages import Asked, Reading, Task
from mapexpress.crawl.workers.confined.process import Confined, is_heavy, refused
from mapexpress.fetch.handler import INTERRUPTED
from mapexpress.fetch.run import STORAGE_FAILED

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.model.document import Document


@dataclass(slots=True)
class HeavyPages:
    """Decides what is heavy and has it read. Home and listing pages are not: `mapexpress.page.oversize` bounds them."""

    plan: Plan
    confined: Confined

    @classmethod
    def of_crawl(cls, plan: Plan, crawler: Crawler) -> HeavyPages:
        """With the limits of the settings; ends with the crawl, or at once when it is interrupted."""
        confined = Confined(
            seconds=crawler.settings.getfloat("MAPEXPRESS_EXTRACTION_SECONDS"),
            megabytes=crawler.settings.getint("MAPEXPRESS_EXTRACTION_MEGABYTES"),
        )
        crawler.signals.connect(confined.stop, INTERRUPTED)
        crawler.signals.connect(confined.stop, STORAGE_FAILED)
        crawler.signals.connect(confined.close, signals.spider_closed)
        return cls(plan, confined)

    async def read(
        self,
        response: Response,
        entry: Entry,
        documents: tuple[Document, ...],
        snapshot: TemplateSnapshot | None = None,
        *,
        slow: bool = False,
    ) -> Reading | None:
        """What a heavy answer says, or one that has proved to be `slow`; None for the others.

        Raises ReadingCancelledError when the run ends.
        """
        task: Task
        if entry.kind == "article":
            task = "article"
        elif entry.kind == "feed":
            task = "feed"
        elif entry.kind == "sitemap":
            task = "sitemap"
        else:
            return None
        if response.status < 300:
            public = self.plan.addresses.to_public(response.url)
            documents = (*documents, document_of(response, entry, public))
        elif not documents:
            return None
        if not slow and not is_heavy(documents, self.plan.limits):
            return None
        problem = refused(documents, self.plan.limits) if task == "article" else None
        if problem:
            return Reading(problem=problem)
        return await self.confined.read(
            Asked(
                task=task,
                documents=documents,
                site=self.plan.site,
                snapshot=snapshot if task == "article" else None,
                options=self.plan.options,
            )
        )
