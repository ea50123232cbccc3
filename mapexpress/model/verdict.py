"""A verdict on one block, with the evidence that spoke: what `explain` shows and `removed` totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mapexpress.model.record import Removal


class Decision(NamedTuple):
    """`block` is the index in `Page.blocks` (or the paragraph's index in plain text).

    `reason` is None for kept text, else a short word (`share`, `related`, `feed_footer`, `ad`, `template`, …);
    `evidence` says in a line what spoke ("structure: .td-a-rec", "phrase: footer fr_FR, title matches").
    `inside` tells whether the block stands inside the article's region (only those are totalled in a record).
    """

    block: int
    reason: str | None = None
    evidence: str = ""
    inside: bool = True
    text: str = ""

    @property
    def kept(self) -> bool:
        return self.reason is None


def totals(decisions: Iterable[Decision]) -> list[Removal]:
    """Removed blocks and characters by reason, inside the article's region, sorted by reason."""
    sums: dict[str, tuple[int, int]] = {}
    for d in decisions:
        if d.reason is not None and d.inside:
            blocks, chars = sums.get(d.reason, (0, 0))
            sums[d.reason] = (blocks + 1, chars + len(d.text))
    return [Removal(reason=r, blocks=b, chars=c) for r, (b, c) in sorted(sums.items())]
