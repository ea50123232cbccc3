"""Where a page says things about itself: JSON-LD, meta elements, microdata, and what stands near its headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.boilerplate.html.edges import folded
from mapexpress.model.page import Anchor, Block, Page
from mapexpress.platforms import Part, Platform, recognise
from mapexpress.platforms.selectors import NodeIndex
from mapexpress.sites import SiteConfig
from mapexpress.text.characters import harmless
from mapexpress.text.numbers import unescape

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot

# schema.org's Article and its kinds, in the order of how surely one of them is the page's own article
ARTICLE_TYPES = frozenset(
    "newsarticle reportagenewsarticle analysisnewsarticle backgroundnewsarticle opinionnewsarticle reviewnewsarticle "
    "askpublicnewsarticle article blogposting liveblogposting advertisercontentarticle satiricalarticle report "
    "scholarlyarticle techarticle socialmediaposting discussionforumposting review recipe".split()
)
PAGE_TYPES = frozenset("webpage itempage videoobject podcastepisode episode creativework product event".split())
# blocks looked at on either side of the headline: a byline, a standfirst and a share bar fit in, a related list
# further down does not (91 of 100 tagDiv pages carry their date within 12 blocks)
BEFORE, AFTER = 8, 14

_MARKED = etree.XPath("//body//@itemprop/..")  # three times as fast as "//body//*[@itemprop]"
_TAG = re.compile(r"<[^<>]{1,200}>")


def fold(text: str) -> str:
    """Fold white space, undo entities that were escaped twice, drop invisible marks; NFC.

    >>> fold("  L&amp;#039;eau \\u200b\\n et  la&nbsp;terre ")
    "L'eau et la terre"
    """
    if text.isascii() and text.isprintable() and "&" not in text:  # nearly all that is asked for
        return " ".join(text.split())
    for _ in range(2):
        if "&" not in text:
            break
        text = unescape(text)
    if not text.isascii() and not text.isprintable():  # nothing of the table is printable
        text = text.translate(_INVISIBLE)
    # control characters go first: what they stood between folds as one
    return " ".join(harmless(text).split())


_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xAD, *range(0x202A, 0x202F)])
# the joiners belong to the spelling of Persian, Hindi and other languages
del _INVISIBLE[0x200C], _INVISIBLE[0x200D]


def words(text: str) -> str:
    """Reduce a text to its words, for comparing: case, punctuation and compatibility forms do not count.

    >>> words("« L'Eau » : 10 %")
    'l eau 10'
    """
    return folded(text)


def plain(value: object) -> str:
    """The text of a JSON-LD or meta value, without markup; empty for anything that is no text.

    >>> plain("<b>Pluie</b> &amp; vent")
    'Pluie & vent'
    """
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str) and v.strip()), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    if not isinstance(value, str):
        return ""
    text = fold(value)
    return fold(_TAG.sub(" ", text)) if "<" in text else text


def types_of(node: Mapping[str, object]) -> set[str]:
    """The node's `@type`s, lower case and without their namespace.

    >>> sorted(types_of({"@type": ["schema:NewsArticle", "https://schema.org/Article"]}))
    ['article', 'newsarticle']
    """
    kinds = node.get("@type")
    values = kinds if isinstance(kinds, list) else [kinds]
    bare = (v.replace("#", "/").replace(":", "/").rpartition("/")[2] for v in values if isinstance(v, str))
    return {name.lower() for name in bare}


class Sources:
    """The page's own statements, each looked up once; every reader of metadata takes its values from here.

    What `snapshot` knows to be the same on all pages of the site is the theme's: it is no statement about the article.
    """

    def __init__(
        self,
        page: Page,
        *,
        site: SiteConfig | None = None,
        headers: Mapping[str, str] | None = None,
        snapshot: TemplateSnapshot | None = None,
    ) -> None:
        self.page = page
        self.site = site
        self.headers = headers or {}
        self.snapshot = snapshot
        self.names: set[str] | None = None  # of the site: see `publisher.site_names`
        self.publishers: list[tuple[str, str]] | None = None  # with their source: see `publisher.declared_publishers`
        self.lines: dict[int | None, list[str]] = {}  # by the headline: see `bylines.near_headline`

    def is_constant(self, source: str, text: str) -> bool:
        """Whether this value of this source is the theme's, not the article's."""
        return self.snapshot is not None and self.snapshot.is_constant(source, text)

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """Give (value, "meta:name") for each of `names` that the page has, in the order of `names`."""
        for name in names:
            for value in self.page.meta.get(name, ()):
                text = plain(value)
                if text and not self.is_constant(f"meta:{name}", text):
                    yield text, f"meta:{name}"

    def first_meta(self, *names: str) -> tuple[str, str] | None:
        return next(self.meta(*names), None)

    @cached_property
    def nodes(self) -> list[dict[str, object]]:
        """JSON-LD nodes with those that stand one level down (`mainEntity`, `itemListElement` left out)."""
        out: list[dict[str, object]] = []
        for node in self.page.jsonld:
            out.append(node)
            for key in ("mainEntity", "mainEntityOfPage", "isPartOf", "hasPart", "@included"):
                inner = node.get(key)
                values = inner if isinstance(inner, list) else [inner]
                out += [value for value in values if isinstance(value, dict) and "@type" in value]
        return out

    @cached_property
    def by_id(self) -> dict[str, dict[str, object]]:
        """Nodes by their `@id`, those that only refer left out."""
        return {i: n for n in reversed(self.nodes) if isinstance(i := n.get("@id"), str) and len(n) > 1}

    def resolve(self, value: object) -> object:
        """The node that a JSON-LD reference (`{"@id": …}`) means, or the value itself."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            target = value.get("@id")
            if isinstance(target, str):
                return self.by_id.get(target, value)
        return value

    @cached_property
    def articles(self) -> list[dict[str, object]]:
        """JSON-LD nodes that describe this page's article, the surest first.

        A page may carry nodes for its teasers too: one whose headline or address is the page's own wins.
        """
        nodes = [n for n in self.nodes if types_of(n) & ARTICLE_TYPES]
        if len(nodes) < 2:
            return nodes
        shown = {words(t) for t in [*self.headings, self.page.title_tag, *self.page.meta.get("og:title", ())]}
        tag = words(self.page.title_tag)
        own = {u for u in (self.page.url, self.declared_url) if u}

        def rank(node: dict[str, object]) -> int:
            head = words(plain(node.get("headline") or node.get("name")))
            urls = {node.get("url"), node.get("@id"), node.get("mainEntityOfPage")} - {None} if _flat(node) else set()
            score = 4 * bool(urls & own) + 4 * bool(head and head in shown) + 2 * bool(head and head in tag)
            return -(score + (1 if "datePublished" in node else 0))

        return sorted(nodes, key=rank)

    @cached_property
    def platforms(self) -> list[Platform]:
        """The page's publishing systems, the most specific first."""
        return recognise(self.page, NodeIndex(self.page))

    def of_platform(self, part: Part) -> tuple[list[str], str]:
        """What the page's platform shows as `part`, with its source, for pages that say it in no other way."""
        for platform in self.platforms:
            if texts := [fold(text) for text in platform.texts(self.page, part)]:
                return texts, f"platform:{platform.name}"
        return [], ""

    @cached_property
    def pages(self) -> list[dict[str, object]]:
        """JSON-LD nodes that describe the page as a whole."""
        return [n for n in self.nodes if types_of(n) & PAGE_TYPES]

    @cached_property
    def declared_url(self) -> str | None:
        """The address the page names as its own: `<link rel=canonical>`, else og:url."""
        for link in self.page.head_links:
            if link.rel == "canonical":
                return link.href
        found = self.first_meta("og:url")
        return found[0] if found else None

    @cached_property
    def headings(self) -> list[str]:
        """Texts of the page's h1 elements, in page order."""
        return [t for e in self.page.h1s if (t := fold(e.text_content()))]

    @cached_property
    def itemprops(self) -> dict[str, list[HtmlElement]]:
        """Microdata elements by property, meta elements left out (they are in `page.meta`)."""
        out: dict[str, list[HtmlElement]] = {}
        found: list[HtmlElement] = _MARKED(self.page.root)  # type: ignore[assignment]
        for el in found:
            for name in el.get("itemprop", "").lower().split():
                out.setdefault(name, []).append(el)
        return out

    def headline_block(self, title: str) -> int | None:
        """Index of the block that shows the headline: an h1 first, then any heading, then any block of these words."""
        want = words(title)
        if not want:
            return None
        best: tuple[int, int] | None = None
        for block in self.page.blocks:
            text = block.text
            if len(text) > 3 * len(title) + 40 or len(text) * 3 < len(title):
                continue
            have = words(text)
            if have != want and not (len(have) >= 15 and (have in want or want in have)):
                continue
            rank = (0 if _in_heading(block, "h1") else 2 if _in_heading(block, "h2") else 4) + (have != want)
            if best is None or rank < best[0]:
                best = (rank, block.index)
        return best[1] if best else None

    def near(self, index: int | None, *, itself: bool = False) -> list[Block]:
        """Blocks around the headline, those after it first: where bylines and dates stand."""
        blocks = self.page.blocks
        if index is None:
            return []
        return [*blocks[index + (not itself) : index + 1 + AFTER], *reversed(blocks[max(0, index - BEFORE) : index])]

    def anchors_near(self, index: int | None) -> list[Anchor]:
        """Links around the headline, in page order."""
        if index is None:
            return []
        return [a for a in self.page.anchors if index - BEFORE <= a.block <= index + AFTER]


def _flat(node: Mapping[str, object]) -> bool:
    return all(isinstance(node.get(k), str | None) for k in ("url", "@id", "mainEntityOfPage"))


def _in_heading(block: Block, tag: str) -> bool:
    if block.tag == tag:
        return True
    parent = block.element.getparent()
    return parent is not None and parent.tag == tag
