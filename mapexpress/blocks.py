"""A page, parsed once: its blocks in page order, its links, and where its metadata stand.

Everything after this stop reads the `Page`; nothing parses or serialises the tree again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from mapexpress.jsonld import read_jsonld
from mapexpress.limits import MOST_DEPTH, limits

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONG = 4000  # bytes of a tag that is looked into for too many attributes
_ATTRIBUTE = re.compile(rb"""[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?""")
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
_OF_THE_HEAD = frozenset("title meta link script style noscript base template object basefont bgsound".split())

# Flags of a node, inherited by everything inside it. ARIA roles count as the elements they stand for.
NAV, ASIDE, FOOTER, HEADER, FORM, FIGURE, CAPTION, QUOTE = (1 << i for i in range(8))
LIST, TABLE, ARTICLE, MAIN, HEADING, DIALOG, HIDDEN, ARIA_HIDDEN = (1 << i for i in range(8, 16))
_TAG_FLAGS = {
    "nav": NAV, "menu": NAV, "aside": ASIDE, "footer": FOOTER, "header": HEADER, "form": FORM, "figure": FIGURE,
    "figcaption": CAPTION, "caption": CAPTION, "blockquote": QUOTE, "ul": LIST, "ol": LIST, "dl": LIST,
    "table": TABLE, "article": ARTICLE, "main": MAIN, "dialog": DIALOG, "search": FORM,
    "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
}  # fmt: skip
# No navigation holds the main content: where it seems to, the parser closed something too late
_ABOVE_MAIN = ~(NAV | ASIDE | FOOTER | HEADER | FORM | DIALOG)
_NEVER_MAIN = NAV | ASIDE | FOOTER | FORM | DIALOG
_ROLE_FLAGS = {
    "navigation": NAV, "menu": NAV, "menubar": NAV, "complementary": ASIDE, "contentinfo": FOOTER, "banner": HEADER,
    "search": FORM, "form": FORM, "main": MAIN, "article": ARTICLE, "dialog": DIALOG, "alertdialog": DIALOG,
    "figure": FIGURE, "heading": HEADING, "list": LIST,
}  # fmt: skip
# Attributes whose words say what an element is for; names of test hooks are as telling as class names.
_NAMING = frozenset(
    "class id itemprop role data-testid data-test data-qa data-component data-type data-name data-module".split()
)
# Classes of the large frameworks for text that only screen readers get (Bootstrap 3-5, WordPress, Foundation, Drupal)
_UNSEEN = re.compile(
    r"(?<![\w-])(?:sr-only|visually-?hidden|screen-reader-text|show-for-sr|element-invisible)(?![\w-])", re.I
)
_DISPLAY_NONE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# What a page says of an article, or of a part of it, that is sold
_NOT_FREE = re.compile(r"isAccessibleForFree\W+(?:https?:[\\/]+schema\.org[\\/]+)?(?:false|0)", re.I)
# React's streaming server writes a segment as <div hidden id="S:1a">, which its own inline script then shows
_STREAMED = re.compile(r"S:[0-9a-f]+")
# Paragraph text (characters) from which a hidden element may be the article: the largest dialogs of consent and of
# sign-in seen on 900 pages have 700 to 3,100 and stand on pages that show more than that
_HIDDEN_ARTICLE = 500

# What the walk does at an element's start; every other tag is inline
_BLOCK, _SKIP, _BR, _LINK, _BOLD, _ITALIC, _IMAGE = range(1, 8)
_KINDS = (
    dict.fromkeys(BLOCK_TAGS, _BLOCK)
    | dict.fromkeys(SKIPPED_TAGS, _SKIP)
    | {"br": _BR, "a": _LINK, "b": _BOLD, "strong": _BOLD, "i": _ITALIC, "em": _ITALIC, "img": _IMAGE}
)
_BREAK = "\x00"  # stands for <br> in a run: no parser lets it through
# An address that joining would leave as it is, at ten times the cost
_WHOLE = re.compile(r"https?://[^\s?#;\x00-\x1f]+(?:\?[^\s#\x00-\x1f]+)?")
_PLAIN = frozenset("a span b strong i em u font".split())
_GATHERING = frozenset("li tr td th ul ol dl".split())
_MEDIA = frozenset("iframe video audio object embed".split())


@dataclass(slots=True, eq=False)
class Anchor:
    """A link of the page: absolute address without fragment, its text, and the block it stands in (-1: none)."""

    href: str
    text: str
    rel: str
    element: HtmlElement
    block: int


@dataclass(slots=True, eq=False)
class Node:
    """A block-level element that the walk went through: where it stands and which blocks are inside it.

    `parent` is an index into `Page.nodes` (-1: body). Blocks `start` up to, not including, `end` are inside.
    `names` are its class, id, role and similar attributes, joined by spaces. `flags` are its own and its
    ancestors'. `item`, `row`, `cell` and `listing` are indices of the nearest `li`, `tr`, `td` or `th`, and `ul`,
    `ol` or `dl` at or above it (-1: none): blocks with the same `listing` belong to one list.
    """

    index: int
    parent: int
    tag: str
    names: str
    flags: int
    depth: int
    element: HtmlElement
    start: int
    end: int = 0
    item: int = -1
    row: int = -1
    cell: int = -1
    listing: int = -1


@dataclass(slots=True, eq=False)
class Block:
    """A maximal run of inline content inside one block-level element; two `<br>` in a row end it too.

    `text` has its white space folded (a single `<br>` is a newline) and is not yet NFC; `element` is the
    block-level element it stands in and `node` the walk's view of it. `link_chars`, `bold_chars` and
    `italic_chars` count characters of `text` inside such elements; `inline` joins tag and class names of the inline
    elements in it; `media` counts images and players between the block before and the end of this one.
    """

    index: int
    text: str
    tag: str
    element: HtmlElement
    depth: int
    link_chars: int
    node: Node
    bold_chars: int = 0
    italic_chars: int = 0
    media: int = 0
    inline: str = ""

    @property
    def hidden(self) -> bool:
        """Whether an element around it is marked as not shown (`hidden`, `display: none`, screen readers only)."""
        return bool(self.node.flags & HIDDEN)


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
    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    head_links: list[HeadLink] = field(default_factory=list)
    jsonld_raw: list[str] = field(default_factory=list)
    h1s: list[HtmlElement] = field(default_factory=list)
    title_tag: str = ""
    lang: str | None = None
    markup: bytes | None = field(default=None, repr=False)  # UTF-8, for a look at what it cannot hold
    flags: tuple[str, ...] = ()  # what was wrong with its bytes, from whoever decoded them
    cut: str | None = None  # why it was not read to its end: docs/limits.md names the reasons

    @cached_property
    def nodes_by_tag(self) -> dict[str, list[Node]]:
        """Nodes in page order by their tag."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.tag, []).append(node)
        return found

    @cached_property
    def nodes_by_name(self) -> dict[str, list[Node]]:
        """Nodes in page order by each word of their class, id and similar attributes."""
        found: dict[str, list[Node]] = {}
        of_names: dict[str, list[list[Node]]] = {}  # a page repeats its names
        for node in self.nodes:
            if names := node.names:
                lists = of_names.get(names)
                if lists is None:
                    words = set(names.split()) if " " in names else (names,)
                    lists = of_names[names] = [found.setdefault(word, []) for word in words]
                for nodes in lists:
                    nodes.append(node)
        return found

    def may_hold(self, word: str) -> bool:
        """Whether a class or an id may stand on it: most look-ups are for what is nowhere on the page."""
        return self.markup is None or word.encode() in self.markup

    def may_hold_attribute(self, name: str) -> bool:
        """As `may_hold`, for an attribute, whose name may be written in capitals."""
        return self.may_hold(name) or (self.markup is not None and name.encode() in self.markup.lower())

    def may_hold_class(self, name: str) -> bool:
        """As `may_hold`, for a class of so few letters that they stand everywhere in other words."""
        return self.markup is None or _whole_value(name).search(self.markup) is not None

    @cached_property
    def jsonld(self) -> list[dict[str, object]]:
        """Every JSON-LD node of the page, `@graph` and lists flattened."""
        return read_jsonld(self.jsonld_raw)


@lru_cache(maxsize=64)
def _whole_value(name: str) -> re.Pattern[bytes]:
    """A word of an attribute's value; the letters first, so that the search runs at the speed of a literal's."""
    word = re.escape(name.encode())
    return re.compile(rb"%b(?<=[\s\"'=]%b)(?=[\s\"'>/])" % (word, word))


# One class for every element: lxml.html's choice by tag name costs a Python call for each
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement)


