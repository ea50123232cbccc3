"""From an article's answers to what this run keeps: its further pages, its own name, and whether it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapexpress.blocks import MOST_BYTES
from mapexpress.extraction.pager import MAX_PAGES
from mapexpress.records import Article, Rejection
from mapexpress.spiders.arguments import local_day
from mapexpress.urls import canonicalize, choose_canonical, identity

if TYPE_CHECKING:
    from mapexpress.article import Document
    from mapexpress.blocks import Page
    from mapexpress.dataset.frontier import Entry, Frontier
    from mapexpress.spiders.plan import Plan

AMP_MARKS = frozenset({"amp", "\u26a1"})  # attributes of the html element (amp.dev, "AMP HTML specification")


@dataclass(slots=True, frozen=True)
class Articles:
    """Judges articles by the plan and the walk."""

    plan: Plan
    frontier: Frontier

    def following(self, pages: Sequence[str], documents: Sequence[Document]) -> str | None:
        """The next of an article's `pages`; None at its end, at its limits, or where its pager turns in circles."""
        asked = {identity(d.url) for d in documents if d.url}
        if len(documents) >= MAX_PAGES or sum(len(d.body) for d in documents) >= MOST_BYTES:
            return None
        return next((url for url in pages if identity(url) not in asked and self.plan.addresses.owns(url)), None)

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
        arguments = self.plan.arguments
        day = local_day(record.date_published, self.plan.zone) if record.date_published else None
        if not (
            arguments.wants_day(day)
            and self.plan.wants_section(record.url, record.section)
            and self.plan.wants_language(record.language)
        ):
            return None
        return self.other_name(entry, record.canonical_url) or record

    def other_name(self, entry: Entry, address: str | None) -> Rejection | None:
        """A rejection where `address`, which the page says it is, is an article of this walk under its own name."""
        if not address or identity(address) == identity(entry.url) or not self.frontier.holds(address):
            return None
        return Rejection(
            url=entry.url,
            stage="page",
            reason="duplicate",
            detail=f"another address of {address}",
            site=self.plan.site.key,
            discovered_via=entry.via,
        )
