"""Feeds: RSS 0.9 to 2.0, RDF, Atom and JSON Feed, broken ones too, as links with their dates and titles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.discovery.hint_dates import date_hint
from mapexpress.discovery.xml import decode, gunzip, local_name, read_in_part, read_xml
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.link import Found, Link
from mapexpress.text.numbers import json_number, unescape, whole_number
from mapexpress.web.addresses import is_address

if TYPE_CHECKING:
    from lxml.etree import _Element

_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_DATES = ("pubdate", "published", "date", "issued", "created")
_MODIFIED = ("updated", "modified", "lastbuilddate")
_COMMENT = re.compile(r"#comment-?\d+$")
_TAG = re.compile(r"<[^>]{0,500}>")
_WORDPRESS = re.compile(r"wordpress(?:\.org|\.com|/)", re.IGNORECASE)
# types of a WordPress export that are no articles
_NO_ARTICLES = frozenset({"page", "attachment", "nav_menu_item", "revision", "product", "product_variation"})


def parse_feed(data: bytes, url: str, limits: Limits = DEFAULTS) -> Found:
    """Links of a feed in its order.

    Further pages come from `rel="next"` (RFC 5005), `next_url` (JSON Feed) or, for WordPress, `?paged=N`. A feed of
    comments, an HTML page or an error gives no links and a `problem`. Entities that a document defines are not
    expanded. Never raises.
    """
    data, problem = gunzip(data, limits.file_bytes)
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head in (b"{", b"["):
        return _json_feed(data, url, limits)
    root = read_xml(data)
    if root is None:
        return Found(problem=problem or "no feed: not XML")
    name = local_name(root)
    if name not in _FEED_ROOTS and next(_items(root), None) is None:
        return Found(problem=f"no feed: the document is <{name or '?'}>")
    links: dict[str, Link] = {}
    comments = 0
    most, cut = limits.feed_entries, "too_large" if read_in_part(data, limits.file_bytes) else None
    for number, item in enumerate(_items(root)):
        if number >= most:
            problem, cut = f"more than {most} entries: read up to there", "too_many_entries"
            break
        link, is_comment = _read_item(item, url)
        comments += is_comment
        if link is not None:
            links.setdefault(link.url, link)
    if comments and not links:
        return Found(problem="a feed of comments")
    return Found(
        links=tuple(links.values()),
        next_pages=_next_pages(root, url, bool(links)),
        problem=problem,
        cut=cut,
    )


def _items(root: _Element) -> Iterator[_Element]:
    return (el for el in root.iter() if local_name(el) in ("item", "entry"))


def _read_item(item: _Element, url: str) -> tuple[Link | None, bool]:
    """The link of an entry, None where it leads to no article, and whether it leads to a comment."""
    fields: dict[str, str] = {}
    address: dict[str, str] = {}
    # where an entry was taken from has a link and a date of its own (RFC 4287, 4.2.11)
    foreign = {el for source in item.iter("{*}source") if len(source) for el in source.iter()}
    for el in item.iter():
        name = local_name(el)
        if not name or el is item or el in foreign:
            continue
        text = (el.text or "").strip()
        if name == "link":
            _read_link(el, text, address)
        elif name == "guid" and el.get("isPermaLink", "true").lower() != "false":
            address.setdefault("guid", text)
        elif name in ("origlink", "id"):
            address.setdefault(name, text)
        elif text and not el.tag.startswith("{http://search.yahoo.com/mrss/}"):
            fields.setdefault(name, text)
    if fields.get("post_type") in _NO_ARTICLES or ("post_type" in fields and fields.get("status") != "publish"):
        return None, False
    href = _address(item, address, url)
    if href is None:
        return None, False
    if _COMMENT.search(href):
        return None, True
    if kind_of_address(href) in ("home", "feed", "media"):
        return None, False
    link = Link(
        url=href.partition("#")[0],
        via="feed",
        date_hint=_first_date(fields, _DATES),
        title_hint=plain(fields.get("title")),
        modified_hint=_first_date(fields, _MODIFIED),
        source_id=fields.get("post_id"),
    )
    return link, False


def _read_link(el: _Element, text: str, address: dict[str, str]) -> None:
    href = (el.get("href") or "").strip()
    rel = (el.get("rel") or "alternate").strip().lower()
    if href and rel == "alternate":
        html_first = "alternate" if "html" in (el.get("type") or "html") else "other"
        address.setdefault(html_first, href)
    elif text and not href and rel == "alternate":  # some write the address of a picture, too, as text
        address.setdefault("link", text)


def _address(item: _Element, address: dict[str, str], url: str) -> str | None:
    about = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or ""
    candidates = [address.get(n, "") for n in ("origlink", "link", "alternate", "other", "guid", "id")]
    for position, text in enumerate([*candidates, about]):
        written = "".join(unescape(text).split())
        # identifiers and RDF names are addresses only when they say so themselves
        if not written or (position >= 4 and not written.lower().startswith(("http://", "https://"))):
            continue
        try:
            href = urljoin(urljoin(url, item.base or ""), written)
            if urlsplit(href).scheme in ("http", "https") and urlsplit(href).hostname and is_address(href):
                return href
        except ValueError:
            continue
    return None


def _first_date(fields: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((hint for n in names if (hint := date_hint(fields.get(n)))), None)


def plain(text: str | None) -> str | None:
    """A title as text: entities and tags gone, white space folded; None when nothing is left.

    >>> plain("Pluie &amp;#8211; <b>F&egrave;s</b> \\n")
    'Pluie – Fès'
    """
    if not text:
        return None
    unescaped = unescape(unescape(text))
    return " ".join(_TAG.sub(" ", unescaped).split()) or None


def _next_pages(root: _Element, url: str, has_links: bool) -> tuple[str, ...]:
    wordpress = False
    for el in root.iter():
        name = local_name(el)
        if name in ("item", "entry"):
            if local_name(root) != "rdf":
                break
        elif name == "link" and (el.get("rel") or "").lower() in ("next", "prev-archive") and el.get("href"):
            return (urljoin(url, el.get("href", "").strip()),)
        elif name == "generator":
            wordpress = bool(_WORDPRESS.search((el.text or "") + (el.get("uri") or "")))
    return (_paged(url),) if wordpress and has_links else ()


def _paged(url: str) -> str:
    """The address of the following page of a WordPress feed.

    >>> _paged("https://news.example/feed/"), _paged("https://news.example/feed/?paged=2")
    ('https://news.example/feed/?paged=2', 'https://news.example/feed/?paged=3')
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = whole_number(query.get("paged", "1"))
    query["paged"] = "2" if page is None else str(page + 1)
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def _json_feed(data: bytes, url: str, limits: Limits) -> Found:
    try:
        feed = json.loads(decode(data), parse_int=json_number)
    except (ValueError, RecursionError):
        return Found(problem="no feed: broken JSON")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Found(problem="no feed: JSON without items")
    links: dict[str, Link] = {}
    most = limits.feed_entries
    for item in items[:most]:
        if not isinstance(item, dict):
            continue
        text = {k: v for k, v in item.items() if isinstance(v, str)}
        written = text.get("url") or text.get("external_url") or text.get("id", "")
        try:
            href = urljoin(url, written) if written and ("url" in text or "://" in written) else ""
        except ValueError:
            continue
        if not href.startswith(("http://", "https://")) or not is_address(href) or href in links:
            continue
        links[href] = Link(
            url=href,
            via="feed",
            date_hint=date_hint(text.get("date_published")),
            title_hint=plain(text.get("title")),
            modified_hint=date_hint(text.get("date_modified")),
        )
    following = feed.get("next_url")
    pages = (urljoin(url, following),) if isinstance(following, str) and following else ()
    many = len(items) > most
    return Found(
        links=tuple(links.values()),
        next_pages=pages,
        problem=f"{len(items)} entries: read up to {most}" if many else None,
        cut="too_many_entries" if many else None,
    )
