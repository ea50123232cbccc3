"""The site template during a run: what its records are made with, and what its pages teach the next snapshot.

A site without a snapshot is held: the first article pages are sketched and left in the WARC, a snapshot is frozen from
them, and only then are they cleaned, from the WARC. Which pages these are follows from the order of the frontier, not
from the order of answers; a run that is killed in between finds them in the WARC and holds them again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.boilerplate.template.layout_change import Layout
from mapexpress.crawl.redesign import Redesign
from mapexpress.dataset.between_runs.templates import SiteTemplates, freeze_sample
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.document import Document
    from mapexpress.record.lesson import Lesson

logger = logging.getLogger(__name__)

HELD_PAGES = 30  # articles; from 20 on no template block is left (benchmarks/generated_sites)
WATCHED_PAGES = 60  # of a run, for a change of layout: they tell a share of four fifths to a tenth; a sketch costs 3 ms


@dataclass(slots=True, frozen=True)
class Replay:
    """A response that is in the WARC, and what its host's tdmrep.json said of it."""

    warc_record_id: str
    tdm_reserved: bool | None


@dataclass(slots=True)
class Held:
    """Article pages that wait for a snapshot, in the order asked: None stands for one that is still under way."""

    asked: dict[str, Lesson | None] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def first(self, count: int) -> list[Lesson] | None:
        """The first `count` articles in the order asked; None while an earlier page may still turn out to be one."""
        found: list[Lesson] = []
        for lesson in self.asked.values():
            if lesson is None:
                return None
            found.append(lesson)
            if len(found) == count:
                return found
        return None


class SiteLearning:
    """The snapshot that a run cleans with, the pages held for it, and the sample that grows for the next one."""

    def __init__(self, store: SiteStore, *, selectors: Sequence[str] = ()) -> None:
        self.store = store
        self.layout = Layout(selectors=tuple(selectors))
        self.templates = SiteTemplates(store.layout, store.state)
        self.redesign = Redesign(store, self.templates, self.layout)
        self.snapshot: TemplateSnapshot | None = None
        self.cleaning: set[str] = set()  # addresses that were held and have not come to their end
        self._held: Held | None = None
        self._due: deque[Entry] = deque()
        self._replays: dict[str, Replay] = {}  # by the identity of the address

    async def begin(self) -> None:
        """Freeze the run's snapshot: the site's last one, or a new one where the sample has outgrown it.

        A site that has none yet is held, unless its responses are not kept.
        """
        self.snapshot = self.layout.snapshot = self.templates.current()
        anew = await self.redesign.begin(self.snapshot)
        if anew or self.snapshot is None or self.templates.is_outgrown():
            sample = self.templates.sample()
            # half a second for a full sample: the crawl's own thread goes on answering signals meanwhile
            self._freeze(await asyncio.to_thread(freeze_sample, sample))
        self.layout.snapshot = self.snapshot  # not one that this run's own pages taught
        if self.snapshot is None and self.store.keeps_responses:
            self._held = Held()

    # Pages that wait.

    def waiting(self) -> set[str]:
        """Addresses that the frontier still has open and that are not to be taken from it now."""
        return self.cleaning | set(self._held.asked if self._held else ())

    def room(self, wanted: int) -> int:
        """How many of `wanted` articles may be asked now: what is held is read twice, so no more than teaches."""
        return wanted if self._held is None else max(0, min(wanted, HELD_PAGES - len(self._held.asked)))

    def asked(self, entry: Entry) -> None:
        """Note the order in which article pages are asked."""
        if self._held is not None and entry.kind == "article" and entry.url not in self.cleaning:
            self._held.asked[entry.url] = None

    @property
    def holds(self) -> bool:
        """Whether articles are kept back until there is a snapshot."""
        return self._held is not None

    def hold(self, entry: Entry, lesson: Lesson, documents: Sequence[Document]) -> None:
        """Keep an article back until there is a snapshot, while that is waited for (`holds`)."""
        assert self._held is not None
        self._held.asked[entry.url] = lesson
        self._held.entries.append(entry)
        for url, document in zip((entry.url, *(d.url for d in documents[1:])), documents, strict=True):
            if url and document.warc_record_id:
                self._replays[identity(url)] = Replay(document.warc_record_id, document.tdm_reserved)

    def settled(self, entry: Entry) -> None:
        """Note that nothing more comes of a page for now; freezes the snapshot when it was the last one waited for."""
        self.cleaning.discard(entry.url)
        if self._held is None or entry.kind != "article":
            return
        if self._held.asked.get(entry.url) is None:
            self._held.asked.pop(entry.url, None)
        first = self._held.first(HELD_PAGES)
        if first is not None:
            self._release(first)

    def release(self) -> bool:
        """Freeze from what is held, however few; False where nothing was held."""
        if self._held is None:
            return False
        self._release([lesson for lesson in self._held.asked.values() if lesson is not None])
        return bool(self._due)

    def due(self, room: int) -> list[Entry]:
        """Up to `room` held entries whose turn has come to be cleaned."""
        return [self._due.popleft() for _ in range(min(room, len(self._due)))]

    def replay(self, url: str) -> Replay | None:
        """Where the response of a held page is whose turn has come; once."""
        return self._replays.pop(identity(url), None) if self._held is None else None

    def _release(self, lessons: Sequence[Lesson]) -> None:
        """Freeze the snapshot from held pages and what earlier runs with too few of them taught."""
        assert self._held is not None
        self._due.extend(self._held.entries)
        self.cleaning |= {entry.url for entry in self._held.entries}
        self._held = None
        snapshot = freeze_sample([*self.templates.sample(), *(lesson.packed for lesson in lessons)])
        for lesson in lessons:
            self.templates.add(lesson.sketch, lesson.packed)
        self._freeze(snapshot)

    # What pages teach.

    def wants(self, page_key: str, window: str) -> bool:
        """Whether an article's page has something to teach: to sketch it is a tenth of its cost."""
        return self._watches or self.templates.wants(page_key, window)

    def learn(self, lesson: Lesson) -> None:
        """Take a page that is wanted into the sample for the next snapshot, and note what its layout shows."""
        watched = self._watches
        if watched:
            self.layout.see(lesson.sketch)
            self.redesign.see()
        if not watched or self.templates.wants(lesson.sketch.page, lesson.sketch.window):
            self.templates.add(lesson.sketch, lesson.packed)

    @property
    def _watches(self) -> bool:
        return self.layout.compares and self.layout.pages < WATCHED_PAGES

    def _freeze(self, snapshot: TemplateSnapshot | None) -> None:
        if snapshot is None:
            return
        self.templates.freeze(snapshot)
        self.snapshot = snapshot
        logger.info("template %s: learned from %d dissimilar pages", snapshot.id, snapshot.pages)
