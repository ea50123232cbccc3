"""The page's blocks beside the paragraphs of the record that they became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mapexpress.model.verdict import Decision

Side = Literal["kept", "removed", "outside"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Shown:
    """A block with its verdict; `page` counts the article's pages from 0."""

    page: int
    decision: Decision

    @property
    def side(self) -> Side:
        """Where the block went."""
        return "kept" if self.decision.kept else "removed" if self.decision.inside else "outside"


@dataclass(slots=True, kw_only=True)
class Row:
    """Neighbouring blocks of the page and the paragraphs that stand in the record for them."""

    side: Side
    blocks: list[Shown] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)


def side_by_side(pages: Sequence[Sequence[Decision]], text: str) -> list[Row]:
    """Rows in page order that hold every block and every paragraph once.

    A paragraph stands beside the first of the blocks that it is made of; blocks that were removed between two of them
    stay in its row. A paragraph that no block shows has a row of its own.
    """
    paragraphs = [p for p in text.split("\n\n") if p]
    plain = [_letters(p) for p in paragraphs]
    rows: list[Row] = []
    next_paragraph, pending = 0, list[Shown]()
    open_row: Row | None = None
    for shown in _all(pages):
        if shown.side != "kept":
            pending.append(shown)
            continue
        words = _letters(shown.decision.text)
        if open_row is not None and words and words in _letters("".join(open_row.paragraphs)):
            open_row.blocks += [*pending, shown]
            pending = []
            continue
        rows += _runs(pending)
        pending = []
        place, found = _found(words, plain, next_paragraph)
        for skipped in range(next_paragraph, place if found else next_paragraph):
            rows.append(Row(side="kept", paragraphs=[paragraphs[skipped]]))
        open_row = Row(side="kept", blocks=[shown], paragraphs=paragraphs[place : place + found])
        if found:
            next_paragraph = place + found
        rows.append(open_row)
    rows += _runs(pending)
    rows += [Row(side="kept", paragraphs=[p]) for p in paragraphs[next_paragraph:]]
    return rows


def _all(pages: Sequence[Sequence[Decision]]) -> Iterator[Shown]:
    for number, decisions in enumerate(pages):
        for decision in decisions:
            yield Shown(page=number, decision=decision)


def _runs(blocks: Iterable[Shown]) -> list[Row]:
    rows: list[Row] = []
    for shown in blocks:
        if not rows or rows[-1].side != shown.side:
            rows.append(Row(side=shown.side))
        rows[-1].blocks.append(shown)
    return rows


def _found(words: str, plain: Sequence[str], start: int) -> tuple[int, int]:
    """The place of the next paragraph that a block shows, and how many of them it shows; (start, 0) for none."""
    if not words:
        return start, 0
    for place in range(start, len(plain)):
        if words in plain[place]:
            return place, 1
        if plain[place] and plain[place] in words:
            count = 1
            while place + count < len(plain) and plain[place + count] in words:
                count += 1
            return place, count
    return start, 0


def _letters(text: str) -> str:
    """Only letters and figures: white space, bullets and cell borders are the record's own."""
    return "".join(filter(str.isalnum, text))
