"""The site template: what returns on dissimilar pages of one site, learned from a sample, frozen with an id.

The sample is a bottom-k sample (Cohen and Kaplan, 2007): the k pages whose ids have the smallest hashes. It is
bounded, any two samples merge into the one that all pages together would have given, and the order of pages never
matters. Pages that are near-copies of each other count once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from mapexpress.blocks import Page
from mapexpress.boilerplate.lines import PROSE_CHARS
from mapexpress.boilerplate.masks import Unit, fingerprint, units_of_page
from mapexpress.boilerplate.phrases import fold

SAMPLE_PAGES = 500  # DESIGN's k: a block of one page in fifty is still seen on ten
# With fewer dissimilar pages nothing is template: on sibling pages real text repeats as often as boilerplate does
# (measured on the development pages: removing what one sibling repeats deletes text).
MIN_PAGES = 6
MIN_COUNT = 3  # pages a block must return on
_COPY_SHARE = 0.8  # of the characters of prose that two near-copies share
_LEAD_CHARS = 400  # of a page's lead: the longest excerpts of WordPress themes, 55 words, fit
_TITLE_WORDS = 4  # shorter headlines are words of other texts as well
_EXAMPLE_CHARS = 160


@dataclass(slots=True, frozen=True, kw_only=True)
class Sketch:
    """What the template needs of one page: its id, its units, its headline and lead, metadata by source."""

    page: str
    units: tuple[Unit, ...]
    title: str = ""
    lead: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def rank(self) -> str:
        """Place of the page in the sample."""
        return rank(self.page)


def rank(page: str) -> str:
    """Where a page stands in every sample: the hash of its id, the smallest first."""
    return blake2b(page.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(slots=True, frozen=True, kw_only=True)
class Entry:
    """A block of the template: on how many dissimilar pages, at which places, and one page's wording of it."""

    count: int
    places: Mapping[str, int]
    example: str


@dataclass(slots=True, frozen=True, kw_only=True)
class TemplateSnapshot:
    """A frozen template; records name its `id`. `pages` counts dissimilar pages: under `MIN_PAGES` nothing is template.

    `titles` and `leads` are the headlines and leads of the site's own articles, folded, with the page they belong to;
    `constants` are metadata values that are the same on (nearly) all pages.
    """

    id: str
    pages: int = 0
    entries: Mapping[str, Entry] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_learned(self) -> bool:
        return self.pages >= MIN_PAGES

    def share(self, mark: str) -> float:
        """Share of the dissimilar pages that carry a block, 0 for what returns on fewer than `MIN_COUNT`."""
        entry = self.entries.get(mark)
        return entry.count / self.pages if entry and self.is_learned else 0.0

    def is_constant(self, source: str, value: str) -> bool:
        """Whether a metadata value is the theme's and not the article's: the same on all pages of the sample.

        `source` is the name the sketches gave it ("article:published_time", "og:image", "author").
        """
        return self.is_learned and self.constants.get(source) == value


