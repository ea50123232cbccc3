"""The first reading of a corpus: what each of its sites teaches, from a bounded sample of its documents."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from mapexpress.boilerplate.sample import SAMPLE_PAGES, Sketch, rank
from mapexpress.boilerplate.template import MIN_PAGES, TemplateSnapshot, learn_template
from mapexpress.boilerplate.text import sketch_text
from mapexpress.corpus.clean import How, explain_source, site_key
from mapexpress.corpus.sources import Source
from mapexpress.sketch import sketch_article

# All sites' samples together: some 10 KB a sketch, so 200 MB at most, whatever the size of the corpus.
_ALL_SKETCHES = 20_000


class SiteSamples:
    """Bottom-k samples of many sites; each site's k shrinks as sites are added, so that memory stays bounded.

    The documents with the smallest ranks stay whatever the order, and only they are looked into.
    """

    def __init__(self, how: How) -> None:
        self.how = how
        self._heaps: dict[str, list[tuple[int, str]]] = {}  # (negative rank, page): the largest rank on top
        self._sketches: dict[tuple[str, str], Sketch] = {}

    def add(self, source: Source) -> None:
        """Take a document into its site's sample when its rank is among the smallest."""
        key = site_key(source, self.how.site)
        page = source.url or source.id
        if not key or (key, page) in self._sketches:
            return
        heap = self._heaps.get(key)
        if heap is None:
            heap = self._heaps[key] = []
            if len(self._heaps) & (len(self._heaps) - 1) == 0:  # at each power of two: every site gives way
                self._shrink()
        place = -int(rank(page), 16)
        if len(heap) >= self._size and place <= heap[0][0]:
            return
        heapq.heappush(heap, (place, page))
        self._sketches[key, page] = sketch_source(source, key, page, self.how)
        self._trim(key, heap)

    @property
    def _size(self) -> int:
        return max(1, min(SAMPLE_PAGES, _ALL_SKETCHES // max(1, len(self._heaps))))

    def _trim(self, key: str, heap: list[tuple[int, str]]) -> None:
        while len(heap) > self._size:
            del self._sketches[key, heapq.heappop(heap)[1]]

    def _shrink(self) -> None:
        for key, heap in self._heaps.items():
            self._trim(key, heap)

    def learn(self) -> dict[str, TemplateSnapshot]:
        """The snapshots of the sites that showed enough documents, by site key."""
        self._shrink()
        snapshots = {}
        for key, heap in sorted(self._heaps.items()):
            if len(heap) >= MIN_PAGES:
                snapshot = learn_template(self._sketches[key, page] for _, page in heap)
                if snapshot.is_learned:
                    snapshots[key] = snapshot
        return snapshots


def sketch_source(source: Source, key: str, page: str, how: How) -> Sketch:
    """What one document teaches its site; `page` names it in the site's sample."""
    if source.kind == "text":
        text = source.body if isinstance(source.body, str) else source.body.decode("utf-8", "replace")
        return sketch_text(text, id=page, title=source.title)
    return sketch_article(explain_source(source, key, how), window="")


def learn_corpus(sources: Iterable[Source], how: How) -> dict[str, TemplateSnapshot]:
    """What the sites of a corpus teach, in one reading; the order of the documents does not matter."""
    samples = SiteSamples(how)
    for source in sources:
        samples.add(source)
    return samples.learn()
