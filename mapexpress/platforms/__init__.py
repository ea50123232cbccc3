"""Platforms as data: how a publishing system is recognised from a page, and what it calls its parts.

One TOML file each; `Platform` tells the keys. Order of recognition is by `rank`, the most specific first: a theme
before the system it runs on.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import cssselect
from lxml import etree

from mapexpress.model.verdict import Reason, as_reason
from mapexpress.platforms.selectors import NodeIndex, compiled, named_in

if TYPE_CHECKING:
    from cssselect.parser import Class
    from lxml.html import HtmlElement

    from mapexpress.model.page import Node, Page

# A container with less text outside links is a stub, a video page or a changed template, and goes the general way:
# about a sentence, the least that a dispatch says.
MIN_CONTAINER_CHARS = 140

Part = Literal["title", "date", "author", "section", "tags"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Removal:
    """A selector of boilerplate inside the content, and its reason."""

    css: str
    reason: Reason


@dataclass(slots=True, frozen=True, kw_only=True)
class Platform:
    """What is known of one publishing system or theme.

    `css`, `generator` (regular expression on the generator meta) and `assets` (a part of a linked address):
    any one of them recognises it. `keep` are the containers of the article's body, the first with text wins;
    `standfirst` may stand outside them. `trusted` says that the container holds the article and hardly anything
    else, so that no second opinion is needed; without it the scorer chooses, and the container is heard where the
    scorer is unsure. The other selectors name parts of the metadata, for pages that declare them in no other way.
    """

    name: str
    rank: int = 50
    css: tuple[str, ...] = ()
    generator: str = ""
    assets: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    trusted: bool = False
    standfirst: tuple[str, ...] = ()
    remove: tuple[Removal, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def recognises(self, page: Page, index: NodeIndex) -> bool:
        """Whether `page` was made by this platform."""
        if any(index.select(css) for css in self.css):
            return True
        if self.generator and any(re.search(self.generator, g, re.I) for g in page.meta.get("generator", ())):
            return True
        return any(part in page.linked for part in self.assets)

    def containers(self, index: NodeIndex) -> tuple[str, list[Node]]:
        """The first selector of `keep` that finds enough text, with its outermost nodes; empty when none does."""
        for css in self.keep:
            nodes = outermost(index.select(css))
            blocks = index.page.blocks
            if sum(len(b.text) - b.link_chars for n in nodes for b in blocks[n.start : n.end]) >= MIN_CONTAINER_CHARS:
                return css, nodes
        return "", []

    def texts(self, page: Page, part: Part) -> list[str]:
        """What the first selector of `part` finds: texts in page order, of a time its machine-readable value.

        Different texts in different places are those of several things (teasers carry the same names as the article)
        and give nothing.
        """
        for css in getattr(self, part):
            if not all(map(page.holds, _words_of(css))):
                continue
            elements: list[HtmlElement] = _xpath(css)(page.root)  # type: ignore[assignment]
            found = [(_holder(el), text) for el in elements if (text := _said(el))]
            if found:
                texts = list(dict.fromkeys(text for _, text in found))
                return texts if len(texts) == 1 or len({holder for holder, _ in found}) == 1 else []
        return []


def _said(el: HtmlElement) -> str:
    machine = el.get("datetime") or (el.get("title") if el.tag == "abbr" else None)
    return machine or " ".join(el.text_content().split())


def _holder(el: HtmlElement) -> HtmlElement | None:
    """What holds the names of one thing: the element above those that only wrap or list them."""
    return next((up for up in el.iterancestors() if up.tag not in _WRAPPERS), None)


_WRAPPERS = frozenset({"a", "b", "em", "i", "li", "span", "strong"})


class _Translator(cssselect.HTMLTranslator):
    """CSS to XPath that looks for a class among an element's letters before it takes them apart into words."""

    def xpath_class(self, class_selector: Class) -> cssselect.xpath.XPathExpr:
        xpath = self.xpath(class_selector.selector)
        xpath.add_condition(f"contains(@class, {self.xpath_literal(class_selector.class_name)})")
        return self.xpath_attrib_includes(xpath, "@class", class_selector.class_name)


@cache
def _xpath(css: str) -> etree.XPath:
    # metadata often stands in inline elements, which `NodeIndex` does not hold
    return etree.XPath(_Translator().css_to_xpath(css))


@cache
def _words_of(css: str) -> tuple[str, ...]:
    """Classes and ids that a page holds wherever `css` finds anything."""
    parsed = cssselect.parse(css)
    return tuple(named_in(parsed[0].parsed_tree)) if len(parsed) == 1 else ()


def outermost(nodes: list[Node]) -> list[Node]:
    """Leave out nodes that stand inside another of them; `nodes` in page order."""
    out: list[Node] = []
    for node in nodes:
        if not out or node.start >= out[-1].end:
            out.append(node)
    return out


def recognise(page: Page, index: NodeIndex) -> list[Platform]:
    """The platforms of `page`, the most specific first (a theme, then the system it runs on)."""
    found = _recognised.get(page)
    if found is None:
        found = _recognised[page] = [p for p in load_platforms() if p.recognises(page, index)]
    return found


# metadata and content both ask
_recognised: WeakKeyDictionary[Page, list[Platform]] = WeakKeyDictionary()


@cache
def load_platforms() -> tuple[Platform, ...]:
    """Every platform of this package, by rank; raises ValueError naming the file for a key or selector that is wrong.

    >>> [p.name for p in load_platforms() if p.trusted]
    ['rest', 'map-v2', 'jnews', 'tagdiv', 'amp', 'arc', 'ghost']
    """
    platforms = [
        _platform(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")))
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(platforms, key=lambda p: (p.rank, p.name)))


_LISTS = ("css", "assets", "keep", "standfirst", "title", "date", "author", "section", "tags")
_SELECTORS = ("css", "keep", "standfirst")
_PARTS = ("title", "date", "author", "section", "tags")


def _platform(name: str, table: dict[str, object]) -> Platform:
    unknown = set(table) - {*_LISTS, "rank", "generator", "trusted", "remove"}
    if unknown:
        raise ValueError(f"platforms/{name}.toml: unknown keys {', '.join(sorted(unknown))}")
    lists = {key: tuple(_strings(table.get(key, []))) for key in _LISTS}
    entries = table.get("remove", [])
    if not isinstance(entries, list):
        raise ValueError(f"platforms/{name}.toml: remove must be [[remove]] tables")
    remove = tuple(Removal(css=entry["css"], reason=as_reason(entry["reason"])) for entry in entries)
    rank, generator = table.get("rank", 50), table.get("generator", "")
    try:
        for css in (*(c for key in _SELECTORS for c in lists[key]), *(r.css for r in remove)):
            compiled(css)
        for css in (c for key in _PARTS for c in lists[key]):
            _xpath(css)
    except Exception as error:
        raise ValueError(f"platforms/{name}.toml: {error}") from error
    return Platform(
        name=name,
        rank=rank if isinstance(rank, int) else 50,
        generator=generator if isinstance(generator, str) else "",
        trusted=table.get("trusted") is True,
        remove=remove,
        **lists,
    )


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []
