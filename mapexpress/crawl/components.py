"""What a run works with, put together once its store is open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapexpress.crawl.article_answers import ArticleAnswers
from mapexpress.crawl.articles.absences import Absences
from mapexpress.crawl.articles.doubts import Doubts
from mapexpress.crawl.articles.judging import Articles
from mapexpress.crawl.articles.rest_source import RestSource
from mapexpress.crawl.asking import Asking
from mapexpress.crawl.claims import Claims
from mapexpress.crawl.learning import SiteLearning
from mapexpress.crawl.requests import same_host
from mapexpress.crawl.requests.allowance import Allowance
from mapexpress.crawl.requests.queue import Turns
from mapexpress.crawl.requests.revisits import Revisits
from mapexpress.crawl.requests.traps import Traps
from mapexpress.crawl.under_way import UnderWay
from mapexpress.crawl.ways.answers import WayAnswers
from mapexpress.crawl.ways.failing import FailingWays
from mapexpress.crawl.ways.kept import KeptWays
from mapexpress.crawl.ways.ways_in import WaysIn
from mapexpress.crawl.workers.heavy import HeavyPages
from mapexpress.crawl.workers.thread import PageThread
from mapexpress.dataset.state.frontier import Entry, Frontier
from mapexpress.fetch.run import run_of, store_of

if TYPE_CHECKING:
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.dataset.store import SiteStore

logger = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True, kw_only=True)
class Components:
    """Each does one thing, and gets those that it needs; a spider tells their story."""

    store: SiteStore
    frontier: Frontier
    turns: Turns
    thread: PageThread
    heavy: HeavyPages
    allowance: Allowance
    learning: SiteLearning
    doubts: Doubts
    absences: Absences
    under_way: UnderWay
    ways: WayAnswers
    rest: RestSource
    asking: Asking
    articles: ArticleAnswers

    def tell_troubles(self, counts: RunCounts) -> None:
        """What a walk leaves for a person to look at, for its summary."""
        counts.tell("absent_alarm", self.absences.told())
        self.ways.ways.failing.tell(counts.tell)

    @classmethod
    async def of_run(
        cls,
        plan: Plan,
        counts: RunCounts,
        sitemaps: Mapping[str, tuple[str, ...]],
        *,
        limited: Callable[[Entry, str, str], None],
        answered: Callable[..., Any],
        failed: Callable[..., Any],
    ) -> Components:
        """`sitemaps` are those of robots.txt, by host and port. `limited` is told of a way that was read in part,
        `answered` and `failed` are what requests call. Raises StorageError."""
        crawler = counts.crawler
        store = store_of(crawler)
        twice = same_host.told(plan.site, store.layout.data, Path(crawler.settings.get("MAPEXPRESS_SITES") or "sites"))
        if twice is not None:
            logger.warning("%s", twice)
        counts.tell("same_host", twice)
        frontier = Frontier(store.state, plan.arguments.walk)
        turns = Turns(frontier, store, plan.arguments)
        thread = PageThread.of_crawl(crawler)
        learning = SiteLearning(store, selectors=plan.site.keep)
        await learning.begin()
        doubts = Doubts(store)
        absences = Absences(store, frontier, counts)
        under_way = UnderWay(store=store, turns=turns, learning=learning, doubts=doubts, counts=counts)
        under_way.watch(crawler)
        revisits = Revisits(plan, store)
        allowance = Allowance.of(store, crawler.settings, counts.add)
        rest = RestSource(plan, frontier, turns, under_way.entries)
        ways = WaysIn(
            plan,
            thread,
            store.state,
            sitemaps,
            store.clock,
            KeptWays(store.state, store.clock),
            FailingWays(store.state, store.clock),
            traps=Traps.of(crawler.settings, limited),
            walled=lambda wall: counts.add(f"blocked/{wall}"),
            moved=lambda sentence: counts.tell("moved", sentence),
            limited=limited,
        )
        asking = Asking(
            plan=plan,
            frontier=frontier,
            turns=turns,
            revisits=revisits,
            learning=learning,
            allowance=allowance,
            absences=absences,
            under_way=under_way,
            counts=counts,
            answered=answered,
            failed=failed,
        )
        articles = ArticleAnswers(
            articles=Articles(plan, frontier),
            store=store,
            thread=thread,
            learning=learning,
            rest=rest,
            claims=Claims(store),
            doubts=doubts,
            absences=absences,
            asking=asking,
            under_way=under_way,
            counts=counts,
        )
        run = run_of(crawler)
        run.frontier, run.layout_changes = frontier, learning.layout.changes
        run.snapshot = lambda: learning.snapshot
        return cls(
            store=store,
            frontier=frontier,
            turns=turns,
            thread=thread,
            heavy=HeavyPages.of_crawl(plan, crawler),
            allowance=allowance,
            learning=learning,
            doubts=doubts,
            absences=absences,
            under_way=under_way,
            ways=WayAnswers(
                ways=ways, frontier=frontier, store=store, revisits=revisits, absences=absences, counts=counts
            ),
            rest=rest,
            asking=asking,
            articles=articles,
        )
