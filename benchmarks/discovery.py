"""Links that discovery picks from real feeds, sitemaps, REST answers and listings.

    python benchmarks/discovery.py [SHARED]

Listings are compared with `listings_expected.jsonl` (links only): the titles that the theme shows on a page outside
its hover menus, read by its own title classes, and the pager that a reader sees. Discovery itself knows neither. Rows
with `checked` were gone through by hand, every link of the page with its text and place: what is expected there is
what a person would open. Feeds are compared with feedparser where it is installed. Exit status 1
when a listing differs or an input is not understood.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path

from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.wordpress import parse_posts, parse_root
from mapexpress.page.parse import parse

EXPECTED = Path(__file__).with_name("listings_expected.jsonl")
HOST = "https://site.example/"


def _feeds(shared: Path) -> int:
    try:
        import feedparser
    except ImportError:
        feedparser = None
    bad = 0
    print("feeds: file, links, problem")
    for path in sorted((shared / "feeds").glob("*.xml")):
        data = path.read_bytes()
        found = parse_feed(data, f"{HOST}feed/")
        note = ""
        if feedparser is not None:
            peer = feedparser.parse(data)
            comments = any("#comment-" in (e.get("link") or "") for e in peer.entries)
            products = b"wp:post_type" in data
            if not comments and not products and len({e.get("link") for e in peer.entries}) != len(found.links):
                note, bad = f"feedparser has {len(peer.entries)}", bad + 1
        print(f"  {path.stem[:58]:58} {len(found.links):4} {found.problem or ''} {note}")
    return bad


def _wordpress(shared: Path) -> int:
    bad = 0
    print("WordPress: file, what was found")
    for path in sorted((shared / "wordpress").glob("*")):
        data = path.read_bytes()
        if path.name.startswith("sitemap_"):
            found = parse_sitemap(data, f"{HOST}sitemap.xml")
            said, bad = f"{len(found.links)} links, {len(found.children)} sitemaps", bad + bool(found.problem)
        elif path.name.endswith(".json") and parse_root(data).problem is None:
            said = f"root: {', '.join(parse_root(data).types)}"
            bad += "posts" not in said
        elif "_posts_" in path.name:
            posts = parse_posts(data, f"{HOST}wp-json/wp/v2/posts").links
            said, bad = f"{len(posts)} posts", bad + (len(posts) != 1)
        elif path.suffix == ".json":
            posts = parse_posts(data, f"{HOST}wp-json/wp/v2/x").links
            said, bad = "no posts", bad + bool(posts)
        else:
            continue
        print(f"  {path.stem[:58]:58} {said}")
    return bad


def _listings(shared: Path) -> int:
    rows = [json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines()]
    bad = links = by_hand = 0
    print("listings: page, expected, missed, wrong, next page, checked")
    for row in rows:
        data = gzip.decompress((shared / "tagdiv" / "listings" / f"{row['page']}.html.gz").read_bytes())
        found = read_listing(parse(data))
        got, expected = {link.url for link in found.links}, set(row["links"])
        right = found.next_pages[:1] == ((row["next"],) if row["next"] else ())
        links += len(expected)
        bad += got != expected or not right
        by_hand += row.get("checked") == "hand"
        print(
            f"  {row['page'][:50]:50} {len(expected):4} {len(expected - got):4} {len(got - expected):4} "
            f"{'right' if right else 'wrong'} {row.get('checked', '')}"
        )
    print(f"  {len(rows)} listings ({by_hand} checked by hand), {links} links, {bad} listings differ")
    return bad


def main() -> int:
    """Print the three tables; 1 when anything differs from what is expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    bad = [_feeds(shared), _wordpress(shared), _listings(shared)]
    print(f"differences: feeds {bad[0]}, WordPress {bad[1]}, listings {bad[2]}")
    return int(any(bad))


if __name__ == "__main__":
    sys.exit(main())
