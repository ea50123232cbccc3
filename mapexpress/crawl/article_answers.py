"""From the answers of an article to what this run keeps of it, or to the request that comes before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from scrapy import Request

from mapexpress.crawl.articles.reading import ReadArticle, compare, read_article, read_post
from mapexpress.crawl.asking import FULL
from mapexpress.crawl.claims import claim_of
from mapexpress.crawl.refusals import REPEATED_TEXT
from mapexpress.crawl.responses import document_of
from mapexpress.extraction.blocked import ADVICE
from mapexpress.model.record import Article, Rejection
from mapexpress.record.canonical import under_own_name
from mapexpress.web.addresses import canonicalize

if TYPE_CHECKING:
    from scrapy.http import Response

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.crawl.answer import Answer
    from mapexpress.crawl.articles.absences import Absences
    from mapexpress.crawl.articles.doubts import Doubts
    from mapexpress.crawl.articles.judging import Articles
    from mapexpress.crawl.articles.rest_source import RestSource
    from mapexpress.crawl.asking import Asking
    from mapexpress.crawl.claims import Claim, Claims
    from mapexpress.crawl.learning import SiteLearning
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.crawl.under_way import UnderWay
    from mapexpress.crawl.workers.confined.messages import Reading
    from mapexpress.crawl.workers.thread import PageThread
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.document import Document

Output = Request | Article | Rejection
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class ArticleAnswers:
    """Reads articles in the thread, and has them judged: by the walk, by what is stored, by the site's other pages."""

    articles: Articles
    store: SiteStore
    thread: PageThread
    learning: SiteLearning
    rest: RestSource
    claims: Claims
    doubts: Doubts
    absences: Absences
    asking: Asking
    under_way: UnderWay
    counts: RunCounts

    async def take(self, answer: Answer, *, ended: bool = False) -> list[Output]:
        """What an article's answer gives; `ended`: it is no page, the pager promised one too many."""
        entry, documents, claim = answer.entry, answer.documents, answer.claim
        response = None if ended else answer.response
        if response is not None:
            public = self._public(response, entry)
            if away := self.articles.elsewhere(entry, public):
                self.store.leave(public)
                if claim:
                    return self.denied(entry, claim)
                if not documents or answer.reading is not None:
                    return [away]
                response = None  # a pager that leads there has no further page here
            else:
                documents = (*documents, document_of(response, entry, public))
        if alias := self.articles.other_name(entry, documents[0].url):
            return [alias]
        if answer.reading is not None and answer.reading.record is not None:
            return await self._read_elsewhere(entry, documents, answer.reading, claim, ended=response is None)
        read = await self._read(response, entry, documents)
        if read.full:
            return [self.asking.request(entry, read.full, full=True)]
        if read.further:
            return [self.asking.request(entry, read.further, read.documents, claim=claim)]
        record = read.record
        assert record is not None
        if claim:
            return self._settled(entry, claim, record, documents, names_itself=read.names_itself)
        self.compare(entry, record, read.disagreement)
        if isinstance(record, Rejection):
            if record.reason in ADVICE:
                self.counts.add(f"blocked/{record.reason}")
            return [record]
        return await self._learned(entry, read, record, documents)

    async def from_rest(self, entry: Entry, document: Document) -> Article | None:
        """The record that a REST answer gives, when it is asked for; what it does not give is left to the page.

        Raises what reading raises.
        """
        made = await self._judged(partial(read_post, document, plan=self.articles.plan))
        if isinstance(made, Article):
            record = self.articles.as_asked(entry, made)
            if isinstance(record, Article):
                self.counts.add("shown")
                self.counts.add("from_rest")
                return record
            if record is None:
                self._leave_out(made)
                self.articles.frontier.close(entry.url)
        return None

    def compare(self, entry: Entry, record: Article | Rejection | None, problem: str | None = None) -> None:
        """Tell the REST source what the whole of an article's page gave, once; None for nothing."""
        for held in self.rest.compare(entry, record, problem):
            self.under_way.release(held)
        self.under_way.changed.set()

    def denied(self, entry: Entry, claim: Claim) -> list[Output]:
        """What comes of a page that names an address at which there is no article."""
        self.claims.forgo(claim)
        return self._kept(entry, self.claims.missed(claim) or self.articles.another(entry, claim.address))

    async def _judged(self, read: Callable[..., T]) -> T:
        return await judged(read, self.thread, lambda: self.learning.snapshot)

    async def _read(self, response: Response | None, entry: Entry, documents: tuple[Document, ...]) -> ReadArticle:
        return await self._judged(
            partial(
                read_article,
                self.articles,
                entry,
                documents,
                ended=response is None,
                may_be_twin=len(documents) == 1 and response is not None and not response.meta.get(FULL),
                may_be_another=len(documents) > 1 and self.articles.stands_alone(documents[-1].url),
                post=self.rest.sampled(entry),
                teaches=self.learning.holds,
            )
        )

    async def _learned(
        self, entry: Entry, read: ReadArticle, record: Article, documents: Sequence[Document]
    ) -> list[Output]:
        """What is kept of a record, now or later, after its page has taught the site's template."""
        if self.learning.holds:
            assert read.lesson is not None
            self.doubts.note(entry, record)
            self.learning.hold(entry, read.lesson, documents)
            return []
        redesign, wanted = self.learning.redesign, self.learning.wants(read.page_key, read.window)
        lesson = read.lesson or await self.thread.run(read.finish, teaches=wanted or redesign.is_revision(record))
        outputs = self._as_asked(entry, record, documents)
        if lesson is None or self._is_doubted(entry, outputs):
            return outputs
        if wanted:
            self.learning.learn(lesson)
        if not redesign.holds(record, lesson.sketch):
            return outputs
        ours = (isinstance(one, Article) and one.url == record.url for one in outputs)
        return [redesign.late(record) if held else one for held, one in zip(ours, outputs, strict=True)]

    def _is_doubted(self, entry: Entry, outputs: Sequence[Output]) -> bool:
        """Whether a page may be a notice in the place of the article that was asked for."""
        repeated = any(isinstance(one, Rejection) and one.reason == REPEATED_TEXT for one in outputs)
        return repeated or entry.url in self.doubts.waiting()

    async def _read_elsewhere(
        self, entry: Entry, documents: tuple[Document, ...], reading: Reading, claim: Claim | None, *, ended: bool
    ) -> list[Output]:
        """What the confined process makes of a heavy page, which teaches nothing of the site's template."""
        if not ended:
            following = self.articles.following(entry, reading.pages, documents)
            if isinstance(following, Rejection):
                return self.denied(entry, claim) if claim else [following]
            if following:
                return [self.asking.request(entry, following, documents, claim=claim)]
        record = reading.record
        assert record is not None
        if claim:
            return self._settled(entry, claim, record, documents, names_itself=False)
        post, problem = self.rest.sampled(entry), None
        if post is not None and isinstance(record, Article):
            problem = await self.thread.run(compare, self.articles.plan, record, post, self.learning.snapshot)
        self.compare(entry, record, problem)
        return [record] if isinstance(record, Rejection) else self._as_asked(entry, record, documents)

    def _settled(
        self,
        entry: Entry,
        claim: Claim,
        answer: Article | Rejection,
        documents: Sequence[Document],
        *,
        names_itself: bool,
    ) -> list[Output]:
        """The record of a page that names another address, now that the page there has been read."""
        if isinstance(answer, Rejection):
            return self.denied(entry, claim)
        record = self.claims.settle(claim, answer, names_itself=names_itself)
        self.claims.forgo(claim, answered=[document.url for document in documents])
        asked = self.articles.as_asked(entry, record)
        return self._kept(entry, asked) if asked is not None else self._not_wanted(entry, record)

    def _as_asked(self, entry: Entry, record: Article, documents: Sequence[Document]) -> list[Output]:
        asked = self.articles.as_asked(entry, record)
        if asked is None:
            return self._not_wanted(entry, record)
        if isinstance(asked, Article):
            verdict = self.claims.verdict(asked)
            if verdict == "ask" and asked.canonical_url:
                claim = claim_of(asked, documents)
                return [self.asking.request(entry, asked.canonical_url, full=True, claim=claim)]
            if verdict == "own":
                asked = under_own_name(asked)
        return self._kept(entry, asked)

    def _kept(self, entry: Entry, record: Article | Rejection) -> list[Output]:
        """What is given to the store now; a record that may be no article of its address waits."""
        self.absences.answered(entry)
        return [record] if isinstance(record, Rejection) else [*self.doubts.judge(entry, record)]

    def _not_wanted(self, entry: Entry, record: Article) -> list[Output]:
        self._leave_out(record)
        self.articles.frontier.close(entry.url)
        for url in {entry.url, *record.page_urls}:
            self.store.leave(url)
        return []

    def _leave_out(self, record: Article) -> None:
        self.counts.add("left_out")
        if not self.articles.plan.wanted.has_section(record.url, record.section):
            self.counts.left_out(record.section)

    def _public(self, response: Response, entry: Entry) -> str:
        return canonicalize(self.articles.plan.addresses.to_public(response.url, entry.url))


async def judged(read: Callable[..., T], thread: PageThread, current: Callable[[], TemplateSnapshot | None]) -> T:
    """What is read in the thread with a `snapshot` that is still the `current` one when it has been read."""
    while True:
        snapshot = current()
        made = await thread.run(read, snapshot=snapshot)
        if current() is snapshot:
            return made
