"""The pages that a site's template is learned from: a sketch of each, in a bounded sample that any order fills alike.

A bottom-k sample (Cohen and Kaplan, 2007) by publication window: the newest windows first, and of the oldest window
that still has room the pages whose ids have the smallest hashes. Two samples merge into the one that all their pages
together would have given; what was published before the newest `FADE_PAGES` pages fades out with its window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import orjson
from isal import isal_zlib

from mapexpress.boilerplate.template.units import Unit, units_of_page
from mapexpress.model.page import Page
from mapexpress.system.bounded import unpack

SAMPLE_PAGES = 500  # DESIGN's k: a block of one page in fifty is still seen on ten
FADE_PAGES = 100  # pages of newer windows that leave nothing to learn from an older one: a share of 8 % is 8 pages
_EXAMPLE_CHARS = 160
SKETCH_VERSION = 3  # of the masks and places in sketches and snapshots; others are forgotten and learned again


@dataclass(slots=True, frozen=True, kw_only=True)
class Trace:
    """What a sketch keeps of a block: its fingerprint, its place, its length and the beginning of its text.

    `chars` is its length in Latin characters' worth. `own` tells whether the page's own evidence takes it for text;
    where nobody judged, every block may be. `numbers` is a fingerprint of the numbers in it, `prose` whether it reads
    like a paragraph.
    """

    mark: str
    place: str
    chars: int
    example: str
    own: bool = True
    numbers: str = ""
    prose: bool = False

    @classmethod
    def of(cls, unit: Unit, *, own: bool = True) -> Trace:
        """The trace of one block."""
        size = unit.size
        return cls(
            mark=unit.mark,
            place=unit.place,
            chars=size,
            example=unit.text[:_EXAMPLE_CHARS],
            own=own,
            numbers=unit.numbers,
            prose=unit.is_prose_at(size),
        )


@dataclass(slots=True, frozen=True, kw_only=True)
class Sketch:
    """What the template needs of one page: its id, its blocks, its headline and lead, metadata by source.

    `window` is the month of publication ("2026-05"; empty for corpora, which are one window), `found_by` what chose
    its main content ("platform tagdiv: .td-post-content"). `author` is who it says wrote it and `day` the one it was
    published on, both empty where nothing says so: what pages of one of them teach is bounded.
    """

    page: str
    traces: tuple[Trace, ...]
    title: str = ""
    lead: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    window: str = ""
    found_by: str = ""
    author: str = ""
    day: str = ""

    @property
    def rank(self) -> str:
        """Place of the page in the sample."""
        return rank(self.page)

    @property
    def kept(self) -> float:
        """Share of the page's visible characters that is text, 0 to 1."""
        chars = sum(trace.chars for trace in self.traces)
        return sum(trace.chars for trace in self.traces if trace.own) / chars if chars else 0.0


def rank(page: str) -> str:
    """Where a page stands in every sample: the hash of its id, the smallest first."""
    return blake2b(page.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def sketch_page(
    page: Page,
    *,
    id: str,
    title: str = "",
    lead: str = "",
    kept: Collection[int] | None = None,
    metadata: Mapping[str, str] | None = None,
    window: str = "",
    found_by: str = "",
    author: str = "",
    day: str = "",
    slots: Mapping[str, str] | None = None,
) -> Sketch:
    """Sketch a parsed page.

    `id` is its canonical address, `lead` its first paragraph, `kept` the indices of the blocks of its text, `slots`
    what is masked beside its title.
    """
    units = units_of_page(page, {**(slots or {}), "title": title})
    return Sketch(
        page=id,
        traces=tuple(trace for unit in units for trace in _traces(unit, own=kept is None or unit.index in kept)),
        title=title,
        lead=lead,
        metadata=dict(metadata or {}),
        window=window,
        found_by=found_by,
        author=author,
        day=day,
    )


def _traces(unit: Unit, *, own: bool) -> Iterator[Trace]:
    yield Trace.of(unit, own=own)
    if unit.worded:  # the same block a second time: nothing is counted of it but its words
        yield replace(Trace.of(unit, own=False), mark=unit.worded, chars=0, prose=False)


def merge(samples: Iterable[Sketch], *, size: int = SAMPLE_PAGES, fade: int = FADE_PAGES) -> list[Sketch]:
    """The sample of pages or of samples, in the order of their ranks; a page seen twice is one, of its newest window.

    >>> def page(number: int, window: str) -> Sketch:
    ...     return Sketch(page=str(number), traces=(), window=window)
    >>> both = [*(page(n, "2026-05") for n in range(3)), *(page(n, "2026-04") for n in range(3, 9))]
    >>> [s.window for s in merge(both, size=5, fade=4)].count("2026-04"), len(merge(both, size=5, fade=3))
    (2, 3)
    """
    pages = {s.page: s for s in sorted(samples, key=_order)}
    windows: dict[str, list[Sketch]] = {}
    for sketch in sorted(pages.values(), key=lambda s: (s.rank, s.page)):
        windows.setdefault(sketch.window, []).append(sketch)
    sample: list[Sketch] = []
    for window in sorted(windows, reverse=True):
        sample += windows[window][: places_left(len(sample), size=size, fade=fade)]
    return sorted(sample, key=lambda s: (s.rank, s.page))


def _order(sketch: Sketch) -> tuple[str, ...]:
    return (sketch.window, sketch.rank, sketch.page, sketch.title, sketch.lead, *(t.mark for t in sketch.traces))


def places_left(newer: int, *, size: int = SAMPLE_PAGES, fade: int = FADE_PAGES) -> int:
    """How many pages of a window a sample takes that holds `newer` pages of newer windows."""
    return 0 if newer >= fade else size - newer


def to_bytes(sketch: Sketch) -> bytes:
    """A sketch packed for the disk, the same bytes for the same sketch: some 5 KB of a news page."""
    places = {place: n for n, place in enumerate(sorted({t.place for t in sketch.traces}))}
    data = {
        "page": sketch.page,
        "places": list(places),
        "traces": [[t.mark, places[t.place], t.chars, t.example, t.own, t.numbers, t.prose] for t in sketch.traces],
        "title": sketch.title,
        "lead": sketch.lead,
        "metadata": dict(sketch.metadata),
        "window": sketch.window,
        "found_by": sketch.found_by,
        "author": sketch.author,
        "day": sketch.day,
    }
    # ISA-L's 2 takes a fifth of what zlib's 6 does
    return isal_zlib.compress(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), 2)


def from_bytes(data: bytes) -> Sketch:
    """Read what `to_bytes` wrote; raises ValueError for anything else, StorageError for a bomb."""
    try:
        raw = orjson.loads(unpack(data, "a sketch"))
        places = raw.pop("places")
        traces = tuple(
            Trace(mark=m, place=places[p], chars=c, example=e, own=o, numbers=n, prose=s)
            for m, p, c, e, o, n, s in raw.pop("traces")
        )
        return Sketch(traces=traces, **raw)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"not a sketch: {error!r}") from None
