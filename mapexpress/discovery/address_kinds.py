"""What an address alone says: a home page, a listing, a file, a page of a listing. Rules in `address_kinds.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from mapexpress.text.numbers import whole_number
from mapexpress.web.addresses import is_index_file

AddressKind = Literal[
    "home", "tag", "author", "section", "search", "feed", "media", "account", "info", "calendar", "paging"
]

_RULES = tomllib.loads(resources.files(__package__).joinpath("address_kinds.toml").read_text("utf-8"))
_LISTS: tuple[AddressKind, ...] = ("tag", "author", "section")
_LAST: tuple[AddressKind, ...] = ("search", "feed", "account", "info", "calendar")
_FILES: tuple[AddressKind, ...] = ("feed", "media")
_ASKED: tuple[AddressKind, ...] = ("search", "feed", "media", "calendar")


def _words(kind: str, key: str = "segments") -> frozenset[str]:
    return frozenset(w.casefold() for w in _RULES[kind].get(key, ()))


_LIST_WORDS = {w: kind for kind in _LISTS for w in _words(kind)}
_LAST_WORDS = {w: kind for kind in _LAST for w in _words(kind)}
_EXTENSIONS = {e: kind for kind in _FILES for e in _words(kind, "extensions")}
_QUERY = {q: kind for kind in _ASKED for q in _words(kind, "query")}
_ANYWHERE: dict[str, AddressKind] = dict.fromkeys(_words("media"), "media")
_ANYWHERE |= {"wp-json": "feed", "wp-admin": "account", "cdn-cgi": "account"}
_CALENDAR_WORDS = _words("calendar")
_INFO_WORDS = _words("info", "words")
_ARCHIVES = _words("calendar", "archives")
_PAGING_WORDS = _words("paging")
_PAGING_QUERY = _words("paging", "query")
_PAGING_PREFIXES = tuple(_RULES["paging"]["query_prefixes"])
_NEVER = _words("sitemap", "never")
_SELDOM = _words("sitemap", "seldom")
_ARTICLES = _words("sitemap", "articles")

_EDITION = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[a-z]{4}))?")
_LANGUAGES, _COUNTRIES, _SCRIPTS = (
    frozenset(_RULES["edition"][name].split()) for name in ("languages", "countries", "scripts")
)
_DATE_PART = re.compile(r"(?:19|20)\d\d|0?[1-9]|[12]\d|3[01]|1[0-2]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"(?:id|(?:news|story|article|post|item)_?id|p|news|story|article|post|nid|aid|sid)")
_NODE = re.compile(r"(?:[a-z][a-z_-]*/)+\d+")  # Drupal without clean addresses: ?q=node/12
_SEARCH_WORDS = _words("search", "words")
_NOT_NUMBERS = frozenset(_QUERY) | _PAGING_QUERY
# an article's own name: five words, a number or a file
_NAME = re.compile(r"(?<![^-_\W])(?:[^-_\W]++[-_]){4}|\d{4,}|\.(?:s?html?|php|aspx?)$")


@lru_cache(maxsize=8192)
def kind_of_address(url: str) -> AddressKind | None:
    """What kind of page that is no article an address names; None when it may be an article.

    >>> kind_of_address("https://news.example/ar/"), kind_of_address("https://news.example/tag/rabat/page/2/")
    ('home', 'tag')
    >>> kind_of_address("https://news.example/2026/06/"), kind_of_address("https://news.example/sport/page/3/")
    ('calendar', 'paging')
    >>> kind_of_address("https://news.example/?s=rabat"), kind_of_address("https://news.example/a/photo.jpg")
    ('search', 'media')
    >>> kind_of_address("https://news.example/2026/06/12/rain-in-fes/") is None
    True
    >>> kind_of_address("https://news.example/?cat=4"), kind_of_address("https://news.example/story.aspx?ID=900&Cat=4")
    ('section', None)
    >>> kind_of_address("https://news.example/la-mer/"), kind_of_address("https://news.example/fr-ma/")
    (None, 'home')
    >>> [kind_of_address(f"http://a.example/{a}") for a in ("a.php?date=20261128&id=4", "?q=node/12", "in-fes?s=r")]
    [None, None, None]
    >>> kind_of_address("https://news.example/archives/2026/06/"), kind_of_address("https://news.example/terms-of-use/")
    ('calendar', 'info')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    segments = _segments(parts.path)
    query = {k.casefold(): v for k, v in parse_qsl(parts.query, keep_blank_values=True)}
    paged, segments = _without_paging(segments, query)
    kind = _by_query(query, segments) if query else None
    if kind is None:
        kind = _by_segments(segments, bool(query))
    return kind or ("paging" if paged else None)


