"""The one walk over a page's body that cuts it into blocks and collects its links.

`mapexpress.page.compiled.walk` is the same in Cython: what changes here changes there, and the tests compare the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from mapexpress.model.page import (
    ARIA_HIDDEN,
    ARTICLE,
    ASIDE,
    CAPTION,
    DIALOG,
    FIGURE,
    FOOTER,
    FORM,
    HEADER,
    HEADING,
    HIDDEN,
    LIST,
    MAIN,
    NAV,
    QUOTE,
    TABLE,
    Anchor,
    Block,
    Node,
    Page,
)
from mapexpress.page.hidden import DISPLAY_NONE, unseen

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre search section summary table "
    "tbody td tfoot th thead tr ul "
    # AMP's own: what stands in them is a block of its own, whatever it is made of
    "amp-ad amp-consent amp-embed amp-lightbox amp-sidebar amp-social-share amp-user-notification".split()
)
SKIPPED_TAGS = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video map head title select "
    "option textarea input button datalist".split()
)

_TAG_FLAGS = {
    "nav": NAV, "menu": NAV, "aside": ASIDE, "footer": FOOTER, "header": HEADER, "form": FORM, "figure": FIGURE,
    "figcaption": CAPTION, "caption": CAPTION, "blockquote": QUOTE, "ul": LIST, "ol": LIST, "dl": LIST,
    "table": TABLE, "article": ARTICLE, "main": MAIN, "dialog": DIALOG, "search": FORM,
    "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
}  # fmt: skip
# No navigation holds the main content: where it seems to, the parser closed something too late
_ABOVE_MAIN = ~(NAV | ASIDE | FOOTER | HEADER | FORM | DIALOG)
_ROLE_FLAGS = {
    "navigation": NAV, "menu": NAV, "menubar": NAV, "complementary": ASIDE, "contentinfo": FOOTER, "banner": HEADER,
    "search": FORM, "form": FORM, "main": MAIN, "article": ARTICLE, "dialog": DIALOG, "alertdialog": DIALOG,
    "figure": FIGURE, "heading": HEADING, "list": LIST,
}  # fmt: skip
# Attributes whose words say what an element is for; names of test hooks are as telling as class names.
_NAMING = frozenset(
    "class id itemprop role data-testid data-test data-qa data-component data-type data-name data-module".split()
)
# React's streaming server writes a segment as <div hidden id="S:1a">, which its own inline script then shows
_STREAMED = re.compile(r"S:[0-9a-f]+")
# What the walk does at an element's start; every other tag is inline
_BLOCK, _SKIP, _BR, _LINK, _BOLD, _ITALIC, _IMAGE = range(1, 8)
_KINDS = (
    dict.fromkeys(BLOCK_TAGS, _BLOCK)
    | dict.fromkeys(SKIPPED_TAGS, _SKIP)
    | {"br": _BR, "a": _LINK, "b": _BOLD, "strong": _BOLD, "i": _ITALIC, "em": _ITALIC, "img": _IMAGE}
)
_BREAK = "\x00"  # stands for <br> in a run: no parser lets it through
_PLAIN = frozenset("a span b strong i em u font".split())
_GATHERING = frozenset("li tr td th ul ol dl".split())
_MEDIA = frozenset("iframe video audio object embed".split())


def absolute(base: str, href: str) -> str:
    """An address joined to the page's own; what cannot be joined stays as it is."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _origin(base: str) -> str:
    match = re.match(r"https?://[^/?#]+", base)
    return match[0] if match else ""


