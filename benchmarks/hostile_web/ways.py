"""Hostile ways in: robots.txt, sitemaps, feeds and pagers, served beside the site's own."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from benchmarks.hostile_web.behaviours import LAUGHS, PROSE, answer
from fixtures.posts import PUBLIC

_MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(*names: str) -> str:
    children = "".join(f"<sitemap><loc>{PUBLIC}/hostile-{name}.xml</loc></sitemap>" for name in names)
    return f"<sitemapindex {_MAP}>{children}</sitemapindex>"


def urlset(*addresses: str) -> str:
    return f"<urlset {_MAP}>{''.join(f'<url><loc>{a}</loc></url>' for a in addresses)}</urlset>"


def deeper(name: str) -> str:
    """An index that leads to two more of its kind, without end."""
    depth = name.removeprefix("deeper") or "x"
    return index(f"deeper{depth}a", f"deeper{depth}b")


SITEMAPS: dict[str, Callable[[], bytes]] = {
    "itself": lambda: index("itself").encode(),
    "each_other": lambda: index("each_other_too").encode(),
    "each_other_too": lambda: index("each_other").encode(),
    "inner": lambda: urlset(
        "file:///etc/passwd",
        "http://127.0.0.1:1/actualite/sports/un-article-interieur/",
        "http://2130706433/actualite/sports/un-autre-article-interieur/",
        "http://[::1]/actualite/sports/un-troisieme-article-interieur/",
    ).encode(),
    "index_inner": lambda: (
        f"<sitemapindex {_MAP}><sitemap><loc>http://INNER/sitemap.xml</loc></sitemap></sitemapindex>".encode()
    ),
    "entities": lambda: f"<!DOCTYPE r [{LAUGHS}]><urlset><url><loc>&j;</loc></url></urlset>".encode(),
    "external": lambda: (
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>'
    ),
    "broken": lambda: ("<urlset><url><loc>" + "a" * 100_000).encode(),
    "bomb": lambda: gzip.compress(b"<urlset>" + b"<url><loc>" * 10_000_000),
    "long": lambda: urlset(f"{PUBLIC}/actualite/sports/{'long-' * 2000}/").encode(),
    "wide": lambda: urlset(*(f"{PUBLIC}/auteur/{n}/" for n in range(50_100))).encode(),
    "deep_xml": lambda: b"<urlset>" + b"<url>" * 200_000,
    "deeper": lambda: deeper("deeper").encode(),
}
# Reasons that the rejections must name for what of these is left out
WAYS_MET = ("nested_sitemaps", "address_too_long", "too_large", "too_many_entries")
FEED = (
    f"<rss><channel>{'<item>' * 2000}<link>file:///etc/passwd</link><title>{PROSE}</title>"
    f"<link>http://127.0.0.1:1/x/</link></channel></rss>"
).encode()


def robots() -> bytes:
    """Sends every crawler into every trap, then names the site's own sitemap."""
    named = "".join(f"Sitemap: {PUBLIC}/hostile-{name}.xml\n" for name in SITEMAPS)
    noise = "".join(f"Disallow: /{'*a' * 40}{n}$\n" for n in range(300))
    return f"User-agent: *\nDisallow: /nowhere/\n{noise}{named}Sitemap: {PUBLIC}/sitemap_index.xml\n".encode()


def way_in(path: str, inner: str) -> bytes | None:
    """The whole answer for a hostile way in; None for what the site itself answers."""
    if path == "/robots.txt":
        return answer(robots(), kind="text/plain")
    if not path.startswith("/hostile-"):
        return None
    name = path.removeprefix("/hostile-").removesuffix(".xml")
    if name.startswith("deeper"):
        return answer(deeper(name).encode(), kind="text/xml")
    body = SITEMAPS[name]() if name in SITEMAPS else FEED
    return answer(body.replace(b"INNER", inner.encode()), kind="text/xml")
