"""A site whose layout has just changed: its revisions wait until the site template knows the new layout.

By a template of the old layout, boxes of the new one are text: what is stored would be replaced by worse. So a revision
whose page lacks what stands on nearly all pages of the template is rejected as `layout_changed` and asked again. Once
enough such pages were seen the template is learned anew, from them alone; revisions wait until it has learned from as
many as leave nothing of a template in a text, but no longer than a week.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mapexpress.boilerplate.template.sample import from_bytes
from mapexpress.boilerplate.template.snapshot import MIN_PAGES
from mapexpress.dataset.state.recheck_schedule import LAYOUT_CHANGED
from mapexpress.model.record import Article, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mapexpress.boilerplate.template.layout_change import Layout
    from mapexpress.boilerplate.template.sample import Sketch
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.between_runs.templates import SiteTemplates
    from mapexpress.dataset.store import SiteStore

SETTLED_PAGES = 20  # from so many on no template block is left in a text (benchmarks/generated_sites)
LONGEST = timedelta(days=7)  # that revisions wait: a site of few pages may never show as many
_SINCE, _LEARNED = "layout changed", "layout learned"  # values beside the state's tables; empty when all is well
_STRAYS = 0.2  # share of a run's pages that caches may still have of the old layout


@dataclass(slots=True)
class Redesign:
    """Of one site, from the run that notices it to the one that has learned the new layout."""

    store: SiteStore
    templates: SiteTemplates
    layout: Layout

    async def begin(self, snapshot: TemplateSnapshot | None) -> bool:
        """Whether the template shall be frozen anew now: what the sample has of the old layout has left it."""
        if not self.is_on:
            return False
        began = datetime.fromisoformat(self.store.state.meta(_SINCE) or "")
        learned = bool(self.store.state.meta(_LEARNED))
        enough = learned and snapshot is not None and snapshot.pages >= SETTLED_PAGES
        if enough or not timedelta() <= self.store.clock() - began < LONGEST:
            self._set(_SINCE, "")
            self._set(_LEARNED, "")
            return False
        if learned or snapshot is None:
            return False
        new = await asyncio.to_thread(self._of_another_layout, self.templates.sample())
        if len(new) < MIN_PAGES:
            return False
        self.templates.keep(new)
        self._set(_LEARNED, "1")
        return True

    @property
    def is_on(self) -> bool:
        """Whether the layout changed lately."""
        return bool(self.store.state.meta(_SINCE))

    def see(self) -> None:
        """Look at what the run's pages showed so far; the note is durable with the page's record."""
        if not self.is_on:
            if self.layout.is_another:
                self._set(_SINCE, self.store.clock().astimezone(UTC).isoformat(timespec="seconds"))
        elif not self.store.state.meta(_LEARNED) and self._is_back():
            self._set(_SINCE, "")

    def holds(self, record: Article, sketch: Sketch) -> bool:
        """Whether a record would replace one that was made of a page in another layout than its own."""
        return self.is_revision(record) and (self.is_on or self.layout.is_stranger(sketch))

    def is_revision(self, record: Article) -> bool:
        """Whether another text, or other facts, of the article are stored."""
        known = self.store.known(record.id)
        return known is not None and known.status == "active" and known.content_hash != record.content_hash

    def late(self, record: Article) -> Rejection:
        """The rejection of a revision that is held; what is stored stays."""
        return Rejection(
            url=record.url,
            stage="extract",
            reason=LAYOUT_CHANGED,
            detail="a revision waits until the template knows the site's new layout",
            site=record.site,
            http_status=record.http_status,
            fetched_at=record.fetched_at,
            discovered_via=record.discovered_via,
            warc_record_id=record.warc_record_id,
        )

    def _is_back(self) -> bool:
        """Whether the old layout is there again: a section of another layout was all that a run asked for."""
        return self.layout.pages >= MIN_PAGES and self.layout.strangers <= (1 - _STRAYS) * self.layout.pages

    def _of_another_layout(self, sample: Sequence[bytes]) -> list[str]:
        return [sketch.page for sketch in map(from_bytes, sample) if self.layout.is_stranger(sketch)]

    def _set(self, key: str, value: str) -> None:
        self.store.state.put_meta(key, value)
