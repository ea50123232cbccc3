"""REST answers as the source of an archive's records, once a sample of each has been compared with its pages."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.model.document import Document
from mapexpress.model.record import Article, Rejection
from mapexpress.record.rest_posts import SAMPLE, post_document, sample, why_page
from mapexpress.web.addresses import canonicalize

if TYPE_CHECKING:
    from collections.abc import Collection

    from scrapy.http import Response

    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.crawl.requests.queue import Turns
    from mapexpress.dataset.state.frontier import Entry, Frontier
    from mapexpress.model.link import Found

logger = logging.getLogger(__name__)

Post = tuple["Entry", Document]


@dataclass(slots=True)
class Trial:
    """An answer whose posts wait for the verdict on its sample; `sample` shrinks as its pages arrive."""

    address: str
    waiting: list[Post]
    sample: dict[str, Document]
    agreed: int = 0
    problem: str | None = None


@dataclass(slots=True)
class RestSource:
    """Holds the posts of an answer back until its sample has spoken.

    Held entries are under way, so that nothing asks for their pages meanwhile. In memory are the answers under
    trial, a few of at most a hundred posts; a run that is killed asks for the pages instead.
    """

    plan: Plan
    frontier: Frontier
    turns: Turns
    under_way: dict[str, Entry]
    _trials: dict[str, Trial] = field(default_factory=dict)  # by the address of each page of their samples
    _at_hand: list[Post] = field(default_factory=list)

    def hold(self, response: Response, answer: Entry, found: Found, without: Collection[str]) -> list[Entry]:
        """Articles whose pages are to be asked as the sample of a collection's answer; the others are held.

        Addresses of `without` are waiting for something else already.
        """
        posts = {n: post for n, post in self._posts(response, found) if post[0].url not in without}
        if len(posts) <= SAMPLE:
            return []
        chosen = sample(posts)
        trial = Trial(
            address=answer.url,
            waiting=[post for number, post in posts.items() if number not in chosen],
            sample={posts[number][0].url: posts[number][1] for number in chosen},
        )
        self._trials |= dict.fromkeys(trial.sample, trial)
        for entry, _ in trial.waiting:
            self.under_way[entry.url] = entry
        return [posts[number][0] for number in chosen]

    def _posts(self, response: Response, found: Found) -> Iterator[tuple[str, Post]]:
        """Posts of an answer that are due and that the answer may hold whole, by id."""
        for link in found.links:
            post = found.posts.get(link.source_id or "")
            entry = self.frontier.open_article(canonicalize(self.plan.addresses.to_public(link.url)))
            if post is None or entry is None or entry.url in self.under_way or not self.turns.is_due(entry):
                continue
            if why_page(post.fields) is not None:
                continue
            document = post_document(
                post,
                url=entry.url,
                fetched_at=response.meta.get("fetched_at"),
                discovered_via=entry.via,
                warc_record_id=response.meta.get("warc_record_id"),
            )
            if document is not None:
                yield post.id, (entry, document)

    def sampled(self, entry: Entry) -> Document | None:
        """The post that the page of an entry is to be compared with; None where it is of no sample."""
        trial = self._trials.get(entry.url)
        return trial.sample[entry.url] if trial is not None else None

    def compare(self, entry: Entry, page: Article | Rejection | None, problem: str | None) -> Iterator[Entry]:
        """Take in what a page of a sample gave; the last one of its answer decides. Other entries are no matter.

        `problem` is what it says otherwise than its post (`sampled`, made with the same snapshot). Gives the entries
        whose pages are to be asked after all.
        """
        trial = self._trials.pop(entry.url, None)
        if trial is None:
            return
        del trial.sample[entry.url]
        if isinstance(page, Article):
            trial.agreed += problem is None
            trial.problem = trial.problem or (problem and f"{problem}: {entry.url}")
        if trial.sample:
            return
        if trial.problem or not trial.agreed:
            logger.info("rest %s: pages are fetched (%s)", trial.address, trial.problem or "no page to compare with")
            yield from (held for held, _ in trial.waiting)
            return
        logger.info("rest %s: %d pages agree, %d are not fetched", trial.address, trial.agreed, len(trial.waiting))
        self._at_hand += trial.waiting

    def ready(self) -> Iterator[Post]:
        """Posts of the answers whose samples agreed, each once: records are made from them without a request."""
        while self._at_hand:
            yield self._at_hand.pop()
