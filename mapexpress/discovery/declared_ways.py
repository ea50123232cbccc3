"""The ways into a site: what the home page declares, and the well-known addresses to try else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from mapexpress.discovery.editions import linked_editions
from mapexpress.discovery.wordpress import rest_root
from mapexpress.web.addresses import canonicalize, identity, same_site

if TYPE_CHECKING:
    from mapexpress.model.page import Page

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml"}
    | {"application/xml", "application/json"}
)
# Where WordPress, Yoast, Rank Math, Drupal, Ghost, Blogger, Hugo and Jekyll put theirs; the likeliest first.
_WELL_KNOWN_FEEDS = (
    "feed/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "rss/",
    "feeds/posts/default",
    "index.xml",
    "feed.json",
)
_WELL_KNOWN_SITEMAPS = ("sitemap_index.xml", "wp-sitemap.xml", "sitemap.xml", "news-sitemap.xml", "sitemap-news.xml")
_WELL_KNOWN_REST = ("wp-json/", "index.php/wp-json/", "?rest_route=/")
WELL_KNOWN = {"feed": _WELL_KNOWN_FEEDS, "sitemap": _WELL_KNOWN_SITEMAPS, "rest": _WELL_KNOWN_REST}
_COMMENT_WORDS = ("comments/feed", "/comments", "comment-feed", "feed=comments")


@dataclass(slots=True, frozen=True, kw_only=True)
class Ways:
    """Addresses to try for each way in, the surest first.

    What a site declares on its pages stands before the `guessed_…` ones, which are worth a request only
    where nothing declared gave articles. `editions` are (BCP 47 tag, home) of the site's other languages.
    """

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    editions: tuple[tuple[str, str], ...] = ()
    guessed_feeds: tuple[str, ...] = ()
    guessed_sitemaps: tuple[str, ...] = ()
    guessed_rest: tuple[str, ...] = ()


def find_ways(home: str, *, page: Page | None = None) -> Ways:
    """Ways of the edition at `home`, from its parsed home page where that is at hand.

    Feeds of comments, of other sites and of single articles are left out; the site's own feed stands before those of
    its sections. Only addresses on the site's own host are given for feeds and REST.
    """
    base = folder_of(home)
    feeds: dict[str, str] = {}
    rest: dict[str, None] = {}
    editions: dict[str, tuple[str, str]] = {}
    sitemaps: dict[str, None] = {}
    for link in page.head_links if page is not None else ():
        rels = link.rel.split()
        if not link.href.startswith(("http://", "https://")):
            continue
        if "https://api.w.org/" in rels and same_site(link.href, home):
            rest.setdefault(rest_root(link.href))
        elif "sitemap" in rels:
            sitemaps.setdefault(link.href)
        elif "alternate" in rels and link.hreflang and not link.type.endswith("xml"):
            if link.hreflang.lower() != "x-default" and identity(link.href) != identity(home):
                editions.setdefault(identity(link.href), (link.hreflang, link.href))
        elif (
            "alternate" in rels and link.type in FEED_TYPES and same_site(link.href, home) and _is_posts_feed(link.href)
        ):
            feeds.setdefault(identity(link.href), link.href)
    for tag, href in linked_editions(page, home) if page is not None else ():
        editions.setdefault(identity(href), (tag, href))
    declared = {identity(u) for u in (*feeds.values(), *sitemaps, *rest)}
    return Ways(
        feeds=tuple(sorted(feeds.values(), key=lambda href: _depth(href))),
        sitemaps=tuple(sitemaps),
        rest=tuple(rest),
        editions=tuple(editions.values()),
        guessed_feeds=_guesses(base, _WELL_KNOWN_FEEDS, declared),
        guessed_sitemaps=_guesses(base, _WELL_KNOWN_SITEMAPS, declared),
        guessed_rest=tuple(
            urljoin(base, root) for root in _WELL_KNOWN_REST if identity(urljoin(base, root)) not in declared
        ),
    )


def folder_of(home: str) -> str:
    """Where the well-known addresses of a home stand.

    >>> folder_of("https://news.example/ar/"), folder_of("https://news.example/index.html")
    ('https://news.example/ar/', 'https://news.example/')
    """
    return urljoin(home, "./") if "/" in urlsplit(home).path else f"{home}/"


def guessed_below(kind: str, url: str) -> tuple[str, int] | None:
    """The home below which an address is a well-known one of its kind, and its place among them; None for others.

    >>> guessed_below("rest", "https://news.example/ar/index.php/wp-json/")
    ('https://news.example/ar/', 1)
    """
    names = WELL_KNOWN.get(kind, ())
    ends = [(len(n), place) for place, n in enumerate(names) if url.endswith(f"/{n}")]
    if not ends:
        return None
    length, place = max(ends)
    return url[:-length], place


def next_guess(kind: str, url: str) -> str | None:
    """The well-known address to try after `url`, which is one and gave nothing.

    >>> next_guess("feed", "https://news.example/feed/"), next_guess("feed", "https://news.example/feed.json")
    ('https://news.example/rss.xml', None)
    """
    found = guessed_below(kind, url)
    if found is None or found[1] + 1 == len(WELL_KNOWN[kind]):
        return None
    return found[0] + WELL_KNOWN[kind][found[1] + 1]


def _is_posts_feed(href: str) -> bool:
    lower = href.lower()
    # oEmbed and the REST item of the page are declared as alternates too
    return not any(word in lower for word in _COMMENT_WORDS) and "/oembed/" not in lower and "wp-json" not in lower


def _depth(href: str) -> int:
    return canonicalize(href).rstrip("/").count("/")


def _guesses(base: str, names: tuple[str, ...], declared: set[str]) -> tuple[str, ...]:
    return tuple(href for n in names if identity(href := urljoin(base, n)) not in declared)
