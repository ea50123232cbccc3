"""The parsed page: its blocks in page order, its links, and where its metadata stand.

Everything after parsing reads the `Page`; nothing parses or serialises the tree again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.text.numbers import json_number

if TYPE_CHECKING:
    from lxml.html import HtmlElement


# what old templates put around a script's content so that XML parsers let it pass
_OPENED = re.compile(r"\s*+(?:(?://|/\*)\s*+)?(?:<!\[CDATA\[|<!--)\s*+(?:\*/)?")
_CLOSED = re.compile(r"(?:(?://|/\*)\s*+)?(?:\]\]>|-->)\s*+(?:\*/\s*+)?$")
_WRAPPERS = ("<![CDATA[", "<!--", "]]>", "-->")  # the expressions try every character, a look for these none
# Slips seen on 6 of 900 pages: a comma after the last element, comments, quotation marks inside a headline, one brace
# too many. A slip inside a text is mended only where every key has a line of its own.
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")
_COMMENT = re.compile(r"^[ \t]*//.*$|(?<=[,{\[])[ \t]*//[^\"\n]*$", re.MULTILINE)
_LINE = re.compile(r'^([ \t]*"[@\w:.-]+"[ \t]*:[ \t]*")(.*)("[ \t]*+(?:[,\r][ \t\r]*+)?)$', re.MULTILINE)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_DECODER = json.JSONDecoder(strict=False, parse_int=json_number)


def read_jsonld(blocks: Iterable[str]) -> list[dict[str, object]]:
    r"""Every node, `@graph` and lists flattened; blocks that cannot be read are left out.

    >>> read_jsonld(['{"@graph": [{"@id": "#a"}, {"tags": ["a",]}]}}', "not JSON"])[1:]
    [{'@id': '#a'}, {'tags': ['a']}]
    >>> read_jsonld(['{\n"headline": "Le "oui" gagne",\n// empty for some\n"url": ""}'])
    [{'headline': 'Le "oui" gagne', 'url': ''}]
    """
    nodes: list[dict[str, object]] = []
    for block in blocks:
        stack = [_load(_unwrapped(block).strip())]
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


def _unwrapped(block: str) -> str:
    if not any(map(block.__contains__, _WRAPPERS)):
        return block
    opened = _OPENED.match(block)
    return _CLOSED.sub("", block[opened.end() :] if opened else block)


def _load(text: str) -> object:
    """The first value of a block: what follows it is a slip of the template."""
    for mend in (False, True):
        try:
            return _DECODER.raw_decode(_mended(text) if mend else text)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _mended(text: str) -> str:
    text = _LINE.sub(lambda m: m[1] + _BARE_QUOTE.sub(r"\"", m[2]) + m[3], _COMMENT.sub("", text))
    return _LAST_COMMA.sub("", text)


# Flags of a node, inherited by everything inside it. ARIA roles count as the elements they stand for.
NAV, ASIDE, FOOTER, HEADER, FORM, FIGURE, CAPTION, QUOTE = (1 << i for i in range(8))
LIST, TABLE, ARTICLE, MAIN, HEADING, DIALOG, HIDDEN, ARIA_HIDDEN = (1 << i for i in range(8, 16))


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
    limits: Limits = DEFAULTS  # within which it was read
    flags: tuple[str, ...] = ()  # what was wrong with its bytes, from whoever decoded them
    cut: str | None = None  # why it was not read to its end: docs/limits.md names the reasons
    masking: object = field(default=None, repr=False)  # its blocks as a site's template sees them (template.units)

    def nodes_tagged(self, tag: str) -> list[Node]:
        """Nodes in page order with a tag."""
        return [node for node in self.nodes if node.tag == tag]

    def nodes_named(self, word: str) -> list[Node]:
        """Nodes in page order that have a word in their class, id and similar attributes."""
        if word not in self.node_words:
            return []
        return [node for node in self.nodes if word in node.names and word in node.names.split()]

    @cached_property
    def node_words(self) -> frozenset[str]:
        """Every word of the nodes' names: most that are asked for are on no node."""
        return frozenset(" ".join({node.names for node in self.nodes}).split())

    @cached_property
    def node_counts(self) -> Counter[str]:
        """How many nodes have each tag."""
        return Counter(node.tag for node in self.nodes)

    def holds(self, name: str) -> bool:
        """Whether any element, of whatever kind, has this class or id."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        """Each class and id: one look at them costs as much as two searches of the markup, and most ask for more."""
        return frozenset(" ".join([*_CLASSES(self.root), *_IDS(self.root)]).split())  # type: ignore[misc]

    @cached_property
    def linked(self) -> str:
        """The addresses of its `<link>` elements, one a line: whether one of them holds a word is one search."""
        return "\n".join(link.href for link in self.head_links)

    @cached_property
    def jsonld(self) -> list[dict[str, object]]:
        """Every JSON-LD node of the page, `@graph` and lists flattened."""
        return read_jsonld(self.jsonld_raw)


_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)
