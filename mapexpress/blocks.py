"""A page, parsed once: its blocks in page order, its links, and where its metadata stand.

Everything after this stop reads the `Page`; nothing parses or serialises the tree again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import html as lxml_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
SKIPPED_TAGS = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video map head title select "
    "option textarea input button datalist".split()
)
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


@dataclass(slots=True, eq=False)
class Anchor:
    """A link of the page: absolute address without fragment, its text, and the block it stands in (-1: none)."""

    href: str
    text: str
    rel: str
    element: HtmlElement
    block: int


@dataclass(slots=True, eq=False)
class Block:
    """A maximal run of inline content inside one block-level element.

    `text` is NFC-free raw text with white space folded (`<br>` is a newline); `element` is the block-level
    element it stands in; `link_chars` counts the characters of `text` that stand inside links.
    """

    index: int
    text: str
    tag: str
    element: HtmlElement
    depth: int
    link_chars: int = 0


@dataclass(slots=True, eq=False)
class HeadLink:
    """A `<link>` of the page: relation (lower case), absolute address, media type, language, title."""

    rel: str
    href: str
    type: str
    hreflang: str
    title: str


@dataclass(eq=False)
class Page:
    """A parsed page. `url` is its public address when known; addresses in it are resolved against `base_url`."""

    url: str | None
    base_url: str
    root: HtmlElement
    encoding: str
    blocks: list[Block] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    head_links: list[HeadLink] = field(default_factory=list)
    jsonld_raw: list[str] = field(default_factory=list)
    title_tag: str = ""
    lang: str | None = None

    @cached_property
    def jsonld(self) -> list[dict[str, object]]:
        """Every JSON-LD node of the page, `@graph` and lists flattened, blocks that do not parse left out."""
        nodes: list[dict[str, object]] = []
        for raw in self.jsonld_raw:
            try:
                stack = [json.loads(raw.strip().rstrip(";"), strict=False)]
            except (ValueError, RecursionError):
                continue
            while stack:
                value = stack.pop(0)
                if isinstance(value, list):
                    stack = [*value, *stack]
                elif isinstance(value, dict):
                    nodes.append(value)
                    graph = value.get("@graph")
                    if isinstance(graph, list):
                        stack = [*graph, *stack]
        return nodes


def parse(data: bytes | str, *, url: str | None = None, encoding: str | None = None) -> Page:
    """Parse a page into its blocks in one walk.

    Bytes are decoded with `encoding` when given. Never raises for what a page contains: an empty document gives
    a page without blocks.
    """
    if isinstance(data, str):
        data, encoding = data.encode("utf-8", "replace"), "utf-8"
    parser = lxml_html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True)
    root = None
    if data.strip():
        try:
            root = lxml_html.document_fromstring(data, parser=parser)
        except Exception:  # lxml raises ParserError, ValueError or AssertionError on documents without elements
            root = None
    if root is None:
        root = lxml_html.document_fromstring("<html><body></body></html>")
    base = root.find(".//base[@href]")
    base_url = urljoin(url or "", base.get("href", "").strip()) if base is not None else (url or "")
    page = Page(url=url, base_url=base_url, root=root, encoding=encoding or "utf-8", lang=root.get("lang"))
    _read_head(page)
    _Walk(page).run()
    return page


def _read_head(page: Page) -> None:
    for el in page.root.iter("meta", "link", "title", "script"):
        if el.tag == "meta":
            key = el.get("property") or el.get("name") or el.get("itemprop") or el.get("http-equiv")
            content = el.get("content")
            if key and content is not None:
                page.meta.setdefault(key.strip().lower(), []).append(content.strip())
        elif el.tag == "link":
            href = (el.get("href") or "").strip()
            if href and el.get("rel"):
                page.head_links.append(
                    HeadLink(
                        rel=el.get("rel", "").strip().lower(),
                        href=_absolute(page.base_url, href),
                        type=el.get("type", "").strip().lower(),
                        hreflang=el.get("hreflang", "").strip(),
                        title=el.get("title", "").strip(),
                    )
                )
        elif el.tag == "title":
            if not page.title_tag:
                page.title_tag = _SPACE.sub(" ", el.text_content()).strip()
        elif "ld+json" in el.get("type", "").lower() and el.text:
            page.jsonld_raw.append(el.text)


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href


class _Walk:
    """One depth-first walk over the body that cuts the page into blocks and collects its links."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts: list[str] = []
        self.link_chars = 0

    def run(self) -> None:
        body = self.page.root.find("body")
        if body is not None:
            self._block(body, 0)

    def _block(self, top: HtmlElement, depth: int) -> None:
        # an explicit stack: hostile pages nest deeper than Python recurses
        stack: list[tuple[HtmlElement, bool, HtmlElement, int, Anchor | None]] = [(top, False, top, depth, None)]
        owner, level = top, depth
        anchor: Anchor | None = None
        while stack:
            el, leaving, owner_before, level_before, anchor_before = stack.pop()
            tag = el.tag
            if leaving:
                if tag in BLOCK_TAGS:
                    self._flush(owner, level)
                owner, level, anchor = owner_before, level_before, anchor_before
                if el is not top:
                    self._text(el.tail, anchor)
                continue
            if not isinstance(tag, str) or tag in SKIPPED_TAGS:
                self._text(el.tail, anchor)
                continue
            if tag == "br":
                self.parts.append("\n")
                self._text(el.tail, anchor)
                continue
            stack.append((el, True, owner, level, anchor))
            if tag in BLOCK_TAGS:
                self._flush(owner, level)
                owner, level = el, level + 1
            elif tag == "a" and el.get("href"):
                anchor = self._anchor(el)
            self._text(el.text, anchor)
            stack.extend((child, False, owner, level, anchor) for child in reversed(el))

    def _anchor(self, el: HtmlElement) -> Anchor:
        href = _absolute(self.page.base_url, el.get("href", "").strip()).split("#", 1)[0]
        anchor = Anchor(href=href, text="", rel=el.get("rel", "").lower(), element=el, block=len(self.page.blocks))
        self.page.anchors.append(anchor)
        return anchor

    def _text(self, text: str | None, anchor: Anchor | None) -> None:
        if not text:
            return
        self.parts.append(_SPACE.sub(" ", text))
        if anchor is not None:
            self.link_chars += len(text.strip())
            anchor.text = f"{anchor.text} {text}".strip() if anchor.text else text.strip()

    def _flush(self, owner: HtmlElement, depth: int) -> None:
        if not self.parts:
            return
        lines = (_SPACE.sub(" ", line).strip() for line in "".join(self.parts).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text:
            blocks = self.page.blocks
            blocks.append(
                Block(
                    index=len(blocks),
                    text=text,
                    tag=str(owner.tag),
                    element=owner,
                    depth=depth,
                    link_chars=min(self.link_chars, len(text)),
                )
            )
        self.parts.clear()
        self.link_chars = 0
