"""Blocks of a page as the site template sees them: the page's own words masked, a fingerprint, a place.

HTML blocks and lines of plain text become the same `Unit`s, so that one template serves both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from mapexpress.boilerplate.lines import PROSE_CHARS, UNSTOPPED_CHARS, Line, is_figure
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.model.page import Block, Node, Page
from mapexpress.text.lengths import count_words, is_spaceless, worth
from mapexpress.text.sentences import ends_sentence, needs_no_stop

_LEVELS = 3  # elements of a place: deep enough to tell a sidebar's paragraphs from the article's
_SHORTEST_SLOT = 3  # characters: shorter values stand in other words by chance
_DATE_CHARS = 60  # a date with its weekday, time and label
_NUMBER = re.compile(r"\d+")
_CUT = re.compile(r"(?<!\s)\s*+\[?(?:\.\.\.|…)\]?\s*+$")  # the look-behind gives one start a run of spaces
_HEADLINE_WORDS = 4  # shorter links are names, sections and tags
_NAMED = re.compile(r"\{(?!title\}|link\}|date\}|cut\})")  # a slot whose value some pages share
_CUT_WORDS = 5  # fewer are "Read more…"


@dataclass(slots=True, frozen=True, kw_only=True)
class Unit:
    """One block: `index` in the page, its text, its masked fingerprint and the place where it stands.

    `numbers` is a fingerprint of the numbers in it that are not its slots', empty without any. `link_share` is the
    share of its characters inside links, 0 to 1 (0 where the HTML is lost); `titled` tells whether it holds the title.
    `worded` is the fingerprint by its words of a block that is a mere link or names the page's writer or section: a
    link that says the same on each page is no headline, and a writer's name may stand in what every page says.
    """

    index: int
    text: str
    mark: str
    place: str
    numbers: str = ""
    link_share: float = 0.0
    titled: bool = False
    worded: str = ""

    @property
    def words(self) -> int:
        return count_words(self.text)

    @property
    def size(self) -> int:
        """Its length in Latin characters' worth."""
        return worth(self.text)

    @property
    def is_prose(self) -> bool:
        """Whether it reads like a paragraph: long, and it ends like a sentence of its script."""
        return self.is_prose_at(self.size)

    def is_prose_at(self, size: int) -> bool:
        """The same, where its `size` is known."""
        if ends_sentence(self.text):
            return size >= PROSE_CHARS
        return size >= UNSTOPPED_CHARS and needs_no_stop(self.text)


def mask(block: str, slots: Mapping[str, str]) -> str:
    """Replace the page's own words in a block by slot names, longest first, and dates and numbers by one sign.

    >>> mask("Cet article Pluie à Rabat est apparu en premier sur MAP.", {"title": "Pluie à Rabat", "site": "MAP"})
    'cet article {title} est apparu en premier sur {site}'
    >>> mask("mardi 3 mars 2026", {}), mask("Lu 312 fois", {})
    ('{date}', 'lu # fois')
    >>> mask("本文雨季来临首发于晨报", {"title": "雨季来临"})
    '本文 {title} 首发于晨报'
    """
    return _mask(block, _folded_slots(slots))


def _folded_slots(slots: Mapping[str, str]) -> list[tuple[str, str]]:
    """Values as they stand in masked text, the longest first, and the names of their slots."""
    values = sorted(((fold(v), k) for k, v in slots.items() if v), key=lambda pair: (-len(pair[0]), pair[1]))
    # words of scripts without spaces touch their neighbours
    spaced = [
        (value if is_spaceless(value) else f" {value} ", name) for value, name in values if len(value) >= _SHORTEST_SLOT
    ]
    return [(value, f" {{{name}}} ") for value, name in spaced]


def _mask(block: str, slots: Sequence[tuple[str, str]]) -> str:
    unmasked = _unmasked_short(block) if len(block) <= _RECURRING else _unmasked(block)
    masked = unmasked
    for value, name in slots:
        if value in masked:
            masked = masked.replace(value, name)
    return unmasked.strip() if masked is unmasked else " ".join(masked.split())


def _unmasked(block: str) -> str:
    if len(block) <= _DATE_CHARS and is_figure(block):
        return "{date}"
    if is_cut(block):
        return "{cut}"
    return f" {fold(block)} "


# what a theme says on every page is short: menus, labels, teasers
_RECURRING = 120  # characters
_unmasked_short = lru_cache(maxsize=1 << 12)(_unmasked)


def is_cut(text: str) -> bool:
    """Whether a text of some words ends in an ellipsis, as teasers do.

    >>> is_cut("Le marché central a rouvert lundi..."), is_cut("Lire la suite…")
    (True, False)
    """
    return text.rstrip()[-3:].endswith(("…", "...", "…]", ".]")) and uncut(text) is not None


def uncut(text: str) -> str | None:
    """A cut-off text without its ellipsis; None for what is not cut off, or too short to tell."""
    cut = _CUT.search(text)
    return text[: cut.start()] if cut is not None and count_words(text) >= _CUT_WORDS else None


