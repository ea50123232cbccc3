"""Which declared canonical address is believed: one that can be the same article."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from mapexpress.web.addresses import SLUG, article_id, canonicalize, identity, same_site

if TYPE_CHECKING:
    from mapexpress.model.page import Page
    from mapexpress.model.record import Article

# page 3 of `/slug/`; a longer number may be an article of its own under the section `/news/`
_PAGE_TAIL = re.compile(r"(?:page[-/])?\d{1,3}|(?:p|pg|page)-?\d{1,3}", re.IGNORECASE)
_SHORT_QUERY = re.compile(
    r"(?:^|&)(?:p|page_id|post|id|article|art|nid|story|idarticle|id_article)=[\w-]+(?:&|$)", re.I
)
_INDEX_ROOT = re.compile(r"/index\.php/?")
# `/node/12`, below the prefix of a language too (`/fr/node/12`)
_SHORT_PATH = re.compile(
    r"(?:/[a-z]{2}(?:-[a-z]{2,4})?)?/(?:node|articles?|news|story|post|p|a)?/?\d+/?", re.IGNORECASE
)


def choose_canonical(page_url: str, declared: str | None) -> str:
    """The canonical address of a page: the one it declares when that can be the same article, else its own.

    A declared address is believed when it is on the page's host and is the page itself, ends in the same slug or
    carries the same identifier, is the first page of it, or when the page's own address is only a number (`?p=12`).
    The home page, a section, another article and another host are not believed.

    >>> choose_canonical("https://news.example/?p=12", "https://news.example/2026/06/storm/")
    'https://news.example/2026/06/storm/'
    >>> choose_canonical("https://news.example/slideshow/3/", "https://news.example/slideshow/")
    'https://news.example/slideshow/'
    >>> choose_canonical("https://news.example/storm-in-rabat/", "https://news.example/")
    'https://news.example/storm-in-rabat/'
    >>> choose_canonical("https://news.example/storm-in-rabat/", "https://agency.example/storm-in-rabat/")
    'https://news.example/storm-in-rabat/'
    """
    own = canonicalize(page_url)
    if not declared or not declared.strip():
        return own
    try:
        other = canonicalize(urljoin(page_url, declared.strip()))
    except ValueError:  # `http://[preferences]/`
        return own
    if not other.startswith(("http://", "https://")) or not same_site(own, other):
        return own
    return other if _same_article(own, other) else own


def names_another(url: str | None, canonical_url: str | None) -> bool:
    """Whether a page at `url` names the address of another page as its canonical one.

    >>> names_another("https://news.example/?p=12", "https://news.example/storm/")
    True
    >>> names_another("http://www.news.example/storm", "https://news.example/storm/")
    False
    """
    return bool(url and canonical_url) and identity(url or "") != identity(canonical_url or "")


def names_itself(page: Page) -> bool:
    """Whether a page declares the address that it was read at as its canonical one."""
    own = identity(page.url or "")
    return any("canonical" in link.rel.split() and identity(link.href) == own for link in page.head_links)


def under_own_name(article: Article) -> Article:
    """The article under the address that it was fetched at, whatever its page declares: nobody confirmed that."""
    own = canonicalize(article.url or "")
    return replace(article, canonical_url=own, id=article_id(article.site, own))


def _same_article(own: str, other: str) -> bool:
    if identity(own) == identity(other):
        return True
    mine, theirs = urlsplit(own), urlsplit(other)
    if theirs.path.rstrip("/") == "" and not theirs.query:
        return False
    if (mine.path.rstrip("/") == "" or _INDEX_ROOT.fullmatch(mine.path)) and _SHORT_QUERY.search(mine.query):
        return bool(_last_segment(other))
    tail = mine.path[len(theirs.path.rstrip("/")) :].strip("/")
    if mine.path.startswith(theirs.path.rstrip("/") + "/") and _PAGE_TAIL.fullmatch(tail):
        return True
    if mine.path.rstrip("/") == theirs.path.rstrip("/"):
        return _same_query(mine.query, theirs.query)
    if _SHORT_PATH.fullmatch(mine.path) and not _SHORT_PATH.fullmatch(theirs.path):
        return bool(SLUG.search(_last_segment(other)))
    last, their_last = _last_segment(own), _last_segment(other)
    if last == their_last and SLUG.search(last):
        return True
    return bool(_identifiers(last) & _identifiers(their_last))


def _same_query(mine: str, theirs: str) -> bool:
    """Whether one address is the other with parameters added that do not name a page."""
    return not theirs and not _SHORT_QUERY.search(mine)


def _identifiers(segment: str) -> set[str]:
    """Numbers of five digits or more that are no dates."""
    return {n for n in re.findall(r"\d{5,}", segment) if not re.fullmatch(r"(?:19|20)\d{6}", n)}


def _last_segment(url: str) -> str:
    segment = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.(?:html?|php|aspx?|shtml)$", "", segment, flags=re.IGNORECASE)
