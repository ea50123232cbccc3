"""The site template: what returns on dissimilar pages of one site, learned from a sample, frozen with an id.

The order of pages never matters (see `sample`). Pages that are near-copies of each other count once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import orjson

from mapexpress.boilerplate.lines import PROSE_CHARS
from mapexpress.boilerplate.masks import fingerprint
from mapexpress.boilerplate.phrases import fold
from mapexpress.boilerplate.sample import SAMPLE_PAGES, Sketch, merge

# With fewer dissimilar pages nothing is template: on sibling pages real text repeats as often as boilerplate does
# (measured on the development pages: removing what one sibling repeats deletes text).
MIN_PAGES = 6
MIN_COUNT = 3  # pages a block must return on
_COPY_SHARE = 0.8  # of the characters of prose that two near-copies share
_LEAD_CHARS = 400  # of a page's lead: the longest excerpts of WordPress themes, 55 words, fit
_TITLE_WORDS = 4  # shorter headlines are words of other texts as well


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
    `constants` are metadata values that are the same on (nearly) all pages. `found_by` counts what chose the main
    content, `kept` is the median share of a page's characters that is text: both tell a change of layout.
    """

    id: str
    pages: int = 0
    entries: Mapping[str, Entry] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    found_by: Mapping[str, int] = field(default_factory=dict)
    kept: float = 0.0

    @property
    def is_learned(self) -> bool:
        return self.pages >= MIN_PAGES

    def share(self, mark: str) -> float:
        """Share of the dissimilar pages that carry a block, 0 for what returns on fewer than `MIN_COUNT`."""
        entry = self.entries.get(mark)
        return entry.count / self.pages if entry and self.is_learned else 0.0

    def share_at(self, mark: str, place: str) -> float:
        """Share of the dissimilar pages that carry a block at this place: a widget's label may head a section too."""
        entry = self.entries.get(mark)
        return entry.places.get(place, 0) / self.pages if entry and self.is_learned else 0.0

    def is_constant(self, source: str, value: str) -> bool:
        """Whether a metadata value is the theme's and not the article's: the same on all pages of the sample.

        `source` is the name the sketches gave it ("meta:article:published_time", "json-ld:image").
        """
        return self.is_learned and self.constants.get(source) == value

    def without(self, pages: Collection[str]) -> TemplateSnapshot:
        """The same template, of the same name, that no longer knows the headlines and leads of some pages."""
        return replace(
            self,
            titles={title: page for title, page in self.titles.items() if page not in pages},
            leads={lead: page for lead, page in self.leads.items() if page not in pages},
        )


def learn_template(pages: Iterable[Sketch], *, size: int = SAMPLE_PAGES) -> TemplateSnapshot:
    """Count masked blocks over a sample of dissimilar pages; the same for any order and any grouping of pages."""
    sample = merge(pages, size=size)
    distinct = _dissimilar(sample)
    counts: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    examples: dict[str, str] = {}
    for sketch in distinct:
        for mark, found in sorted({(trace.mark, trace.place) for trace in sketch.traces}):
            places.setdefault(mark, Counter())[found] += 1
        for trace in sketch.traces:
            examples.setdefault(trace.mark, trace.example)
        counts.update({trace.mark for trace in sketch.traces})
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
        found_by=dict(sorted(Counter(s.found_by for s in distinct if s.found_by).items())),
        kept=round(median(s.kept for s in distinct), 4) if distinct else 0.0,
    )
    return replace(snapshot, id=fingerprint(to_data(snapshot).decode("utf-8", "replace")))


def _dissimilar(sample: Sequence[Sketch]) -> list[Sketch]:
    """One page of each group of near-copies, the first in the order of ranks; compared by the prose of their articles.

    What every page shows beside its article (a consent text, a list of teasers) makes short articles no copies.
    """
    kept: list[tuple[Sketch, dict[str, int]]] = []
    for sketch in sample:
        prose = {t.mark: t.chars for t in sketch.traces if t.own and t.chars >= PROSE_CHARS}
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
            "found_by": dict(snapshot.found_by),
            "kept": snapshot.kept,
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
            found_by=raw["found_by"],
            kept=raw["kept"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a template snapshot: {error!r}") from None