def _numbers(block: str, known: Collection[str]) -> str:
    found = [n for n in _NUMBER.findall(block) if n not in known]
    return fingerprint(" ".join(found)) if found else ""


def fingerprint(masked: str) -> str:
    """16 hexadecimal digits of a masked block, the same on every machine."""
    return blake2b(masked.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


TEXT = "text"  # the place of every line of a text that has lost its HTML
# Marks that many blocks share: of what is only a date, a number or signs; of a text that is cut off; of a mere link.
FIGURE, CUT, LINK = map(fingerprint, ("{date}", "{cut}", "{link}"))
COMMON = frozenset({FIGURE, CUT, LINK})


def units_of_page(page: Page, slots: Mapping[str, str], *, blocks: Iterable[int] | None = None) -> list[Unit]:
    """The visible blocks of a parsed page, or those with the indices `blocks`.

    A learner and a judge must give the same slots: a mark says what is left when they are masked. Links as long as a
    headline are a slot as well ("Lire aussi : {link}").
    """
    masking = page.masking if isinstance(page.masking, _Masking) else None
    if masking is None or masking.slots != slots:
        page.masking = masking = _Masking(page, slots)
    chosen = page.blocks if blocks is None else [page.blocks[i] for i in blocks]
    return [unit for block in chosen if (unit := masking.unit(block)) is not None]


class _Masking:
    """The blocks of a page with the same slots, each masked once: a judge looks at some of them, a learner at all."""

    def __init__(self, page: Page, slots: Mapping[str, str]) -> None:
        self.slots = dict(slots)
        self.nodes = page.nodes
        self.places: dict[int, str] = {}
        self.folded, self.known = _folded_slots(slots), _slot_numbers(slots)
        self.title = _folded_slots({"title": slots.get("title", "")})
        self.links = _links(page)
        self.units: dict[int, Unit | None] = {}

    def unit(self, block: Block) -> Unit | None:
        """None for a block that is hidden, or of which nothing is left."""
        if block.index not in self.units:
            self.units[block.index] = None if block.hidden else self._unit(block)
        return self.units[block.index]

    def _unit(self, block: Block) -> Unit | None:
        links = self.links.get(block.index, ())
        masked = _mask(block.text, [*links, *self.folded] if links else self.folded)
        if not masked:
            return None
        place = self.places.get(block.node.index)
        if place is None:
            place = self.places[block.node.index] = _place(self.nodes, block.node)
        return Unit(
            index=block.index,
            text=block.text,
            mark=fingerprint(masked),
            place=place,
            numbers=_numbers(block.text, self.known),
            link_share=block.link_chars / len(block.text),
            titled="{title}" in masked,
            worded=_worded(block.text, masked, self.folded, [*links, *self.title]),
        )


def _worded(text: str, masked: str, named: Sequence[tuple[str, str]], linked: Sequence[tuple[str, str]]) -> str:
    """The mark of a block without its mask of links, or of names; empty where neither says more than its mark."""
    if masked == "{link}":
        return fingerprint(_mask(text, named))
    return fingerprint(_mask(text, linked)) if _NAMED.search(masked) else ""


def _links(page: Page) -> dict[int, list[tuple[str, str]]]:
    """The slots of the links in each block."""
    links: dict[int, list[tuple[str, str]]] = {}
    for anchor in page.anchors:
        if anchor.block >= 0 and count_words(anchor.text) >= _HEADLINE_WORDS:
            links.setdefault(anchor.block, []).extend(_folded_slots({"link": anchor.text}))
    return links


def _place(nodes: Sequence[Node], node: Node) -> str:
    names = []
    for _ in range(_LEVELS):
        names.append(_step(node.tag, node.names))
        if node.parent < 0:
            break
        node = nodes[node.parent]
    return " < ".join(names)


@lru_cache(maxsize=1 << 12)  # a site's pages are built of the same elements
def _step(tag: str, names: str) -> str:
    # class names and ids with numbers name one post, not a place
    lasting = (name for name in names.split() if _NUMBER.search(name) is None)
    return ".".join([tag, *islice(lasting, 3)])


def units_of_lines(lines: Iterable[Line], slots: Mapping[str, str]) -> list[Unit]:
    """The lines of a text that has lost its HTML: their place is all one, so only edges and repetition speak."""
    folded, known = _folded_slots(slots), _slot_numbers(slots)
    units = []
    for line in lines:
        masked = _mask(line.text, folded)
        if masked:
            numbers = _numbers(line.text, known)
            mark, titled = fingerprint(masked), "{title}" in masked
            units.append(Unit(index=line.index, text=line.text, mark=mark, place=TEXT, numbers=numbers, titled=titled))
    return units


def _slot_numbers(slots: Mapping[str, str]) -> set[str]:
    return {number for value in slots.values() for number in _NUMBER.findall(value)}
