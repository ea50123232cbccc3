"""A WordPress REST answer (`/wp-json/wp/v2/<type>/<id>`, `_embed` or not) as a page and its metadata.

The rendered content goes through the same blocks and cleaning as a page; fields of the answer are its metadata.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.metadata.authors.names import clean_names
from mapexpress.metadata.dates.machine import parse_machine
from mapexpress.metadata.page_metadata import Metadata
from mapexpress.metadata.publisher import site_names
from mapexpress.metadata.sources import Sources, plain, words
from mapexpress.model.page import Page
from mapexpress.page.parse import parse
from mapexpress.sites import SiteConfig
from mapexpress.text.numbers import json_number

# taxonomies that WordPress itself and tagDiv use for other things than sections
_NO_SECTION = frozenset({"post_tag", "post_format", "tdb_category", "author", "yst_prominent_words"})


def read_wp_post(
    body: bytes | str, *, url: str | None, site: SiteConfig | None = None, limits: Limits = DEFAULTS
) -> tuple[Page, Metadata, str] | None:
    """The post's page, metadata and id; None when `body` is not one post.

    The page is the content inside a container of its own (`platforms/rest.toml`), so that it decides as a whole and
    what plugins added to it is removed as from a page.
    """
    try:
        post = json.loads(body, parse_int=json_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(post, dict) or not isinstance(post.get("content"), dict):
        return None
    link = post.get("link") if isinstance(post.get("link"), str) else None
    title = _rendered(post, "title")
    content = post["content"].get("rendered")
    page = parse(
        f'<html><body><article class="wp-rest-post hentry"><h1 class="entry-title">{html.escape(title)}</h1>'
        f'<div class="entry-content">{content if isinstance(content, str) else ""}</div></article></body></html>',
        url=url or link,
        limits=limits,
    )
    metadata = _metadata(post, title, site, page)
    return page, metadata, str(post.get("id") or "")


def _rendered(post: Mapping[str, Any], key: str) -> str:
    value = post.get(key)
    return plain(value.get("rendered")) if isinstance(value, dict) else ""


def _metadata(post: Mapping[str, Any], title: str, site: SiteConfig | None, page: Page) -> Metadata:
    found = {"title": "rest:title.rendered"} if title else {}
    published, source = _date(post, "date")
    modified, modified_source = _date(post, "modified")
    terms = _terms(post)
    sections = [name for taxonomy, name in terms if taxonomy not in _NO_SECTION]
    tags = tuple(dict.fromkeys(name for taxonomy, name in terms if taxonomy == "post_tag"))
    publisher = site.publisher if site is not None else None
    embedded = post.get("_embedded")
    embedded = embedded if isinstance(embedded, dict) else {}
    # an account that is named like the site ("MAP Express" of mapexpress.ma) is its desk's
    names = site_names(Sources(page, site=site))
    desks = {name.replace(" ", "") for name in names}
    accounts = [plain(a.get("name")) for a in _dicts(embedded.get("author"))]
    authors = tuple(clean_names([name for name in accounts if words(name).replace(" ", "") not in desks], names))
    images = [m.get("source_url") for m in _dicts(embedded.get("wp:featuredmedia"))]
    image = next((i for i in images if isinstance(i, str) and i.startswith("http")), None)
    description = _rendered(post, "excerpt") or None
    rows: list[tuple[str, object, str]] = [
        ("date_published", published, source),
        ("date_modified", modified, modified_source),
        ("section", sections, "rest:wp:term"),
        ("tags", tags, "rest:wp:term"),
        ("authors", authors, "rest:author"),
        ("image_url", image, "rest:wp:featuredmedia"),
        ("description", description, "rest:excerpt.rendered"),
        ("publisher", publisher, "site file"),
    ]
    found |= {name: where for name, value, where in rows if value}
    return Metadata(
        title=title,
        description=description,
        authors=authors,
        section=sections[0] if sections else None,
        tags=tags,
        date_published=published,
        date_modified=modified,
        date_precision=None if published is None else "instant" if source.endswith("_gmt") else "local",
        date_published_raw=str(post.get(source.partition(":")[2])) if published else None,
        publisher=publisher,
        image_url=image,
        sources=found,
    )


def _date(post: Mapping[str, Any], key: str) -> tuple[str | None, str]:
    """`date` is the site's local time and `date_gmt` the same instant: together they tell the offset."""
    local = parse_machine(str(post.get(key) or ""))
    utc = parse_machine(str(post.get(f"{key}_gmt") or ""))
    if not isinstance(utc, datetime):
        return (local.isoformat(), f"rest:{key}") if local is not None else (None, "")
    utc = utc.replace(tzinfo=UTC)
    if isinstance(local, datetime) and local.tzinfo is None:
        offset = local.replace(tzinfo=UTC) - utc
        if abs(offset) <= timedelta(hours=14) and offset % timedelta(minutes=15) == timedelta(0):
            utc = utc.astimezone(timezone(offset))
    return utc.isoformat(), f"rest:{key}_gmt"


def _terms(post: Mapping[str, Any]) -> list[tuple[str, str]]:
    embedded = post.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    out: list[tuple[str, str]] = []
    for group in groups if isinstance(groups, list) else []:
        out += [(str(t.get("taxonomy")), name) for t in _dicts(group) if (name := plain(t.get("name")))]
    return out


def _dicts(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
