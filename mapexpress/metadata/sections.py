"""The section an article stands in, and its tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from mapexpress.metadata.publisher import site_names
from mapexpress.metadata.sources import Sources, fold, plain, types_of, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.model.page import Anchor

_HOME = frozenset(
    "home accueil inicio startseite start homepage الرئيسية principal portada home page hem главная".split()
)
_CATEGORY_CLASS = re.compile(r"tdb-entry-category|entry-crumb|entry-category|cat-links|td-post-category")
_TRAIL = re.compile(r"breadcrumb|\bcrumbs?\b|ariane|مسار")
MOST_TAGS = 40


def read_section(sources: Sources, *, headline: int | None, title: str) -> tuple[str, str] | None:
    """The article's section as the site names it, the innermost where a path is given."""
    names = site_names(sources)

    def good(text: str) -> bool:
        key = words(text)
        return bool(key) and len(text) <= 60 and key not in names and key not in _HOME and key != words(title)

    declared = _declared(sources, good)
    links = [fold(a.text) for a in sources.anchors_near(headline) if _names_category(a)]
    categories = [text for text in links if good(text)]
    # what every page of a site declares alike (a copied head) is not what this page shows beside its headline
    if categories and (declared is None or words(declared[0]) not in {words(text) for text in categories}):
        return categories[0], "category link"
    if declared is not None:
        return declared
    trail = [fold(a.text) for a in sources.anchors_near(headline) if _in_trail(a.element)]
    shown = [text for text in trail if good(text)]
    if shown:
        return shown[-1], "breadcrumb"
    marked, source = sources.of_platform("section")
    return next(((text, source) for text in marked if good(text)), None)


def _names_category(anchor: Anchor) -> bool:
    """Whether a link is marked as one to the article's own category."""
    return {"category", "tag"} <= set(anchor.rel.split()) or bool(
        _CATEGORY_CLASS.search(anchor.element.get("class", "").lower())
    )


def _declared(sources: Sources, good: Callable[[str], bool]) -> tuple[str, str] | None:
    """What the page says in JSON-LD, meta, microdata or the breadcrumbs of its JSON-LD."""
    for node in sources.articles[:1]:
        value = node.get("articleSection")
        for one in value if isinstance(value, list) else [value]:
            text = plain(one)
            if good(text):
                return text, "json-ld:articleSection"
    for text, source in sources.meta(
        "article:section",
        "og:article:section",
        "parsely-section",
        "cxenseparse:recs:category",
        "dc.subject.section",
        "section",
    ):
        text = fold(re.split(r"[|,>/]", text)[0])
        if good(text):
            return text, source
    for el in sources.itemprops.get("articlesection", [])[:1]:
        text = fold(el.get("content") or el.text_content())
        if good(text):
            return text, "itemprop:articleSection"
    crumbs = [c for c in breadcrumbs(sources) if good(c)]
    if crumbs:
        return crumbs[-1], "json-ld:BreadcrumbList"
    return None


def _in_trail(element: HtmlElement) -> bool:
    """Whether a link stands in a visible breadcrumb ("fil d'Ariane"), at most four elements up."""
    ups = islice(element.iterancestors(), 4)
    return any(
        _TRAIL.search(f"{up.get('class', '')} {up.get('id', '')} {up.get('aria-label', '')}".lower()) for up in ups
    )


def breadcrumbs(sources: Sources) -> list[str]:
    """Names of the page's breadcrumb, outermost first, without the page itself where it is the last."""
    for node in sources.nodes:
        if "breadcrumblist" not in types_of(node):
            continue
        items = node.get("itemListElement")
        rows: list[tuple[float, str]] = []
        for i, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                name = plain(item.get("name")) or plain(sources.resolve(item.get("item")))
                position = item.get("position")
                rows.append((float(position) if isinstance(position, int | float) else float(i), name))
        names = [name for _, name in sorted(rows, key=lambda r: r[0]) if name]
        if names:
            return names
    return []


KEYWORDS = ("news_keywords", "parsely-tags", "sailthru.tags", "keywords")


def read_tags(sources: Sources, *, section: str | None) -> tuple[list[str], str]:
    """Tags in the page's order, each once; news_keywords before keywords, which often are the site's own."""
    for node in sources.articles[:1]:
        tags = keywords_of(node)
        if tags and not sources.is_constant("json-ld:keywords", ", ".join(tags)):
            return tags, "json-ld:keywords"
    tags = _unique(v for v, _ in sources.meta("article:tag", "og:article:tag"))
    if len(tags) == 1:
        tags = _unique(_list(tags[0]))
    if tags:
        return tags, "meta:article:tag"
    if tags := _varying(sources, linked_tags(sources), section):
        return tags, "rel=tag"
    for name in KEYWORDS:
        found = sources.first_meta(name)
        if found is not None and (tags := _unique(_list(found[0]))):
            return tags, found[1]
    marked = marked_tags(sources)
    tags = _varying(sources, marked, section)
    return (tags, marked[1]) if tags else ([], "")


def linked_tags(sources: Sources) -> tuple[list[str], str]:
    """The tags that the page shows as links to them, with their source."""
    links = (a for a in sources.page.anchors if a.rel and "tag" in a.rel.split() and "category" not in a.rel.split())
    return _unique(fold(a.text) for a in links), "rel=tag"


def marked_tags(sources: Sources) -> tuple[list[str], str]:
    """The tags that the page shows by its platform's mark-up, with their source."""
    marked, source = sources.of_platform("tags")
    return _unique(marked), source


def _varying(sources: Sources, shown: tuple[list[str], str], section: str | None) -> list[str]:
    tags, source = shown
    if sources.is_constant(f"{source} tags", ", ".join(tags)):
        return []
    return [tag for tag in tags if tag != section]


def keywords_of(node: Mapping[str, object]) -> list[str]:
    """The keywords of a JSON-LD article, each once."""
    value = node.get("keywords")
    return _unique([plain(v) for v in value] if isinstance(value, list) else _list(plain(value)))


def _list(text: str) -> list[str]:
    return re.split(r"(?:(?<!\s)\s++)?[,;،]\s*+", text) if text else []


def _unique(values: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        text = fold(value).lstrip("#")
        if text and len(text) <= 80:
            seen.setdefault(words(text), text)
    return list(seen.values())[:MOST_TAGS]