def page_number(url: str) -> int | None:
    """Which page of a listing an address names by `/page/N/`, `?page=N` and the like; None for a first page.

    >>> page_number("https://news.example/sport/page/3/"), page_number("https://news.example/sport?paged=12")
    (3, 12)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    segments = _segments(parts.path)
    if len(segments) > 1 and segments[-2] in _PAGING_WORDS and segments[-1].isascii() and segments[-1].isdigit():
        return whole_number(segments[-1])
    for name, value in parse_qsl(parts.query):
        if name.casefold() in _PAGING_QUERY and name.casefold() != "p" and value.isascii() and value.isdigit():
            return whole_number(value)
    return None


def sitemap_lists_articles(url: str) -> bool:
    """Whether a sitemap of an index may list articles, judged by the words of its file name.

    >>> sitemap_lists_articles("https://news.example/post-sitemap2.xml")
    True
    >>> sitemap_lists_articles("https://news.example/post_tag-sitemap.xml")
    False
    >>> sitemap_lists_articles("https://news.example/wp-sitemap-posts-page-1.xml")
    False
    >>> sitemap_lists_articles("https://news.example/wp-sitemap-taxonomies-category-1.xml")
    False
    >>> sitemap_lists_articles("https://news.example/tdb_templates-sitemap.xml")
    False
    >>> sitemap_lists_articles("https://news.example/?sitemap=posts&sitemap-subtype=page&paged=1")
    False
    """
    parts = urlsplit(url)
    name = unquote(parts.path).casefold().rstrip("/").rpartition("/")[2]
    query = dict(parse_qsl(parts.query))
    if "sitemap" in query:  # WordPress without permalinks
        name = f"wp-sitemap-{query['sitemap']}-{query.get('sitemap-subtype', '')}"
    # core WordPress: `posts` is the object, what follows is the type
    words = set(re.split(r"[^a-z]+", name.removeprefix("wp-sitemap-posts-")))
    return not words & _NEVER and (bool(words & _ARTICLES) or not words & _SELDOM)


def _segments(path: str) -> list[str]:
    """Decoded segments in lower case, without WordPress's `/index.php/` before and an index file behind."""
    segments = [s.casefold() for s in unquote(path).split("/") if s]
    if segments and segments[0] == "index.php":
        segments = segments[1:]
    return segments[:-1] if segments and is_index_file(segments[-1]) else segments


def _without_paging(segments: list[str], query: dict[str, str]) -> tuple[bool, list[str]]:
    paged = any(
        ((k in _PAGING_QUERY and k != "p") or k.startswith(_PAGING_PREFIXES)) and v.isdigit() for k, v in query.items()
    )
    if len(segments) > 1 and segments[-1].isdigit() and segments[-2] in _PAGING_WORDS:
        return True, segments[:-2]
    if segments and re.fullmatch(r"comment-page-\d+", segments[-1]):
        return True, segments[:-1]
    return paged, segments


def _is_edition(segment: str) -> bool:
    """Whether a segment is a language (`ar`), a country (`ma`), or both (`fr-ma`): a slug may look like one."""
    found = _EDITION.fullmatch(segment)
    if found is None:
        return False
    first, second = found.groups()
    return first in _LANGUAGES | _COUNTRIES and (second is None or second in _LANGUAGES | _COUNTRIES | _SCRIPTS)


def _by_query(query: dict[str, str], segments: list[str]) -> AddressKind | None:
    if re.fullmatch(r"(?:19|20)\d{2}(?:\d{2}){0,2}", query.get("m", "")):
        return "calendar"
    # `?id=900&cat=4` is an article, and the menu it was opened from
    numbered = any(_NUMBERED.fullmatch(name) and value.isdigit() for name, value in query.items())
    if not numbered:
        if query.get("cat") or query.get("category_name"):
            return "section"
        if query.get("tag"):
            return "tag"
        if query.get("author"):
            return "author"
    kind, value = next(((_QUERY[k], v) for k, v in query.items() if k in _QUERY), (None, ""))
    if kind == "search" and (_NODE.fullmatch(value) or _names_an_article(segments)):
        return None
    if kind == "calendar" and (numbered or any(v.isdigit() and k not in _NOT_NUMBERS for k, v in query.items())):
        return None  # a day, and which article of it
    return kind


def _names_an_article(segments: list[str]) -> bool:
    """Whether a path says by itself what it shows, so that what is asked beside it (`?s=r`) is no search."""
    if not segments or _is_edition(segments[-1]):
        return False
    words = re.findall(r"[^\W\d_]+", segments[-1].partition(".")[0])
    return len(words) > 1 and not any(w in _LAST_WORDS or w in _SEARCH_WORDS for w in words)


def _by_segments(segments: list[str], has_query: bool) -> AddressKind | None:
    if not segments:
        return None if has_query else "home"
    last = segments[-1]
    if len(segments) == 1 and _is_edition(last):
        return None if has_query else "home"
    extension = last.rpartition(".")[2] if "." in last else ""
    if extension in _EXTENSIONS:
        return _EXTENSIONS[extension]
    anywhere = next((_ANYWHERE[s] for s in segments if s in _ANYWHERE), None)
    if anywhere:
        return anywhere
    dated = segments[1:] if segments[0] in _ARCHIVES else segments
    if dated and all(_DATE_PART.fullmatch(s) for s in dated) and _YEAR.fullmatch(dated[0]):
        return "calendar"
    bare = re.sub(r"\.(?:s?html?|php|aspx?)$", "", last)
    if bare in _LAST_WORDS or last in _LAST_WORDS:
        return _LAST_WORDS.get(last) or _LAST_WORDS[bare]
    if "-" in bare and _INFO_WORDS.issuperset(bare.split("-")):
        return "info"
    return _named_list(segments)


def _named_list(segments: list[str]) -> AddressKind | None:
    """`/tag/<name>/`, `/fr/category/<parent>/<child>/`; but an article's own name under a section is none."""
    for place, word in enumerate(segments[:3]):
        kind: AddressKind | None = _LIST_WORDS.get(word)
        if kind is None and word == "search":
            kind = "search"
        if kind is None and word in _CALENDAR_WORDS:
            kind = "calendar"
        behind = len(segments) - place - 1
        if kind is None or (behind == 0 and kind != "search") or behind > 3:
            continue
        if behind > 1 and kind == "section" and _NAME.search(segments[-1]):
            continue
        return kind
    return None
