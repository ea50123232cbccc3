"""Sitemaps: indexes, lists of addresses, news sitemaps, plain text, compressed or not; the newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from mapexpress.discovery.address_kinds import kind_of_address, sitemap_lists_articles
from mapexpress.discovery.feeds import parse_feed, plain
from mapexpress.discovery.hint_dates import date_hint
from mapexpress.discovery.xml import ROOT, decode, gunzip, local_name, read_in_part, read_xml
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.link import Found, Link
from mapexpress.web.addresses import day_in_path, is_address

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEAD = 4096  # bytes in which a sitemap begins, whatever a server prints before it
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse_sitemap(data: bytes, url: str, limits: Limits = DEFAULTS) -> Found:
    """Links of a sitemap, or the sitemaps of an index as `children`, the newest first.

    Sitemaps of templates, terms, authors and pages are left out of the children, addresses that are no articles by
    themselves (home, terms, files) out of the links. `lastmod` is only `modified_hint`; the date comes from the news
    extension or the address. A feed given as a sitemap is read as one. An HTML page or an error gives a `problem`.
    Never raises.
    """
    data, problem = gunzip(data, limits.file_bytes)
    if _HTML.search(data[:1024]):
        return Found(problem="no sitemap: an HTML page")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not ROOT.search(decode(data[:_HEAD])):
        return _text_sitemap(data, problem, limits)
    root = read_xml(data)
    if root is None:
        return Found(problem=problem or "no sitemap: not XML")
    name = local_name(root)
    if name in ("rss", "feed", "rdf"):
        return parse_feed(data, url, limits)
    entries = [el for el in root.iter() if local_name(el) in ("url", "sitemap")]
    if name not in ("urlset", "sitemapindex") and not entries:
        return Found(problem=f"no sitemap: the document is <{name or '?'}>")
    links: dict[str, Link] = {}
    children: dict[str, str] = {}
    most, cut = limits.sitemap_entries, "too_large" if read_in_part(data, limits.file_bytes) else None
    if len(entries) > most:
        problem, cut = f"{len(entries)} entries: read up to {most}", "too_many_entries"
    for entry in entries[:most]:
        fields = _fields(entry)
        href = _absolute(url, fields.get("loc", ""))
        if href is None:
            continue
        if local_name(entry) == "sitemap":
            children.setdefault(href, date_hint(fields.get("lastmod")) or "")
        elif kind_of_address(href) is None:
            links.setdefault(href, _link(href, fields))
    wanted = [child for child in children if child != url and sitemap_lists_articles(child)]
    wanted.sort(key=lambda child: (children[child], _numbers(child)), reverse=True)
    changed = {child: children[child] for child in wanted if children[child]}
    return Found(links=_newest_first(links.values()), children=tuple(wanted), changed=changed, problem=problem, cut=cut)


def _fields(entry: _Element) -> dict[str, str]:
    """Texts of an entry by local name; those of image and video extensions left out, so `image:loc` is no link."""
    fields: dict[str, str] = {}
    for el in entry:
        if local_name(el) in ("image", "video"):
            continue
        for inner in el.iter():
            name, text = local_name(inner), (inner.text or "").strip()
            if name and text:
                fields.setdefault(name, text)
    return fields


def _link(href: str, fields: dict[str, str]) -> Link:
    return Link(
        url=href,
        via="sitemap",
        date_hint=date_hint(fields.get("publication_date")) or day_in_path(href),
        title_hint=plain(fields.get("title")),
        modified_hint=date_hint(fields.get("lastmod")),
    )


def _newest_first(links: Iterable[Link]) -> tuple[Link, ...]:
    """Dated links first, by their date or last change; the others keep the sitemap's order."""
    return tuple(sorted(links, key=lambda link: link.date_hint or link.modified_hint or "", reverse=True))


def _numbers(url: str) -> tuple[int, ...]:
    """Numbers of a file name: `sitemap-2026-06.xml` is newer than `-05`, WordPress's `post-2` newer than `post-1`."""
    return tuple(int(n) for n in re.findall(r"\d{1,18}", urlsplit(url).path.rpartition("/")[2] + urlsplit(url).query))


def _absolute(base: str, href: str) -> str | None:
    try:
        joined = urljoin(base, "".join(href.split())).partition("#")[0]
        good = href.strip() and urlsplit(joined).scheme in ("http", "https") and is_address(joined)
        return joined if good else None
    except ValueError:
        return None


def _text_sitemap(data: bytes, problem: str | None, limits: Limits) -> Found:
    """One absolute address a line (sitemaps.org)."""
    lines = [line.strip() for line in decode(data).splitlines() if line.strip()]
    most, cut = limits.sitemap_entries, "too_large" if read_in_part(data, limits.file_bytes) else None
    if len(lines) > most:
        problem, cut = f"{len(lines)} entries: read up to {most}", "too_many_entries"
    addresses = dict.fromkeys(
        line for line in lines[:most] if re.match(r"https?://\S+$", line, re.IGNORECASE) and is_address(line)
    )
    if not addresses:
        return Found(problem=problem or "no sitemap: neither XML nor a list of addresses")
    kept = {a: _link(a, {}) for a in addresses if kind_of_address(a) is None}
    return Found(links=_newest_first(kept.values()), problem=problem, cut=cut)
