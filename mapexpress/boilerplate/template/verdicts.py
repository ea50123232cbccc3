"""What a site template says about the blocks that a page's own evidence has kept.

Repetition alone removes nothing between two kept paragraphs: real sentences recur (a bulletin's standing sentence, a
dateline, an agency's signature). Place and structure decide with it. Nor does likeness to another article's headline or
lead, which whoever may publish on the site can choose: there a link must lead to that article, at the edge a paragraph
of the article's own is spared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from mapexpress.boilerplate.lines import PROSE_WORDS
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.template.snapshot import Entry, TemplateSnapshot
from mapexpress.boilerplate.template.units import COMMON, CUT, FIGURE, TEXT, Unit, uncut
from mapexpress.model.verdict import Verdict
from mapexpress.text.sentences import CLOSERS, FULL_STOPS
from mapexpress.text.signatures import is_dateline, is_signature
from mapexpress.web.addresses import identity

# A block at the edge of the article but elsewhere in the tree than its paragraphs: seldom seen is enough. Above the
# article a heading or a sentence may be its standfirst.
_EDGE_SHARE, _HEAD_SHARE = 0.08, 0.6
# At the edge and among the paragraphs: a signature or a bulletin's last sentence looks the same, but only a part of
# the site's articles carries it. The share is one that the sample is sure of.
SAME_PLACE_SHARE = 0.6
SAME_PLACE_PAGES = 10
_SHORTEST = 4  # words: what is shorter among the paragraphs of a page is a signature, a place or a subheading
# Between two paragraphs, in a place of its own: an inserted box, which may take turns with others
_INSIDE_SHARE, _INSIDE_SURE = 0.3, 0.12
_PROMOTED_SHARE = 0.2  # of a sentence with a link in it, at the edge; of a line that is a link, anywhere
_LINKED = 0.8  # share of characters in links: a teaser is its link
_SOME_LINK = 0.1
_ANNOUNCING = 0.4  # of a line "Lire aussi : <a>headline</a>"
# Share of its occurrences in which a block stands between two paragraphs: a footer never does, a standing sentence may
MOSTLY_EDGE = 0.1
_ELLIPSES = ("…", "...", "…]", "...]")
_HEADING, _CELL = re.compile(r"h[1-6](?![\w-])"), re.compile(r"t[dh](?![\w-])")  # of a place's innermost element
_ITEM = re.compile(r"(?:li|dd|dt)(?![\w-])")
_BARE_LIST = re.compile(r"(?:ul|ol|dl)(?![\w.-])")
# Elements that stand among an article's paragraphs and belong to it: place.split(" < ") up to what holds them all
_FLOWING = re.compile(r"(?:p|blockquote|q|cite|pre|em|strong|b|i|li|dd|dt|h[1-6])(?![\w-])|(?:ul|ol|dl)(?![\w.-])")


def judge(
    units: Sequence[Unit],
    snapshot: TemplateSnapshot,
    *,
    page: str,
    trusted: frozenset[int] = frozenset(),
    leads_to: Callable[[int], Collection[str]] = lambda _: (),
) -> dict[int, Verdict]:
    """Verdicts on kept units, by their index ("template" or "teaser").

    `units` are the kept blocks of one page in its order, `page` its id in the sample, `trusted` the indices that
    stronger evidence has decided (a standfirst by the platform's selector): they are never removed. `leads_to` gives
    the addresses that the links in a block lead to, by its index.
    """
    if not snapshot.is_learned or not units:
        return {}
    judging = _Judging(units, snapshot, page, trusted, leads_to)
    judging.edges()
    if len(judging.verdicts) == len(units):
        return {}  # nothing of its own: the page level knows better than an empty article
    judging.insides()
    return judging.verdicts


class _Judging:
    """The kept units of one page on their way."""

    def __init__(
        self,
        units: Sequence[Unit],
        snapshot: TemplateSnapshot,
        page: str,
        trusted: frozenset[int],
        leads_to: Callable[[int], Collection[str]],
    ) -> None:
        self.leads_to = leads_to
        self.snapshot = snapshot
        self.units = [self._better_known(unit) for unit in units]
        self.page = page
        self.trusted = trusted
        self.verdicts: dict[int, Verdict] = {}
        self.body = self._body_place()
        # a bare <div> around each paragraph is a paragraph
        self.container = _container(self.body.removeprefix("div < "))
        self.mixed = self._mixed_lists()

    def _better_known(self, unit: Unit) -> Unit:
        """A block by its words where more pages carry these than carry them with another writer or section in them."""
        if not unit.worded or unit.mark in COMMON:
            return unit
        known = self._share(unit, unit.worded) > self._share(unit, unit.mark)
        return replace(unit, mark=unit.worded, worded="") if known else replace(unit, worded="")

    def _share(self, unit: Unit, mark: str) -> float:
        """The share of pages with this mark where the unit stands."""
        return self.snapshot.share_at(mark, unit.place, titled=unit.titled)

    def _sure_share(self, unit: Unit, mark: str) -> float:
        return self.snapshot.sure_share_at(mark, unit.place, titled=unit.titled)

    def _body_place(self) -> str:
        """The place of the article's own paragraphs: where most characters stand that no other page has."""
        prose: Counter[str] = Counter()
        chars: Counter[str] = Counter()
        for unit in self.units:
            own = len(unit.text) if unit.mark not in self.snapshot.entries else 0
            chars[unit.place] += own
            prose[unit.place] += own if unit.is_prose else 0
        return min(chars, key=lambda place: (-prose[place], -chars[place], place))

    def _mixed_lists(self) -> set[int]:
        """Items of lists that hold something of this page alone: ingredients and figures return, lists differ."""
        mixed: set[int] = set()
        for place, group in groupby(self.units, key=lambda unit: unit.place):
            items = list(group) if _ITEM.match(place) else []
            if any(self.snapshot.entry(unit.mark) is None and unit.link_share < _LINKED for unit in items):
                mixed |= {unit.index for unit in items}
        return mixed

    def edges(self) -> None:
        for at_head, ordered in ((True, self.units), (False, self.units[::-1])):
            for unit in ordered:
                if unit.index in self.verdicts:
                    continue
                verdict = None if unit.index in self.trusted else self._at_edge(unit, at_head=at_head)
                if verdict is None:
                    break
                self.verdicts[unit.index] = verdict

    def insides(self) -> None:
        # upwards first: a heading goes with what it heads, a figure with the template beside it
        for ordered, upwards in ((self.units[::-1], True), (self.units, False), (self.units[::-1], True)):
            beside: Unit | None = None
            for unit in ordered:
                beside_template = beside is not None and beside.index in self.verdicts
                if unit.index not in self.verdicts and unit.index not in self.trusted:
                    if _HEADING.match(unit.place):
                        may_go = upwards and (beside_template or beside is None)
                    else:
                        may_go = beside_template or unit.mark not in COMMON
                    verdict = self._inside(unit) if may_go else None
                    if verdict is not None:
                        self.verdicts[unit.index] = verdict
                beside = unit

    def _seen_on(self, share: float, where: str, *, how: str = "on") -> Verdict:
        return Verdict("template", f"template: {how} {share:.0%} of {self.snapshot.pages} pages, {where}")

    def _at_edge(self, unit: Unit, *, at_head: bool) -> Verdict | None:
        teaser = _teaser(unit, self.snapshot, self.page)
        if teaser is not None and not self._may_be_own(unit):
            return teaser[0]
        entry = self.snapshot.entry(unit.mark)
        if not at_head and self._is_apart(unit) and unit.text.rstrip().endswith(_ELLIPSES):
            # it may be too short to tell by itself ("Rabat, 7 June…"): it is cut off where the site cuts off
            share = self.snapshot.share_at(CUT, unit.place)
            if share >= _EDGE_SHARE:
                return Verdict(
                    "template", f"template: cut off as on {share:.0%} of {self.snapshot.pages} pages, at this place"
                )
        if entry is None or unit.index in self.mixed or self._is_own(unit, entry):
            return None
        share = self._share(unit, unit.mark)
        if self._is_apart(unit):
            may_be_standfirst = at_head and not unit.link_share and not unit.titled
            may_be_standfirst = may_be_standfirst and (_is_sentence(unit) or bool(_HEADING.match(unit.place)))
            if share >= (_HEAD_SHARE if may_be_standfirst else _EDGE_SHARE):
                return Verdict(
                    "template", f"template: on {share:.0%} of {self.snapshot.pages} pages, outside the paragraphs"
                )
            return None
        return self._among_paragraphs(unit, entry, share)

    def _among_paragraphs(self, unit: Unit, entry: Entry, share: float) -> Verdict | None:
        """Verdict on a block at the edge that stands where the paragraphs stand: nearly every page must carry it."""
        worded = self.snapshot.entry(unit.worded)
        if worded is not None:
            share = self._share(unit, unit.worded)
            return self._among_paragraphs(replace(unit, mark=unit.worded, worded=""), worded, share)
        if unit.mark in COMMON or entry.inside > MOSTLY_EDGE * entry.count:
            return None  # it has its place between paragraphs elsewhere
        sure = self._sure_share(unit, unit.mark)
        if unit.link_share >= _SOME_LINK and sure >= _PROMOTED_SHARE:
            return self._seen_on(share, "with a link")
        short = unit.words < _SHORTEST and unit.place == self.body != TEXT
        if sure < SAME_PLACE_SHARE or self.snapshot.pages < SAME_PLACE_PAGES or short:
            return None
        return self._seen_on(share, "at the article's edge")

    def _inside(self, unit: Unit) -> Verdict | None:
        entry = self.snapshot.entry(unit.mark)
        if unit.link_share >= _LINKED:
            teaser = _teaser(unit, self.snapshot, self.page)
            if teaser is not None and identity(teaser[1]) in map(identity, self.leads_to(unit.index)):
                return teaser[0]
        if entry is None or unit.index in self.mixed or self._is_own(unit, entry):
            return None
        share = self._share(unit, unit.mark)
        sure = self._sure_share(unit, unit.mark)
        if unit.worded and self._sure_share(unit, unit.worded) >= _PROMOTED_SHARE:
            share = self._share(unit, unit.worded)
            return self._seen_on(share, "the same link")
        if unit.link_share >= _ANNOUNCING and sure >= _PROMOTED_SHARE and unit.mark not in COMMON:
            return self._seen_on(share, "mostly a link")
        if self._is_apart(unit) and (share >= _INSIDE_SHARE or sure >= _INSIDE_SURE) and not _CELL.match(unit.place):
            return Verdict(
                "template", f"template: on {share:.0%} of {self.snapshot.pages} pages, in a place of its own"
            )
        return None

    def _is_apart(self, unit: Unit) -> bool:
        """Whether a block stands elsewhere in the tree than the paragraphs and what stands among them."""
        if unit.place == self.body:
            return False
        if unit.link_share >= _LINKED:
            return True
        return _container(unit.place) != self.container

    def _may_be_own(self, unit: Unit) -> bool:
        """Whether a block that reads like another article's headline or lead may be a paragraph of this one.

        A teaser is a link, or stands elsewhere than the paragraphs; where the HTML is lost its headline has no full
        stop. Headlines are not believed beyond that: three reader's blogs named like the last three sentences of an
        article would take them away.
        """
        if unit.link_share >= _LINKED:
            return False
        is_stopped = unit.text.rstrip(CLOSERS)[-1:] in FULL_STOPS and unit.mark != CUT
        return is_stopped or not (self._is_apart(unit) or unit.place == TEXT)

    def _is_own(self, unit: Unit, entry: Entry) -> bool:
        """Whether a block that returns says something of its page: other numbers, a place, who wrote it."""
        if self._is_apart(unit) and unit.place != TEXT and not _ITEM.match(unit.place):
            return False
        if unit.mark == FIGURE:
            return is_dateline(unit.text)
        return is_signature(unit.text) or (entry.varies and (_is_sentence(unit) or bool(_ITEM.match(unit.place))))


def _container(place: str) -> str:
    """What holds a block and its siblings: the innermost element that is more than a paragraph, a list or a quotation.

    >>> _container("p < blockquote < div.texte"), _container("div.boite < div.texte"), _container("li < ul.partage")
    ('div.texte', 'div.boite', 'ul.partage')
    """
    levels = place.split(" < ")
    return next((level for level in levels if not _FLOWING.match(level)), levels[-1])


def _is_sentence(unit: Unit) -> bool:
    return unit.words >= PROSE_WORDS


def _teaser(unit: Unit, snapshot: TemplateSnapshot, page: str) -> tuple[Verdict, str] | None:
    """A block that is the headline, or the cut-off beginning, of another article of the site; and which one's."""
    folded = fold(unit.text)
    owner = snapshot.titles.get(folded)
    if owner is not None and owner != page:
        return Verdict("teaser", f"title of {owner}"), owner
    beginning = uncut(unit.text)
    if beginning is not None:
        beginning = fold(beginning)
        owner = _lead_owner(beginning, snapshot.leads, page)
        if owner is not None:
            return Verdict("teaser", f"cut-off lead of {owner}"), owner
    return None


def _lead_owner(beginning: str, leads: Mapping[str, str], page: str) -> str | None:
    return next((owner for lead, owner in leads.items() if owner != page and lead.startswith(beginning)), None)
