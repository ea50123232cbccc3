"""CPU cost of a page whose theme is known: the map-v2 and tagDiv themes, generated at the size that real ones have.

    python benchmarks/bench_themes.py [--shared ../shared] [--pages N] [--rounds N] [--json FILE]

60 real tagDiv pages have a median of 178,698 bytes, of them 62 % in styles and scripts, and 669 elements: the fixtures'
pages are filled up to 669 elements and 175,000 bytes with what fills those, cards in the menu and the theme's styles
and scripts.
Measured as in `bench_speed.py`; where the shared folder is there, its real tagDiv pages follow.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_speed import CONTENDERS, measure, print_table
from speed_results import per_page, write

from fixtures.cards import cloud_card
from fixtures.editions import EDITIONS
from fixtures.pages import article_page
from fixtures.posts import Post
from fixtures.scale import scaled_posts

SIZE = 175_000  # bytes
ELEMENTS = 669
_TAG = re.compile("<[a-z]")
THEMES = ("map-v2", "tagdiv-cloud", "tagdiv-legacy")
SHOWN = ("lxml parse", "mapexpress parse and walk", "mapexpress", "trafilatura fast", "trafilatura with metadata")


def full_size(post: Post, posts: list[Post]) -> bytes:
    """A generated page with menu, styles and scripts as large as real ones."""
    page = article_page(post, posts)
    edition = EDITIONS[post.lang]
    count = (ELEMENTS - len(_TAG.findall(page))) // len(_TAG.findall(cloud_card(post, edition)))
    cards = "\n".join(cloud_card(p, edition) for p in islice(cycle(posts), post.id % 50, post.id % 50 + count))
    head, _, rest = page.partition("</head>")
    opening, _, body = rest.partition(">\n")
    body = f'{opening}>\n<div class="td-mega-menu"><div class="td_block_inner">{cards}</div></div>\n{body}'
    missing = SIZE - len((head + body).encode())
    style = "".join(f".tdi_{n} .td-module-title{{margin:0 {n % 40}px;font-size:{n % 20}px}}\n" for n in range(5000))
    script = "".join(
        f"var block_tdi_{n} = new tdBlock();\nblock_tdi_{n}.id = 'tdi_{n}';\n"
        f'block_tdi_{n}.atts = \'{{"modules_on_row":"{n % 5}","image_size":"td_{n}x{n}"}}\';\n'
        for n in range(2000)
    )
    styled = f"{head}<style>\n{style[: missing // 2]}</style></head>{body}"
    return styled.replace("</body>", f"<script>\n{script[: missing // 2]}</script></body>").encode()


def pages_of(theme: str, count: int) -> list[tuple[bytes, str | None]]:
    """`count` pages of a theme with their addresses."""
    posts = scaled_posts(8 * count)
    chosen = [post for post in posts if post.theme == theme][:count]
    return [(full_size(post, posts), post.url) for post in chosen]


def real_pages(shared: Path, count: int) -> list[tuple[bytes, str | None]]:
    """The first `count` real tagDiv pages, where the shared folder is there."""
    files = sorted((shared / "tagdiv" / "pages").glob("*.html.gz"))[:count]
    return [(gzip.decompress(file.read_bytes()), "https://news.example/section/article/") for file in files]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--pages", type=int, default=40, help="of each theme")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    contenders = {name: CONTENDERS[name][1] for name in SHOWN}
    sets = {f"{theme}, generated": pages_of(theme, args.pages) for theme in THEMES}
    if real := real_pages(args.shared, args.pages):
        sets["tagDiv, real"] = real
    found = {}
    for title, pages in sets.items():
        mean = sum(len(data) for data, _ in pages) / len(pages)
        print(f"\n{title}: {len(pages)} pages of {mean:,.0f} bytes, {args.rounds} rounds")
        times = measure(pages, contenders, args.rounds)
        print_table(times)
        found[title] = per_page(times)
    write(args.json, {"pages": args.pages, "themes": found})


if __name__ == "__main__":
    main()