class Walk:
    """One depth-first walk over the body that cuts the page into blocks and collects its links.

    lxml's own walker is used because hostile pages nest deeper than Python recurses.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.origin = _origin(page.base_url)
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.bold: list[str] = []
        self.italic: list[str] = []
        self.inline: list[str] = []
        self.opened: list[Anchor] = []  # links begun since the last flush: an empty run leaves them without a block
        self.broken = False  # whether a <br> stands in the run
        self.media = 0
        self.most_links = page.limits.links

    def run(self) -> None:
        body = self.page.root.find("body")
        if body is not None:
            self._walk(body)

    def _walk(self, body: HtmlElement) -> None:  # noqa: C901  one loop over every element: calls would double its cost
        walker = etree.iterwalk(body, events=("start", "end"))
        parts, linked, bold, italic, inline = self.parts, self.linked, self.bold, self.italic, self.inline
        nodes, blocks = self.page.nodes, self.page.blocks
        kind_of, enter = _KINDS.get, self._enter
        node: Node | None = None
        anchor: Anchor | None = None
        anchor_parts: list[str] = []
        bolds = italics = 0
        for event, el in walker:
            tag = el.tag
            kind = kind_of(tag, 0)
            if event == "start":
                if kind == _BLOCK:
                    if parts:
                        self._flush(node)
                    node = enter(el, tag, node)
                    if anchor is not None:
                        anchor_parts.append(" ")
                elif kind == _BR:
                    self._break(node)
                    continue
                elif kind == _IMAGE:
                    self.media += 1
                    parts.append(" ")
                    continue
                else:
                    if kind == _SKIP and not _swallowed(el):
                        self.media += tag in _MEDIA
                        walker.skip_subtree()
                        continue
                    get = el.get  # three look-ups cost a quarter of reading all attributes
                    names = get("class")
                    if (
                        (names and unseen(names))
                        or get("hidden", "until-found") != "until-found"
                        or ((style := get("style")) and DISPLAY_NONE.search(style))
                    ):
                        self.media += tag in _MEDIA
                        walker.skip_subtree()
                        continue
                    if names:
                        inline.append(f"{tag} {names}")
                    elif tag not in _PLAIN:
                        inline.append(f"{tag} ")
                    if kind == _LINK:
                        if anchor is None and (href := get("href")):
                            anchor = self._anchor(el, href)
                            anchor_parts.clear()
                    elif kind == _BOLD:
                        bolds += 1
                    elif kind == _ITALIC:
                        italics += 1
                text = el.text
            else:
                text = el.tail
                if kind == _BLOCK:
                    if parts:
                        self._flush(node)
                    if node is not None:
                        node.end = len(blocks)
                        node = nodes[node.parent] if node.parent >= 0 else None
                    if anchor is not None:
                        anchor_parts.append(" ")
                elif kind == _LINK:
                    if anchor is not None and anchor.element is el:
                        anchor.text = " ".join("".join(anchor_parts).split())
                        anchor = None
                elif kind == _BOLD:
                    bolds -= bolds > 0
                elif kind == _ITALIC:
                    italics -= italics > 0
            if text and node is not None and (parts or not text.isspace()):
                parts.append(text)
                if anchor is not None:
                    linked.append(text)
                    anchor_parts.append(text)
                if bolds:
                    bold.append(text)
                if italics:
                    italic.append(text)

    def _enter(self, el: HtmlElement, tag: str, parent: Node | None) -> Node:
        nodes = self.page.nodes
        flags = _TAG_FLAGS.get(tag, 0)
        names = ""
        if items := el.items():
            for key, value in items:
                if key == "class":
                    names = f"{names} {value}" if names else value
                elif key in _NAMING:
                    names = f"{names} {value}" if names else value
                    if key == "role":
                        flags |= _ROLE_FLAGS.get(value.strip().lower(), 0)
                elif key == "aria-hidden":
                    flags |= ARIA_HIDDEN * (value == "true")
                elif (key == "hidden" and value != "until-found") or (key == "style" and DISPLAY_NONE.search(value)):
                    flags |= HIDDEN * (_STREAMED.fullmatch(el.get("id", "")) is None)
            if names and unseen(names):
                flags |= HIDDEN
        index = len(nodes)
        if parent is None:
            node = Node(index, -1, tag, names, 0, 0, el, len(self.page.blocks))
        else:
            flags |= parent.flags & _ABOVE_MAIN if tag == "main" else parent.flags
            node = Node(
                index, parent.index, tag, names, flags, parent.depth + 1, el, len(self.page.blocks),
                0, parent.item, parent.row, parent.cell, parent.listing,
            )  # fmt: skip
        if tag in _GATHERING:
            if tag == "li":
                node.item = index
            elif tag == "tr":
                node.row = index
            elif tag in ("td", "th"):
                node.cell = index
            else:
                node.listing = index
        nodes.append(node)
        return node

    def _anchor(self, el: HtmlElement, href: str) -> Anchor | None:
        page = self.page
        if len(page.anchors) >= self.most_links:
            page.cut = page.cut or "too_many_links"
            return None
        href = href.strip().partition("#")[0]
        if href.startswith("/") and self.origin and not href.startswith("//") and "/." not in href:
            href = self.origin + href  # most links of most sites; urljoin takes ten times as long
        elif not href:
            href = page.base_url.partition("#")[0]
        elif not href.startswith(("https://", "http://", "javascript:", "mailto:", "tel:")):
            href = absolute(page.base_url, href).partition("#")[0]
        anchor = Anchor(href, "", el.get("rel", "").lower(), el, -1)
        page.anchors.append(anchor)
        self.opened.append(anchor)
        return anchor

    def _break(self, node: Node | None) -> None:
        parts = self.parts
        last = next((part for part in reversed(parts) if not part.isspace()), None)
        if last == _BREAK:
            self._flush(node)
        elif last is not None:
            parts.append(_BREAK)
            self.broken = True

    def _flush(self, node: Node | None) -> None:
        whole = "".join(self.parts)
        pre = node is not None and node.tag == "pre"
        if self.broken or pre:
            lines = (" ".join(line.split()) for line in (whole.replace("\n", _BREAK) if pre else whole).split(_BREAK))
            text = "\n".join(line for line in lines if line)
        else:
            text = " ".join(whole.split())
        linked, bold, italic, inline, opened = self.linked, self.bold, self.italic, self.inline, self.opened
        if text and node is not None:
            blocks = self.page.blocks
            index, size = len(blocks), len(text)
            for anchor in opened:
                anchor.block = index
            blocks.append(
                Block(
                    index, text, node.tag, node.element, node.depth,
                    self._share(linked, size) if linked else 0, node,
                    self._share(bold, size) if bold else 0, self._share(italic, size) if italic else 0,
                    self.media, " ".join(inline) if inline else "",
                )
            )  # fmt: skip
            self.media = 0
        self.parts.clear()
        if linked:
            linked.clear()
        if bold:
            bold.clear()
        if italic:
            italic.clear()
        if inline:
            inline.clear()
        if opened:
            opened.clear()
        self.broken = False

    def _share(self, some: list[str], size: int) -> int:
        """Characters of the run that are in some of its parts: in nearly every linked run these are all."""
        return size if len(some) == len(self.parts) else min(_folded(some), size)


def walk_page(page: Page) -> None:
    """Fill the page's nodes, blocks and anchors from its body."""
    Walk(page).run()


def _swallowed(el: HtmlElement) -> bool:
    """Whether a skipped element holds the page: the parser never closes a `<button>` whose end tag is misplaced."""
    return len(el) > 0 and next(el.iter("main", "article", "h1"), None) is not None


def _folded(parts: list[str]) -> int:
    return len(" ".join("".join(parts).split()))