@lru_cache(maxsize=8)
def _long_tag(long: int) -> re.Pattern[bytes]:
    return re.compile(rb"<[A-Za-z][^<>]{%d,}" % long)


def _may_hold_long_tag(data: bytes, long: int) -> bool:
    """Whether anything runs over half of `long` bytes without a bracket: a look here and there tells it of a page."""
    half = long // 2
    return any(
        data.find(b"<", at, at + half) < 0 and data.find(b">", at, at + half) < 0
        for at in range(0, len(data) - half + 1, half)
    )


def _fewer_attributes(data: bytes, most: int) -> tuple[bytes, str | None]:
    """Each tag cut behind its first `most` attributes, for libxml2 compares each with all before it; and whether."""
    long = min(_LONG, 2 * most)  # an attribute has two bytes at least
    if not _may_hold_long_tag(data, long):
        return data, None
    cut: str | None = None

    def fewer(tag: re.Match[bytes]) -> bytes:
        nonlocal cut
        for number, attribute in enumerate(_ATTRIBUTE.finditer(tag[0])):
            if number > most:
                if not _in_script(data, tag.start()):  # `i<n` is no tag there; cut all the same, a parser may differ
                    cut = "too_many_attributes"
                return tag[0][: attribute.start()]
        return tag[0]

    return _long_tag(long).sub(fewer, data), cut


