"""Verdicts on blocks, with the evidence that spoke: what `explain` shows and `removed` totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, cast, get_args

from mapexpress.model.record import Removal

# Who may speak on a block, the one that is believed first: what the user told, where the site's own structure puts the
# block, what the page repeats, where the block stands, what it says, what the site's other pages say
Voice = Literal["option", "site_file", "other_article", "structure", "copy", "edge", "phrase", "template"]
# Why a block is none of the article: docs/record.md says what each word means
# fmt: off
Reason = Literal[
    "ad", "aside", "author", "author_box", "box", "byline", "caption", "comments", "consent", "copyright", "credit",
    "date", "dialog", "embed", "feed_footer", "follow", "footer", "form", "header", "heading", "hidden", "language",
    "legal", "links", "listing", "navigation", "newsletter", "not_content", "notice", "other_article", "pager",
    "paywall", "player", "print", "read_more", "reading_time", "related", "repeated", "share", "site_rule", "source",
    "standfirst", "tags", "teaser", "template", "title", "toc", "views",
]
# fmt: on
REASONS: frozenset[str] = frozenset(get_args(Reason))
_RANKS = {voice: rank for rank, voice in enumerate(get_args(Voice))}


def as_reason(word: str) -> Reason:
    """A word of a rule file as one of the reasons. Raises ValueError for one that is none."""
    if word not in REASONS:
        raise ValueError(f"{word!r} is no reason to remove a block; model/verdict.py lists them")
    return cast("Reason", word)


class Verdict(NamedTuple):
    """Why a block is none of the article, and in a line what spoke."""

    reason: Reason
    evidence: str


class Verdicts(dict[int, Verdict]):
    """One verdict a block, by its index. Where several voices speak on one, the first in the order of `Voice` wins,
    whoever spoke first; a voice that says two things of a block is bound to the lesser one in the order of the words.
    What is `wanted` is never a reason: the user keeps it.

    >>> verdicts = Verdicts()
    >>> verdicts.put("structure", {1: Verdict("share", "structure: .share")})
    >>> verdicts.put("other_article", {1: Verdict("other_article", "structure: another post in this one")})
    >>> verdicts.put("template", {1: Verdict("template", "on 9 of 10 pages"), 2: Verdict("template", "on all pages")})
    >>> {block: verdict.reason for block, verdict in verdicts.items()}
    {1: 'other_article', 2: 'template'}
    """

    def __init__(self, wanted: Iterable[Reason] = ()) -> None:
        super().__init__()
        self._wanted = frozenset(wanted)
        self._ranks: dict[int, int] = {}

    def put(self, voice: Voice, found: Mapping[int, Verdict]) -> None:
        """Take what a voice says."""
        rank = _RANKS[voice]
        for block, verdict in found.items():
            if verdict.reason in self._wanted:
                continue
            if block not in self or (rank, verdict) < (self._ranks[block], self[block]):
                self[block], self._ranks[block] = verdict, rank


class Chooser(NamedTuple):
    """What chose a page's main content, and the selector that it did so by, where it has one.

    >>> str(Chooser("platform tagdiv", ".td-post-content")), Chooser.read("scorer+trafilatura").selector
    ('platform tagdiv: .td-post-content', '')
    """

    name: str
    selector: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.selector}" if self.selector else self.name

    @classmethod
    def read(cls, written: str) -> Chooser:
        """What `str` wrote of one."""
        name, _, selector = written.partition(": ")
        return cls(name, selector)


class Decision(NamedTuple):
    """`block` is the index in `Page.blocks` (or the paragraph's index in plain text).

    `reason` is None for kept text;
    `evidence` says in a line what spoke ("structure: .td-a-rec", "phrase: footer fr_FR, title matches").
    `inside` tells whether the block stands inside the article's region (only those are totalled in a record).
    """

    block: int
    reason: Reason | None = None
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
