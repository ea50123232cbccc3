"""The REST interface of WordPress: its root with the post types that hold articles, and the links of its posts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from mapexpress.discovery.feeds import plain
from mapexpress.discovery.hint_dates import date_hint
from mapexpress.model.link import Found, Link
from mapexpress.model.rest_answer import posts_of, read_answer
from mapexpress.text.numbers import unescape, whole_number

_TYPES = tomllib.loads(resources.files(__package__).joinpath("wordpress.toml").read_text("utf-8"))["types"]
_NO_ARTICLES = frozenset(_TYPES["core"]) | frozenset(_TYPES["plugins"])
_COLLECTION = re.compile(r"/wp/v2/([\w-]+)")
# arguments that only collections of post types have (rest-api/reference/posts), and those that others have
_POST_ARGUMENTS = frozenset({"after", "slug", "status"})
_NOT_POST_ARGUMENTS = frozenset({"post", "media_type", "roles", "hide_empty", "menus"})
_OVER = frozenset({"rest_post_invalid_page_number", "rest_invalid_page_number"})
MAX_PER_PAGE = 100  # rest-api/using-the-rest-api/pagination


@dataclass(slots=True, frozen=True, kw_only=True)
class WpRoot:
    """What a REST root says of its site. `types` are the REST bases of the post types that may hold articles."""

    home: str | None  # as the site believes it: behind a proxy or on a mirror it is another address
    time_zone: str | None
    types: tuple[str, ...]
    problem: str | None = None


def parse_root(data: bytes) -> WpRoot:
    """Post types and site facts of a REST root (`/wp-json/`); `problem` is set when there are none. Never raises."""
    table = read_answer(data)
    if not isinstance(table, dict) or not isinstance(table.get("routes"), dict):
        return WpRoot(home=None, time_zone=None, types=(), problem=_refusal(table, "root"))
    types: list[str] = []
    for route, description in table["routes"].items():
        found = _COLLECTION.fullmatch(route)
        arguments = _get_arguments(description) if found else frozenset()
        if not found or "per_page" not in arguments:
            continue
        if arguments >= _POST_ARGUMENTS and not arguments & _NOT_POST_ARGUMENTS and found[1] not in _NO_ARTICLES:
            types.append(found[1])
    return WpRoot(
        home=_text(table.get("home")),
        time_zone=_text(table.get("timezone_string")) or None,
        types=tuple(sorted(types, key=lambda t: t != "posts")),
    )


def rest_root(address: str) -> str:
    """The root of a REST interface from any address below it, in the form that `collection_url` takes.

    >>> rest_root("https://news.example/index.php/wp-json/wp/v2/posts?page=2")
    'https://news.example/index.php/wp-json/'
    >>> rest_root("https://news.example/?rest_route=/wp/v2/posts")
    'https://news.example/?rest_route=/'
    >>> rest_root("https://news.example")
    'https://news.example/wp-json/'
    """
    parts = urlsplit(address)
    if "rest_route=" in parts.query:
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "rest_route=/", ""))
    before, found, _ = f"{parts.path}/".partition("/wp-json/")
    path = f"{before}/wp-json/" if found else f"{parts.path.rstrip('/')}/wp-json/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def collection_url(
    root: str,
    post_type: str,
    *,
    per_page: int = MAX_PER_PAGE,
    after: str | None = None,
    before: str | None = None,
    embed: bool = True,
) -> str:
    """Address of the first page of a collection, newest first; dates are ISO 8601 in the site's zone.

    >>> collection_url("https://news.example/wp-json/", "posts", per_page=10, embed=False)
    'https://news.example/wp-json/wp/v2/posts?per_page=10&page=1'
    >>> collection_url("https://news.example/?rest_route=/", "actualite", before="2026-06-12T00:00:00", embed=False)
    'https://news.example/?rest_route=/wp/v2/actualite&per_page=100&page=1&before=2026-06-12T00:00:00'
    """
    query = {"per_page": str(per_page), "page": "1"}
    query |= {name: value for name, value in (("after", after), ("before", before)) if value}
    if embed:
        # only what a record needs: the whole of `_embed` is several times the posts themselves
        query["_embed"] = "author,wp:term,wp:featuredmedia"
    return _below(root, f"wp/v2/{post_type}", query)


def parse_posts(data: bytes, url: str, headers: Mapping[str, str] | None = None) -> Found:
    """Links to the posts of a page of a collection, or to a single post, with the following page in `next_pages`.

    `headers` give `X-WP-TotalPages`; without it a full page is taken to have a following one. Types that hold no
    articles, drafts and posts without an address are left out. A page beyond the last is empty without `problem`.
    Never raises.
    """
    value = read_answer(data)
    if isinstance(value, dict) and _text(value.get("code")) in _OVER:
        return Found()
    rows = [value] if isinstance(value, dict) and "id" in value and "link" in value else value
    if not isinstance(rows, list):
        return Found(problem=_refusal(value, "collection"))
    links = [link for row in rows if isinstance(row, dict) and (link := _link(row, url)) is not None]
    lower = {k.lower(): v for k, v in (headers or {}).items()}
    pages = _number(lower.get("x-wp-totalpages"))
    return Found(
        links=tuple({link.url: link for link in links}.values()),
        next_pages=_following(url, pages, len(rows)) if isinstance(value, list) else (),
        posts=posts_of(value),
        problem=None if links or not rows else "REST rows without posts",
    )


def _following(url: str, pages: int | None, rows: int) -> tuple[str, ...]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = _number(query.get("page")) or 1
    per_page = _number(query.get("per_page")) or 10
    if page >= pages if pages is not None else rows < per_page:
        return ()
    query["page"] = str(page + 1)
    return (urlunsplit(parts._replace(query=urlencode(query, safe="/,:"))),)


def _below(root: str, path: str, query: Mapping[str, str]) -> str:
    encoded = urlencode(query, safe="/,:")
    if "rest_route=" in root:
        return root + path + (f"&{encoded}" if encoded else "")
    return root + path + (f"?{encoded}" if encoded else "")


def _link(row: Mapping[str, object], url: str) -> Link | None:
    link = _text(row.get("link"))
    if not link or "id" not in row or _text(row.get("status")) not in (None, "publish"):
        return None
    kind = _text(row.get("type")) or "post"
    if kind in _NO_ARTICLES or not ("content" in row or "title" in row) or "taxonomy" in row:
        return None
    return Link(
        url=urljoin(url, link),
        via="wp_api",
        date_hint=_moment(row, "date"),
        title_hint=plain(_rendered(row.get("title"))),
        modified_hint=_moment(row, "modified"),
        source_id=str(row["id"]),
    )


def _moment(row: Mapping[str, object], name: str) -> str | None:
    """The date in UTC where REST gives it, else as local time without an offset."""
    utc = date_hint(_text(row.get(f"{name}_gmt")))
    if utc and "T" in utc:
        return utc if "+" in utc else f"{utc}+00:00"
    return date_hint(_text(row.get(name)))


def _get_arguments(description: object) -> frozenset[str]:
    endpoints = description.get("endpoints") if isinstance(description, dict) else None
    for endpoint in endpoints if isinstance(endpoints, list) else ():
        if isinstance(endpoint, dict) and "GET" in (endpoint.get("methods") or ()):
            arguments = endpoint.get("args")
            return frozenset(arguments) if isinstance(arguments, dict) else frozenset()
    return frozenset()


def _rendered(value: object) -> str:
    text = value.get("rendered") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _text(value: object) -> str | None:
    return unescape(value).strip() if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return whole_number(value.strip()) if isinstance(value, str) else None


def _refusal(value: object, what: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("code"), str):
        return f"no REST {what}: {value['code']}"
    return f"no REST {what}: " + ("not JSON" if value is None else "other JSON")