def _in_script(data: bytes, at: int) -> bool:
    """Whether what stands there is the text of a script."""
    opened = max(data.rfind(b"<script", 0, at), data.rfind(b"<SCRIPT", 0, at))
    return opened >= 0 and max(data.find(b"</script", opened, at), data.find(b"</SCRIPT", opened, at)) < 0


def _within_limits(data: bytes) -> tuple[bytes, str | None]:
    """The part of a page that is read, and why not all of it is."""
    most = limits()
    cut = "too_large" if len(data) > most.page_bytes else None
    data = data[: most.page_bytes]
    if data.count(b"<") > most.tags:
        last = next(islice(re.finditer(b"<", data), most.tags, None))
        return data[: last.start()], "too_many_elements"
    return data, cut


def _stopped(parser: lxml_html.HTMLParser) -> str | None:
    """Where libxml2 stopped by itself: elements nested deeper than 255, or one text or attribute of 10 MB."""
    for entry in parser.error_log.filter_from_fatals():
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            return "too_deep" if "depth" in entry.message else "too_large"
    return None


def _is_deep(root: HtmlElement, most: int) -> bool:
    """Whether elements are nested deeper than `most`, where that is less than libxml2 sees to by itself."""
    depth = 0
    if most < MOST_DEPTH:
        for event, _ in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > most:
                return True
    return False


def parse(data: bytes | str, *, url: str | None = None, encoding: str | None = None) -> Page:
    """Parse a page into its blocks in one walk.

    Bytes are decoded with `encoding` when given. Never raises for what a page contains: an empty document gives
    a page without blocks, one past the limits above is read up to there and says so in `cut`.
    """
    if isinstance(data, str):
        data, encoding = data.encode("utf-8", "replace"), "utf-8"
    data, cut = _within_limits(data)
    data, flooded = _fewer_attributes(data, limits().attributes)
    cut = cut or flooded
    parser = lxml_html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    root = None
    if data.strip():
        try:
            root = lxml_html.document_fromstring(data, parser=parser)
        except MemoryError:
            raise
        except Exception:  # lxml raises ParserError, ValueError or AssertionError on documents without elements
            root = None
    if root is None:
        root = lxml_html.document_fromstring("<html><body></body></html>")
    _empty_head(root)
    head = list(root.iter("base", "meta", "link", "title", "script", "h1"))
    base = next((el for el in head if el.tag == "base" and el.get("href") is not None), None)
    base_url = url or ""
    if base is not None:
        base_url = _absolute(base_url, base.get("href", "").strip())
        if _absolute(base_url, "/") == "/":  # `<base href="http://[">`: nothing can be resolved against it
            base_url = url or ""
    page = Page(url=url, base_url=base_url, root=root, encoding=encoding or "utf-8", lang=root.get("lang"))
    page.markup = data if encoding == "utf-8" else None
    page.cut = cut or _stopped(parser) or ("too_deep" if _is_deep(root, limits().depth) else None)
    _read_head(page, head)
    _Walk(page).run()
    _reveal(page)
    return page


