"""Bytes to a `Page`: parsed once, within limits, with what its head says; then the walk cuts its body into blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.page import HeadLink, Page
from mapexpress.page import compiled
from mapexpress.page.hidden import reveal
from mapexpress.page.memory import uncollected
from mapexpress.page.oversize import stopped, within_limits
from mapexpress.page.walk import absolute

if compiled.WHY_NOT is None:
    from mapexpress.page.compiled.walk import walk_page
else:
    from mapexpress.page.walk import walk_page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_OF_THE_HEAD = frozenset("title meta link script style noscript base template object basefont bgsound".split())
# An address that joining would leave as it is, at ten times the cost
_WHOLE = re.compile(r"https?://[^\s?#;\x00-\x1f]+(?:\?[^\s#\x00-\x1f]+)?")
# What lxml reads in HTML, and refuses to put into a tree
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# One class for every element: lxml.html's choice by tag name costs a Python call for each
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement)


@uncollected()
def parse(data: bytes | str, *, url: str | None = None, encoding: str | None = None, limits: Limits = DEFAULTS) -> Page:
    """Parse a page into its blocks in one walk.

    Bytes are decoded with `encoding` when given. Never raises for what a page contains: an empty document gives
    a page without blocks, one past the limits is read up to there and says so in `cut`.
    """
    if isinstance(data, str):
        data, encoding = data.encode("utf-8", "replace"), "utf-8"
    data, cut = within_limits(data, limits)
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
        base_url = absolute(base_url, base.get("href", "").strip())
        if absolute(base_url, "/") == "/":  # `<base href="http://[">`: nothing can be resolved against it
            base_url = url or ""
    page = Page(url=url, base_url=base_url, root=root, encoding=encoding or "utf-8", limits=limits)
    page.lang = root.get("lang")
    page.cut = cut or stopped(parser, root, limits.depth)
    _read_head(page, head)
    walk_page(page)
    reveal(page)
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
        strangers[-1].tail = _UNWRITABLE.sub("", (strangers[-1].tail or "") + body.text)
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
                        href if _WHOLE.fullmatch(href) else absolute(page.base_url, href),
                        get("type", "").strip().lower(),
                        get("hreflang", "").strip(),
                        get("title", "").strip(),
                    )
                )
        elif tag == "h1":
            page.h1s.append(el)
        elif tag == "title" and not page.title_tag:
            page.title_tag = " ".join(el.text_content().split())
