"""From an article's answers to what this run keeps: its further pages, its own name, and whether it was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from mapexpress.boilerplate.html.edges import folded
from mapexpress.crawl.requests.arguments import local_day
from mapexpress.extraction.next_pages import page_of
from mapexpress.model.record import Article, Rejection
from mapexpress.record.canonical import choose_canonical
from mapexpress.text.characters import visible
from mapexpress.web.addresses import canonicalize, identity

if TYPE_CHECKING:
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.dataset.state.frontier import Entry, Frontier
    from mapexpress.model.document import Document
    from mapexpress.model.page import Page

NOTHING_NEW = 3  # pages in a row that say what those before them said: a slide may have a picture and no text
DUPLICATE = "duplicate"
_DETAIL = 300  # characters of another site's address
AMP_MARKS = frozenset({"amp", "\u26a1"})  # attributes of the html element (amp.dev, "AMP HTML specification")


@dataclass(slots=True, frozen=True)
class Articles:
    """Judges articles by the plan and the walk."""

    plan: Plan
    frontier: Frontier

    def following(self, entry: Entry, pages: Sequence[str], documents: Sequence[Document]) -> str | Rejection | None:
        """The next of an article's `pages`; None at its end or where its pager shows again what it showed.

        A rejection where it has more than one reads: a part of an article is none.
        """
        asked = {identity(d.url) for d in documents if d.url}
        further = next((url for url in pages if identity(url) not in asked and self.plan.addresses.owns(url)), None)
        if further is None or _says_nothing_new(documents):
            return None
        most = self.plan.limits
        if len(documents) >= most.article_pages:
            return self._none(entry, "too_many_pages", f"more than {most.article_pages} pages")
        if sum(len(d.body) for d in documents) >= most.page_bytes:
            return self._none(entry, "too_large", f"its pages have more than {most.page_bytes} bytes together")
        return further

    def stands_alone(self, url: str | None) -> bool:
        """Whether what a pager calls a further page is an article of the walk, or is stored as one.

        Only for addresses such as `rain-2.html` beside `rain.html`, which may be either.
        """
        if not url or page_of(url) is not None:
            return False
        if self.frontier.holds(url):
            return True
        outcome = self.frontier.state.outcome(url)
        known = self.frontier.state.known(outcome.record_id) if outcome is not None and outcome.record_id else None
        return known is not None and known.url is not None and identity(known.url) == identity(url)

    def _none(self, entry: Entry, reason: str, detail: str) -> Rejection:
        return Rejection(
            url=entry.url,
            stage="page",
            reason=reason,
            detail=detail,
            site=self.plan.site.key,
            discovered_via=entry.via,
        )

    def full_page(self, page: Page) -> str | None:
        """The page that an AMP document is the twin of: it holds what AMP leaves out, and the article's other pages."""
        own = page.url or ""
        if not AMP_MARKS & set(page.root.keys()):
            return None
        declared = next((link.href for link in page.head_links if link.rel == "canonical"), None)
        other = choose_canonical(own, declared)
        return other if other != canonicalize(own) and self.plan.addresses.owns(other) else None

    def as_asked(self, entry: Entry, record: Article) -> Article | Rejection | None:
        """The record, or None when it is not asked for, or a rejection when it is another entry's article."""
        wanted = self.plan.wanted
        day = local_day(record.date_published, self.plan.zone) if record.date_published else None
        if not (
            wanted.has_day(day)
            and wanted.has_section(record.url, record.section)
            and wanted.has_language(record.language)
        ):
            return None
        return self.other_name(entry, record.canonical_url) or record

    def other_name(self, entry: Entry, address: str | None) -> Rejection | None:
        """A rejection where `address`, which the page says it is, is an article of this walk under its own name.

        One that this walk, or one before it, found to be no article is none.
        """
        if not address or identity(address) == identity(entry.url) or not self.frontier.holds(address):
            return None
        outcome = self.frontier.state.outcome(address)
        if outcome is not None and outcome.kind == "rejected" and outcome.reason != DUPLICATE:
            return None
        return self.another(entry, address)

    def another(self, entry: Entry, address: str) -> Rejection:
        """The rejection that says that an entry is another address of an article."""
        return self._none(entry, DUPLICATE, f"another address of {address}")

    def elsewhere(self, entry: Entry, url: str) -> Rejection | None:
        """A rejection where an entry was answered by another site, to which it was redirected."""
        if not self.plan.addresses.leads_away(url, entry.url):
            return None
        return self._none(entry, "offsite", f"it leads to {visible(url)[:_DETAIL]}")


def is_another(page: Page, first: Page) -> bool:
    """Whether a page has another headline than the first page of the article that it is said to belong to."""
    ours, theirs = _headlines(first), _headlines(page)
    return bool(ours and theirs) and not any(one in other or other in one for one in ours for other in theirs)


def _headlines(page: Page) -> set[str]:
    shown = (" ".join(b.text for b in page.blocks[n.start : n.end]) for n in page.nodes_tagged("h1"))
    return {folded(text) for text in (*shown, *page.meta.get("og:title", ())) if folded(text)}


def _says_nothing_new(documents: Sequence[Document]) -> bool:
    """Whether each of the last pages holds only text of the one before it."""
    last = documents[-NOTHING_NEW - 1 :]
    return len(last) > NOTHING_NEW and all(_repeats(later, earlier) for earlier, later in pairwise(last))


def _repeats(later: Document, earlier: Document) -> bool:
    if later.page is not None and earlier.page is not None:
        return {block.text for block in later.page.blocks} <= {block.text for block in earlier.page.blocks}
    return _without_numbers(later.body) == _without_numbers(earlier.body)  # heavy ones are parsed elsewhere


def _without_numbers(body: bytes | str) -> bytes:
    return re.sub(rb"\d+", b"", body if isinstance(body, bytes) else body.encode("utf-8", "replace"))
