"""The REST interface of WordPress: its root, the post types that hold articles, and pages of posts."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from mapexpress.discovery.dates import date_hint
from mapexpress.discovery.feeds import plain
from mapexpress.discovery.links import Found, Link
from mapexpress.numbers import json_number, unescape, whole_number

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

    name: str | None
    home: str | None  # as the site believes it: behind a proxy or on a mirror it is another address
    time_zone: str | None
    types: tuple[str, ...]
    taxonomies: tuple[str, ...]
    problem: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class WpPost:
    """A post as REST gives it. `content` and `excerpt` are HTML; dates are ISO 8601, with an offset where known."""

    id: str
    url: str
    type: str
    title: str | None
    content: str
    excerpt: str
    date: str | None
    modified: str | None
    authors: tuple[str, ...]  # only with `_embed`
    sections: tuple[str, ...]
    tags: tuple[str, ...]
    term_ids: Mapping[str, tuple[int, ...]]
    image: str | None
    image_caption: str | None
    protected: bool  # behind a password: `content` is empty


@dataclass(slots=True, frozen=True, kw_only=True)
class WpPosts(Found):
    """A page of a collection: its links, and the posts themselves in the same order."""

    posts: tuple[WpPost, ...] = ()
    total: int | None = None
    total_pages: int | None = None


def parse_root(data: bytes) -> WpRoot:
    """Post types and site facts of a REST root (`/wp-json/`); `problem` is set when there are none. Never raises."""
    table = _json(data)
    if not isinstance(table, dict) or not isinstance(table.get("routes"), dict):
        return WpRoot(name=None, home=None, time_zone=None, types=(), taxonomies=(), problem=_refusal(table, "root"))
    types: list[str] = []
    taxonomies: list[str] = []
    for route, description in table["routes"].items():
        found = _COLLECTION.fullmatch(route)
        arguments = _get_arguments(description) if found else frozenset()
        if not found or "per_page" not in arguments:
            continue
        if "hide_empty" in arguments:
            taxonomies.append(found[1])
        elif arguments >= _POST_ARGUMENTS and not arguments & _NOT_POST_ARGUMENTS and found[1] not in _NO_ARTICLES:
            types.append(found[1])
    return WpRoot(
        name=plain(_text(table.get("name"))),
        home=_text(table.get("home")),
        time_zone=_text(table.get("timezone_string")) or None,
        types=tuple(sorted(types, key=lambda t: t != "posts")),
        taxonomies=tuple(taxonomies),
    )


def parse_types(data: bytes) -> tuple[str, ...]:
    """REST bases of the types of `/wp/v2/types` that may hold articles, `posts` first; empty for anything else.

    >>> parse_types(b'{"post": {"slug": "post", "rest_base": "posts"}, "page": {"slug": "page", "rest_base": "pages"}}')
    ('posts',)
    """
    table = _json(data)
    if not isinstance(table, dict):
        return ()
    bases = []
    for slug, kind in table.items():
        base = _text(kind.get("rest_base")) if isinstance(kind, dict) else None
        # newer types name a namespace of their own; only wp/v2 collections give posts as we read them
        if not base or "(?P<" in base or _text(kind.get("rest_namespace")) not in (None, "wp/v2"):
            continue
        if slug not in _NO_ARTICLES and base not in _NO_ARTICLES:
            bases.append(base)
    return tuple(sorted(bases, key=lambda b: b != "posts"))


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


def types_url(root: str) -> str:
    """Address of the list of post types under a REST root.

    >>> types_url("https://news.example/?rest_route=/")
    'https://news.example/?rest_route=/wp/v2/types'
    """
    return _below(root, "wp/v2/types", {})


def collection_url(
    root: str,
    post_type: str,
    *,
    page: int = 1,
    per_page: int = MAX_PER_PAGE,
    after: str | None = None,
    before: str | None = None,
    modified_after: str | None = None,
    terms: Mapping[str, str] | None = None,
    embed: bool = True,
) -> str:
    """Address of a page of a collection, newest first; dates are ISO 8601 in the site's zone.

    `terms` maps taxonomies to term ids (`{"actualites": "58"}`). `modified_after` needs WordPress 5.7.

    >>> collection_url("https://news.example/wp-json/", "posts", page=2, per_page=10, embed=False)
    'https://news.example/wp-json/wp/v2/posts?per_page=10&page=2'
    >>> collection_url("https://news.example/?rest_route=/", "actualite", terms={"actualites": "58"}, embed=False)
    'https://news.example/?rest_route=/wp/v2/actualite&actualites=58&per_page=100&page=1'
    """
    query = dict(terms or {})
    query |= {"per_page": str(per_page), "page": str(page)}
    for name, value in (("after", after), ("before", before), ("modified_after", modified_after)):
        if value:
            query[name] = value
    if embed:
        # only what a record needs: the whole of `_embed` is several times the posts themselves
        query["_embed"] = "author,wp:term,wp:featuredmedia"
    return _below(root, f"wp/v2/{post_type}", query)


def parse_posts(data: bytes, url: str, headers: Mapping[str, str] | None = None) -> WpPosts:
    """Posts of a page of a collection, or of a single post, with the following page in `next_pages`.

    `headers` give `X-WP-TotalPages`; without it a full page is taken to have a following one. Types that hold no
    articles, drafts and posts without an address are left out. A page beyond the last is empty without `problem`.
    Never raises.
    """
    value = _json(data)
    if isinstance(value, dict) and _text(value.get("code")) in _OVER:
        return WpPosts()
    rows = [value] if isinstance(value, dict) and "id" in value and "link" in value else value
    if not isinstance(rows, list):
        return WpPosts(problem=_refusal(value, "collection"))
    posts = [post for row in rows if isinstance(row, dict) and (post := _post(row, url)) is not None]
    lower = {k.lower(): v for k, v in (headers or {}).items()}
    pages = _number(lower.get("x-wp-totalpages"))
    return WpPosts(
        links=tuple({p.url: _link(p) for p in posts}.values()),
        next_pages=_following(url, pages, len(rows)) if isinstance(value, list) else (),
        problem=None if posts or not rows else "REST rows without posts",
        posts=tuple(posts),
        total=_number(lower.get("x-wp-total")),
        total_pages=pages,
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


def _post(row: Mapping[str, object], url: str) -> WpPost | None:
    link = _text(row.get("link"))
    if not link or "id" not in row or _text(row.get("status")) not in (None, "publish"):
        return None
    kind = _text(row.get("type")) or "post"
    if kind in _NO_ARTICLES or not ("content" in row or "title" in row) or "taxonomy" in row:
        return None
    embedded = row.get("_embedded")
    terms = _embedded_terms(embedded)
    image, caption = _embedded_image(embedded)
    content = row.get("content")
    return WpPost(
        id=str(row["id"]),
        url=urljoin(url, link),
        type=kind,
        title=plain(_rendered(row.get("title"))),
        content=_rendered(content),
        excerpt=_rendered(row.get("excerpt")),
        date=_moment(row, "date"),
        modified=_moment(row, "modified"),
        authors=_embedded_authors(embedded),
        sections=tuple(name for taxonomy, name in terms if taxonomy not in ("post_tag", "post_format")),
        tags=tuple(name for taxonomy, name in terms if taxonomy == "post_tag"),
        term_ids=_term_ids(row),
        image=image,
        image_caption=caption,
        protected=isinstance(content, dict) and content.get("protected") is True,
    )


def _link(post: WpPost) -> Link:
    return Link(
        url=post.url,
        via="wp_api",
        date_hint=post.date,
        title_hint=post.title,
        modified_hint=post.modified,
        source_id=post.id,
    )


def _moment(row: Mapping[str, object], name: str) -> str | None:
    """The date in UTC where REST gives it, else as local time without an offset."""
    utc = date_hint(_text(row.get(f"{name}_gmt")))
    if utc and "T" in utc:
        return utc if "+" in utc else f"{utc}+00:00"
    return date_hint(_text(row.get(name)))


def _term_ids(row: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(value)
        for name, value in row.items()
        if isinstance(value, list) and value and all(type(v) is int for v in value)
    }


def _embedded_terms(embedded: object) -> list[tuple[str, str]]:
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    out: list[tuple[str, str]] = []
    for group in groups if isinstance(groups, list) else ():
        out.extend(
            (_text(term.get("taxonomy")) or "category", name)
            for term in (group if isinstance(group, list) else ())
            if isinstance(term, dict) and (name := plain(_text(term.get("name"))))
        )
    return out


def _embedded_authors(embedded: object) -> tuple[str, ...]:
    rows = embedded.get("author") if isinstance(embedded, dict) else None
    names = [plain(_text(a.get("name"))) for a in rows if isinstance(a, dict)] if isinstance(rows, list) else []
    return tuple(name for name in names if name)


def _embedded_image(embedded: object) -> tuple[str | None, str | None]:
    rows = embedded.get("wp:featuredmedia") if isinstance(embedded, dict) else None
    media = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    return _text(media.get("source_url")), plain(_rendered(media.get("caption")))


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


def _json(data: bytes) -> object:
    """JSON after what plugins print before it (warnings, a byte order mark); None when there is none."""
    text = data.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_int=json_number)
    except (ValueError, RecursionError):
        pass
    start = re.search(r"^[\[{]", text, re.MULTILINE)
    try:
        return json.loads(text[start.start() :], parse_int=json_number) if start else None
    except (ValueError, RecursionError):
        return None


def _refusal(value: object, what: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("code"), str):
        return f"no REST {what}: {value['code']}"
    return f"no REST {what}: " + ("not JSON" if value is None else "other JSON")
