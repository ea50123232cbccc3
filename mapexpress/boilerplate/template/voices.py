"""How much the pages of one author, or of one day, may teach: whoever may publish on a site would else teach it alone.

What a theme prints stands on the others' pages as well. So the share of a block is at most twice the share of the
pages that are not of the one author, or the one day, that carries it most; where the others are too few to tell, it is
the share that was counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.sample import Sketch

_CHANCE = 0.05  # that a block of the theme is on none of the others' pages only by chance: below it they have a say
_AT_MOST = 2  # times the others' share: boxes are not spread evenly


class Voices:
    """Authors and days of a sample's pages; one that names none is of the unnamed one."""

    def __init__(self, pages: Sequence[Sketch]) -> None:
        self._pages = len(pages)
        self._groupings = [[sketch.author for sketch in pages], [sketch.day for sketch in pages]]
        self._sizes = [Counter(grouping) for grouping in self._groupings]
        self._biggest = [max(sizes.values(), default=0) for sizes in self._sizes]

    def weighed(self, carriers: Collection[int]) -> int:
        """How many pages a block counts for that these pages carry: all, unless nearly all are of one voice.

        >>> from mapexpress.boilerplate.template.sample import Sketch
        >>> voices = Voices([Sketch(page=str(n), traces=(), author="ab"[n < 6], day=str(n)) for n in range(40)])
        >>> voices.weighed(range(6)), voices.weighed(range(7)), voices.weighed(range(0, 40, 5))
        (0, 2, 8)
        """
        count = len(carriers)
        for grouping, sizes, biggest in zip(self._groupings, self._sizes, self._biggest, strict=True):
            if len(sizes) == 1 or len(carriers) >= _AT_MOST * biggest:  # no one voice carries it to where it is bounded
                continue
            found = Counter(grouping[n] for n in carriers)
            loudest = min(found, key=lambda name: (-found[name], name))
            others = self._pages - sizes[loudest]
            if (1 - len(carriers) / self._pages) ** others < _CHANCE:
                said = len(carriers) - found[loudest]
                count = min(count, _AT_MOST * said * self._pages // others)
        return count

    def several(self, some: Collection[int], carriers: Collection[int]) -> bool:
        """Whether `some` of a block's `carriers` are of two authors and days, as far as the carriers themselves are."""
        return all(
            len({grouping[n] for n in some}) > 1 or len({grouping[n] for n in carriers}) < 2
            for grouping in self._groupings
        )
