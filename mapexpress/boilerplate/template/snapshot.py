"""The site template: what returns on dissimilar pages of one site, learned from a sample, frozen with an id.

The order of pages never matters (see `sample`). Pages that are near-copies of each other count once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from statistics import median

import orjson

from mapexpress.boilerplate.lines import PROSE_CHARS
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.template.sample import SAMPLE_PAGES, SKETCH_VERSION, Sketch, merge
from mapexpress.boilerplate.template.units import COMMON, fingerprint
from mapexpress.boilerplate.template.voices import Voices
from mapexpress.text.lengths import amounts, count_words

# With fewer dissimilar pages nothing is template: on sibling pages real text repeats as often as boilerplate does
# (measured on the development pages: removing what one sibling repeats deletes text).
MIN_PAGES = 6
MIN_COUNT = 3  # pages a block must return on
_SURE = 1.645  # standard deviations: one-sided 95 %
_COPY_SHARE = 0.8  # of the characters of prose that two near-copies share
_LEAD_CHARS = 400  # of a page's lead: the longest excerpts of WordPress themes, 55 words, fit
_ODD = 0.1  # share of its pages on which a block may have other numbers than on the rest: a price that changed
_FIRST_TOLD = 3  # the version of the sketches in all snapshots that do not say it
_TITLE_WORDS = 4  # shorter headlines are words of other texts as well


@dataclass(slots=True, frozen=True, kw_only=True)
class Entry:
    """A block that returns: on how many dissimilar pages, at which places, and one page's wording of it.

    `inside` counts the pages where it stands between two paragraphs that no other page has; `varies` tells whether its
    numbers differ from page to page, on more than a tenth of its pages. `heard` holds, of the places where nearly all
    pages are of one author or day, the pages it counts for there (`Voices`).
    """

    count: int
    places: Mapping[str, int]
    example: str
    inside: int = 0
    varies: bool = False
    heard: Mapping[str, int] = field(default_factory=dict)

    def pages_at(self, place: str, *, titled: bool = False) -> int:
        """The pages that it counts for at a place; all of them in a block that holds the page's title (`titled`)."""
        count = self.places.get(place, 0)
        return count if titled else self.heard.get(place, count)


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

    def entry(self, mark: str) -> Entry | None:
        """What is known of a block that returns; None for a block of one page, or while too little is known."""
        return self.entries.get(mark) if self.is_learned else None

    def share(self, mark: str) -> float:
        """Share of the dissimilar pages that carry a block, 0 for what returns on fewer than `MIN_COUNT`."""
        entry = self.entries.get(mark)
        return entry.count / self.pages if entry and self.is_learned else 0.0

    def share_at(self, mark: str, place: str, *, titled: bool = False) -> float:
        """Share of the dissimilar pages that carry a block at this place: a widget's label may head a section too."""
        entry = self.entry(mark)
        return entry.pages_at(place, titled=titled) / self.pages if entry else 0.0

    def sure_share_at(self, mark: str, place: str, *, titled: bool = False) -> float:
        """The share of all the site's pages that carry a block at this place, as surely as the sample tells it.

        The lower end of a one-sided 95 % interval (Wilson, 1927): on 20 pages 20 are 88 % of the site, 16 are 62 %.
        """
        entry = self.entry(mark)
        return _lower(entry.pages_at(place, titled=titled), self.pages) if entry else 0.0

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


def _lower(count: int, pages: int) -> float:
    """The lower end of Wilson's interval.

    >>> round(_lower(20, 20), 2), round(_lower(16, 20), 2), _lower(0, 20)
    (0.88, 0.62, 0.0)
    """
    share, square = count / pages, _SURE * _SURE
    spread = _SURE * sqrt(share * (1 - share) / pages + square / (4 * pages * pages))
    return max(0.0, (share + square / (2 * pages) - spread) / (1 + square / pages))


def learn_template(pages: Iterable[Sketch], *, size: int = SAMPLE_PAGES) -> TemplateSnapshot:
    """Count masked blocks over a sample of dissimilar pages; the same for any order and any grouping of pages."""
    sample = merge(pages, size=size)
    distinct = _dissimilar(sample)
    entries = _entries(distinct)
    snapshot = TemplateSnapshot(
        id="",
        pages=len(distinct),
        entries=entries,
        titles={fold(s.title): s.page for s in sample if count_words(s.title) >= _TITLE_WORDS},
        leads={fold(s.lead)[:_LEAD_CHARS]: s.page for s in sample if amounts(s.lead)[0] >= PROSE_CHARS},
        constants=_constants(distinct),
        found_by=dict(sorted(Counter(s.found_by for s in distinct if s.found_by).items())),
        kept=round(median(s.kept for s in distinct), 4) if distinct else 0.0,
    )
    return replace(snapshot, id=fingerprint(_packed(snapshot, {}).decode("utf-8", "replace")))