def _empty_head(root: HtmlElement) -> None:
    """Begin the body where browsers do: at the first element that no head may hold.

    HTML lets a page leave `<body>` out; libxml2 does not know `<main>`, `<header>`, `<nav>` and keeps them in the head.
    """
    head, body = root.find("head"), root.find("body")
    strangers = [el for el in head if el.tag not in _OF_THE_HEAD] if head is not None else []
    if head is None or not strangers:
        return
    if body is None:
        body = root.makeelement("body")
        head.addnext(body)
    if body.text:
        strangers[-1].tail = (strangers[-1].tail or "") + body.text
        body.text = None
    for position, stranger in enumerate(strangers):
        body.insert(position, stranger)  # with the text behind it


def _read_head(page: Page, elements: list[HtmlElement]) -> None:
    """What `elements` say of the page: its meta, link, title, script and h1 elements, wherever they stand."""
    meta = page.meta
    for el in elements:
        tag, get = el.tag, el.get
        if tag == "script":
            kind = get("type")
            if kind and "ld+json" in kind.lower() and el.text:
                page.jsonld_raw.append(el.text)
        elif tag == "meta":
            key = get("property") or get("name") or get("itemprop") or get("http-equiv")
            content = get("content")
            if key and content is not None:
                meta.setdefault(key.strip().lower(), []).append(content.strip())
        elif tag == "link":
            href = (get("href") or "").strip()
            if href and (rel := get("rel")):
                page.head_links.append(
                    HeadLink(
                        rel.strip().lower(),
                        href if _WHOLE.fullmatch(href) else _absolute(page.base_url, href),
                        get("type", "").strip().lower(),
                        get("hreflang", "").strip(),
                        get("title", "").strip(),
                    )
                )
        elif tag == "h1":
            page.h1s.append(el)
        elif tag == "title" and not page.title_tag:
            page.title_tag = " ".join(el.text_content().split())


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _origin(base: str) -> str:
    match = re.match(r"https?://[^/?#]+", base)
    return match[0] if match else ""


def _reveal(page: Page) -> None:
    """Take a hidden element for shown when it has more paragraph text than all that is shown: a script reveals it.

    Pages that say that they are not free keep theirs hidden: it is what readers have not paid for.
    """
    roots: dict[int, int] = {}
    shown = 0
    for block in page.blocks:
        size = len(block.text)
        if size < 60 or block.link_chars > 0.35 * size or block.node.flags & _NEVER_MAIN:
            continue
        if not block.node.flags & HIDDEN:
            shown += size
            continue
        node = block.node
        while node.parent >= 0 and page.nodes[node.parent].flags & HIDDEN:
            node = page.nodes[node.parent]
        roots[node.index] = roots.get(node.index, 0) + size
    size, index = max(((size, -index) for index, size in roots.items()), default=(0, 0))
    if size <= max(shown, _HIDDEN_ARTICLE) or any(map(_NOT_FREE.search, page.jsonld_raw)):
        return
    root = page.nodes[-index]
    root.flags &= ~HIDDEN
    for node in page.nodes[root.index + 1 :]:
        if node.depth <= root.depth:
            break
        if not _is_hidden(node.element, node.names) and not page.nodes[node.parent].flags & HIDDEN:
            node.flags &= ~HIDDEN


def _is_hidden(el: HtmlElement, names: str) -> bool:
    by_style = _DISPLAY_NONE.search(el.get("style", "")) or _unseen(names)
    return bool(by_style) or el.get("hidden", "until-found") != "until-found"


class _Walk:
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
        self.most_links = limits().links

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
                        (names and _unseen(names))
                        or get("hidden", "until-found") != "until-found"
                        or ((style := get("style")) and _DISPLAY_NONE.search(style))
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
                elif (key == "hidden" and value != "until-found") or (key == "style" and _DISPLAY_NONE.search(value)):
                    flags |= HIDDEN * (_STREAMED.fullmatch(el.get("id", "")) is None)
            if names and _unseen(names):
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
            href = _absolute(page.base_url, href).partition("#")[0]
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
                    min(_folded(linked), size) if linked else 0, node,
                    min(_folded(bold), size) if bold else 0, min(_folded(italic), size) if italic else 0,
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


@lru_cache(maxsize=1 << 14)  # names repeat within a page and over the pages of a site
def _unseen(names: str) -> bool:
    return _UNSEEN.search(names) is not None


def _swallowed(el: HtmlElement) -> bool:
    """Whether a skipped element holds the page: the parser never closes a `<button>` whose end tag is misplaced."""
    return len(el) > 0 and next(el.iter("main", "article", "h1"), None) is not None


def _folded(parts: list[str]) -> int:
    return len(" ".join("".join(parts).split()))
