"""A change of layout, noticed and named: what a run's pages no longer show of the template they were judged by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from mapexpress.model.verdict import Chooser

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.sample import Sketch
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot

_Placed = tuple[str, str]  # a block's mark and its place
LEAST_PAGES = 5  # of a run: fewer may be of one odd section
LEAST_STRANGERS = 3  # pages, where all of a run's have hardly a block of the template
_LEAST_STEADY = (
    2  # blocks on nearly all pages: one that lacks them all is of a tenth at most, three in a row of a thousandth
)
_STEADY = 0.9  # share of the template's pages: what stands on nine of ten is the theme's
_USUAL = 0.6  # share of the template's pages from which on a selector is the one that the site is read by
_VANISHED = 0.8  # share of the run's pages that must miss it: one page in five may be from a cache
_MOST_VANISHED = 0.5  # of the steady blocks: themes lose and gain single boxes all the time
_SHIFT = 2.0  # times more or less of a page is text: beyond what sections of one site differ by
_MOST_SHARES = 1000  # kept for the median
_EXAMPLE_CHARS = 60


@dataclass(slots=True)
class Layout:
    """Counts of a run's article pages against a snapshot, or against the selectors that a site file names."""

    snapshot: TemplateSnapshot | None = None
    selectors: tuple[str, ...] = ()
    pages: int = 0
    strangers: int = 0
    found_by: Counter[str] = field(default_factory=Counter)
    blocks: Counter[_Placed] = field(default_factory=Counter)
    kept: list[float] = field(default_factory=list)
    _placed: tuple[TemplateSnapshot | None, dict[_Placed, str]] | None = None

    @property
    def compares(self) -> bool:
        """Whether anything is known that pages may no longer show."""
        return bool(self.selectors) or (self.snapshot is not None and self.snapshot.is_learned)

    def see(self, sketch: Sketch) -> None:
        """Count one page."""
        self.pages += 1
        self.found_by[sketch.found_by] += 1
        self.strangers += self.is_stranger(sketch)
        self.blocks.update({(t.mark, t.place) for t in sketch.traces} & self._steady().keys())
        if len(self.kept) < _MOST_SHARES:
            self.kept.append(sketch.kept)

    def is_stranger(self, sketch: Sketch) -> bool:
        """Whether a page lacks half of what stands on nearly all pages of the template: its layout is another one."""
        steady = self._steady()
        shown = len({(t.mark, t.place) for t in sketch.traces} & steady.keys())
        return len(steady) >= _LEAST_STEADY and shown < _MOST_VANISHED * len(steady)

    @property
    def is_another(self) -> bool:
        """Whether a run's pages are of another layout than the template's, but for one in five."""
        return self.pages >= LEAST_STRANGERS and self.strangers >= _VANISHED * self.pages

    def changes(self) -> list[str]:
        """A sentence for each thing that changed; none for a run of few pages, unless all are strangers."""
        if self.pages < (LEAST_STRANGERS if self.strangers == self.pages else LEAST_PAGES):
            return []
        return [*self._selectors(), *self._blocks(), *self._share()]

    def _steady(self) -> dict[_Placed, str]:
        """Blocks with the place where nearly every page has them: elsewhere the template knows nothing of them."""
        if self._placed is None or self._placed[0] is not self.snapshot:
            self._placed = self.snapshot, self._placed_in_snapshot()
        return self._placed[1]

    def _placed_in_snapshot(self) -> dict[_Placed, str]:
        entries = self.snapshot.entries if self.snapshot is not None and self.snapshot.is_learned else {}
        least = _STEADY * self._learned
        return {
            (mark, place): e.example
            for mark, e in entries.items()
            if e.count >= least
            for place, count in e.places.items()
            if count >= least
        }

    @property
    def _learned(self) -> int:
        return self.snapshot.pages if self.snapshot is not None else 0

    def _selectors(self) -> list[str]:
        found = Counter[str]()
        for by, count in self.found_by.items():
            found[Chooser.read(by).selector] += count
        expected: Counter[str] = Counter()
        if self.snapshot is not None and self.snapshot.is_learned:
            for by, count in self.snapshot.found_by.items():
                expected[Chooser.read(by).selector] += count
        gone = [
            css
            for css, count in expected.items()
            if css and count >= _USUAL * self._learned and found[css] <= (1 - _VANISHED) * self.pages
        ]
        if self.selectors and not any(found[css] for css in self.selectors):
            gone = list(dict.fromkeys([*gone, self.selectors[0]]))
        return [f"`{css}` no longer found on {self.pages - found[css]} of {self.pages} pages" for css in gone]

    def _blocks(self) -> list[str]:
        steady = self._steady()
        gone = [placed for placed in steady if self.blocks[placed] <= (1 - _VANISHED) * self.pages]
        if not gone or len(gone) < _MOST_VANISHED * len(steady):
            return []
        example = " ".join(steady[min(gone)].split())[:_EXAMPLE_CHARS]
        return [
            f"{len(gone)} of {len(steady)} blocks of the template no longer at their places on {self.pages} pages,"
            f' such as "{example}"'
        ]

    def _share(self) -> list[str]:
        before = self.snapshot.kept if self.snapshot is not None and self.snapshot.is_learned else 0.0
        now = median(self.kept)
        if not before or before / _SHIFT <= now <= before * _SHIFT:
            return []
        return [f"{now:.0%} of a page is kept as text, {before:.0%} before"]