def _entries(pages: Sequence[Sketch]) -> dict[str, Entry]:
    counts: Counter[str] = Counter()
    for sketch in pages:
        counts.update({trace.mark for trace in sketch.traces})
    returning = {mark for mark, count in counts.items() if count >= MIN_COUNT}
    places: dict[str, dict[str, list[int]]] = {mark: {} for mark in returning}
    numbers: dict[str, Counter[str]] = {mark: Counter() for mark in returning}
    examples: dict[str, str] = {}
    inside: dict[str, list[int]] = {mark: [] for mark in returning}
    for number, sketch in enumerate(pages):
        for mark, found in {(trace.mark, trace.place) for trace in sketch.traces if trace.mark in returning}:
            places[mark].setdefault(found, []).append(number)
        paragraphs = [
            n for n, t in enumerate(sketch.traces) if t.own and t.chars >= PROSE_CHARS and counts[t.mark] == 1
        ]
        between = range(paragraphs[0] + 1, paragraphs[-1]) if paragraphs else range(0)
        for mark in {sketch.traces[n].mark for n in between if sketch.traces[n].mark in returning}:
            inside[mark].append(number)
        for mark, figures in {(trace.mark, trace.numbers) for trace in sketch.traces if trace.mark in returning}:
            numbers[mark][figures] += 1
        for trace in sketch.traces:
            if trace.mark in returning:
                examples.setdefault(trace.mark, trace.example)
    voices = Voices(pages)
    return {
        mark: Entry(
            count=counts[mark],
            places={place: len(carriers) for place, carriers in sorted(places[mark].items())},
            example=examples[mark],
            inside=_inside(inside[mark], places[mark], voices),
            varies=numbers[mark].total() - max(numbers[mark].values()) > _ODD * counts[mark],
            heard={
                place: heard
                for place, carriers in sorted(places[mark].items())
                if (heard := voices.weighed(carriers)) < len(carriers)
            },
        )
        for mark in sorted(returning)
    }


def _inside(pages: Sequence[int], places: Mapping[str, Sequence[int]], voices: Voices) -> int:
    """Pages where a block stands between paragraphs, unless they alone are of one author or day."""
    carriers = {number for found in places.values() for number in found}
    return len(pages) if voices.several(pages, carriers) else 0


def _dissimilar(sample: Sequence[Sketch]) -> list[Sketch]:
    """One page of each group of near-copies, the first in the order of ranks; compared by the prose of their articles.

    What every page shows beside its article (a consent text, a list of teasers) makes short articles no copies.
    """
    kept: list[tuple[Sketch, dict[str, int]]] = []
    for sketch in sample:
        prose = {t.mark: t.chars for t in sketch.traces if t.own and t.chars >= PROSE_CHARS and t.mark not in COMMON}
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


class OtherVersionError(ValueError):
    """A snapshot whose sketches were made by another version: its fingerprints are not those of today's pages."""


def to_data(snapshot: TemplateSnapshot) -> bytes:
    """The snapshot as JSON, byte-stable: keys sorted."""
    return _packed(snapshot, {"version": SKETCH_VERSION})


def _packed(snapshot: TemplateSnapshot, more: Mapping[str, int]) -> bytes:
    return orjson.dumps(
        {
            **more,
            "id": snapshot.id,
            "pages": snapshot.pages,
            "entries": {
                mark: {
                    "count": e.count,
                    "places": dict(e.places),
                    "example": e.example,
                    "inside": e.inside,
                    "varies": e.varies,
                    **({"heard": dict(e.heard)} if e.heard else {}),
                }
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
    """Read what `to_data` wrote; raises ValueError for anything else, OtherVersionError for another version's."""
    try:
        raw = orjson.loads(data)
        version = raw.get("version", _FIRST_TOLD)
        if version != SKETCH_VERSION:
            raise OtherVersionError(f"it is of version {version} of the sketches, not {SKETCH_VERSION}")
        entries = {
            mark: Entry(
                count=e["count"],
                places=e["places"],
                example=e["example"],
                inside=e.get("inside", 0),
                varies=e.get("varies", False),
                heard=e.get("heard", {}),
            )
            for mark, e in raw["entries"].items()
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