def sketch_page(
    page: Page,
    *,
    id: str,
    title: str = "",
    lead: str = "",
    slots: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Sketch:
    """Sketch a parsed page; `id` is its canonical address.

    `slots` are the page's own values that stand in its template (date, author, section, site; the title is one of
    itself); `lead` is its first paragraph; `metadata` are values by their source, to be judged as constants.
    """
    units = units_of_page(page, {**(slots or {}), "title": title})
    return Sketch(page=id, units=tuple(units), title=title, lead=lead, metadata=dict(metadata or {}))


def merge(samples: Iterable[Sketch], *, size: int = SAMPLE_PAGES) -> list[Sketch]:
    """The bottom-k sample of pages or of samples, in the order of their ranks; a page seen twice is one."""
    pages = {sketch.page: sketch for sketch in sorted(samples, key=lambda s: (s.rank, s.page, repr(s.units)))}
    return sorted(pages.values(), key=lambda s: (s.rank, s.page))[:size]


def learn_template(pages: Iterable[Sketch], *, size: int = SAMPLE_PAGES) -> TemplateSnapshot:
    """Count masked blocks over a sample of dissimilar pages; the same for any order and any grouping of pages."""
    sample = merge(pages, size=size)
    distinct = _dissimilar(sample)
    counts: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    examples: dict[str, str] = {}
    for sketch in distinct:
        for mark, found in sorted({(unit.mark, unit.place) for unit in sketch.units}):
            places.setdefault(mark, Counter())[found] += 1
        for unit in sketch.units:
            examples.setdefault(unit.mark, unit.text[:_EXAMPLE_CHARS])
        counts.update({unit.mark for unit in sketch.units})
    entries = {
        mark: Entry(count=count, places=dict(sorted(places[mark].items())), example=examples[mark])
        for mark, count in sorted(counts.items())
        if count >= MIN_COUNT
    }
    snapshot = TemplateSnapshot(
        id="",
        pages=len(distinct),
        entries=entries,
        titles={fold(s.title): s.page for s in sample if len(s.title.split()) >= _TITLE_WORDS},
        leads={fold(s.lead)[:_LEAD_CHARS]: s.page for s in sample if len(s.lead) >= PROSE_CHARS},
        constants=_constants(distinct),
    )
    return _named(snapshot)


def _dissimilar(sample: Sequence[Sketch]) -> list[Sketch]:
    """One page of each group of near-copies, compared by their prose; the first in the order of ranks stays."""
    kept: list[tuple[Sketch, dict[str, int]]] = []
    for sketch in sample:
        prose = {u.mark: len(u.text) for u in sketch.units if len(u.text) >= PROSE_CHARS}
        if not any(_copies(prose, other) for _, other in kept):
            kept.append((sketch, prose))
    return [sketch for sketch, _ in kept]


def _copies(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    shared = sum(one[mark] for mark in one.keys() & other.keys())
    return shared > 0 and shared >= _COPY_SHARE * min(sum(one.values()), sum(other.values()))


def _constants(pages: Sequence[Sketch]) -> dict[str, str]:
    values: dict[str, Counter[str]] = {}
    for sketch in pages:
        for source, value in sketch.metadata.items():
            values.setdefault(source, Counter())[value] += 1
    constants = {}
    for source, found in sorted(values.items()):
        value, count = min(found.items(), key=lambda pair: (-pair[1], pair[0]))
        if count >= MIN_PAGES and count >= 0.9 * len(pages):
            constants[source] = value
    return constants


def to_data(snapshot: TemplateSnapshot) -> bytes:
    """The snapshot as JSON, byte-stable: keys sorted."""
    return orjson.dumps(
        {
            "id": snapshot.id,
            "pages": snapshot.pages,
            "entries": {
                mark: {"count": e.count, "places": dict(e.places), "example": e.example}
                for mark, e in snapshot.entries.items()
            },
            "titles": dict(snapshot.titles),
            "leads": dict(snapshot.leads),
            "constants": dict(snapshot.constants),
        },
        option=orjson.OPT_SORT_KEYS,
    )


def from_data(data: bytes) -> TemplateSnapshot:
    """Read what `to_data` wrote; raises ValueError for anything else."""
    try:
        raw = orjson.loads(data)
        entries = {
            m: Entry(count=e["count"], places=e["places"], example=e["example"]) for m, e in raw["entries"].items()
        }
        return TemplateSnapshot(
            id=raw["id"],
            pages=raw["pages"],
            entries=entries,
            titles=raw["titles"],
            leads=raw["leads"],
            constants=raw["constants"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a template snapshot: {error!r}") from None


def _named(snapshot: TemplateSnapshot) -> TemplateSnapshot:
    return TemplateSnapshot(
        id=fingerprint(to_data(snapshot).decode("utf-8", "replace")),
        pages=snapshot.pages,
        entries=snapshot.entries,
        titles=snapshot.titles,
        leads=snapshot.leads,
        constants=snapshot.constants,
    )
