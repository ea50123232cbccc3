"""Each limit of docs/limits.md that an answer can meet, set low and met in one crawl, which goes on."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
import zstandard

from fixtures.posts import PUBLIC, Post
from fixtures.scale import NEWEST, scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from tests.end_to_end.support import Crawl, Runner

PROSE = (
    "<p>La coopérative a livré ses comptes de l'année, et le conseil les a examinés pendant deux longues heures.</p>"
)
Write = Callable[[bytes], object]


def page(inner: str = "", *headers: str, body: bytes | None = None) -> bytes:
    whole = f"<html><head><title>Comptes</title></head><body><h1>Comptes</h1>{PROSE * 3}{inner}</body></html>".encode()
    body = whole if body is None else body
    head = ["HTTP/1.1 200 OK", "Content-Type: text/html", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def packed(pack: Callable[[bytes], bytes], name: str, times: int = 1) -> bytes:
    body = bytes(2_000_000)
    for _ in range(times):
        body = pack(body)
    return page("", *[f"Content-Encoding: {name}"] * times, body=body)


def slowly(head: bytes, piece: bytes) -> Callable[[Write], None]:
    def drip(write: Write) -> None:
        write(head)
        for _ in range(80):
            write(piece)
            time.sleep(0.25)

    return drip


def more_pages(name: str) -> bytes:
    links = "".join(f'<a href="{PUBLIC}/actualite/bounds/{name}/{n}/">{n}</a> ' for n in range(2, 9))
    return page(f'<p>{time.monotonic_ns()} mots de plus.</p><div class="page-links">{links}</div>')


SETTINGS = {
    "DOWNLOAD_MAXSIZE": "300000",
    "DOWNLOAD_TIMEOUT": "60",
    "MAPEXPRESS_FIRST_BYTE_TIMEOUT": "60",
    "MAPEXPRESS_MAX_HEADER_BYTES": "20000",
    "MAPEXPRESS_MAX_HEADERS": "40",
    "MAPEXPRESS_MAX_CODINGS": "2",
    "REDIRECT_MAX_TIMES": "2",
    "MAPEXPRESS_MAX_URL": "400",
    "MAPEXPRESS_MAX_PAGE_BYTES": "200000",
    "MAPEXPRESS_MAX_TAGS": "3000",
    "MAPEXPRESS_MAX_LINKS": "500",
    "MAPEXPRESS_MAX_ATTRIBUTES": "50",
    "MAPEXPRESS_MAX_DEPTH": "60",
    "MAPEXPRESS_MAX_TEXT": "20000",
    "MAPEXPRESS_MAX_ARTICLE_PAGES": "3",
    "MAPEXPRESS_MAX_FEED_ENTRIES": "5",
    "MAPEXPRESS_MAX_SITEMAP_ENTRIES": "20",
    "MAPEXPRESS_MAX_WAYS": "4",
    "RETRY_TIMES": "0",
}
MET: dict[str, tuple[str, bytes | Callable[[Write], None]]] = {
    "on_the_wire": ("too_large", page("x" * 400_000)),
    "endless": ("too_large", slowly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000)),
    "gzip": ("too_large", packed(gzip.compress, "gzip")),
    "brotli": ("too_large", packed(brotli.compress, "br")),
    "zstd": ("too_large", packed(zstandard.compress, "zstd")),
    "nested": ("too_large", packed(gzip.compress, "gzip", 2)),
    "codings": ("too_many_codings", packed(gzip.compress, "gzip", 3)),
    "header_bytes": ("head_too_large", page("", *(f"X-{n}: {'a' * 900}" for n in range(30)))),
    "header_line": ("head_too_large", page("", "Content-Security-Policy: " + "a" * 60_000)),
    "headers": ("too_many_headers", page("", *(f"X-{n}: a" for n in range(60)))),
    "redirects": ("too_many_redirects", b"HTTP/1.1 302 Found\r\nLocation: ?again\r\nContent-Length: 0\r\n\r\n"),
    "address": (
        "address_too_long",
        b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 500 + b"/\r\nContent-Length: 0\r\n\r\n",
    ),
    "page_bytes": ("too_large", page("x" * 250_000)),
    "tags": ("too_many_elements", page("<b>x</b>" * 2_000)),
    "links": ("too_many_links", page('<a href="/x/">x</a>' * 600)),
    "attributes": ("too_many_attributes", page(f"<p {' '.join(f'a{n}' for n in range(90))}>x</p>")),
    "depth": ("too_deep", page("<div>" * 80 + "x")),
    "text": ("text_too_long", page(PROSE * 300)),
    "pages": ("too_many_pages", lambda write: write(more_pages("pages"))),  # type: ignore[dict-item]
    "within": (
        "stored",
        page("<b>x</b>" * 100, "Content-Security-Policy: " + "a" * 17_000, *(f"X-{n}: a" for n in range(30))),
    ),
}  # fmt: skip

# In a crawl of their own: where the machine is busy, the others would meet these first
SLOW: dict[str, tuple[str, bytes | Callable[[Write], None]]] = {
    "first_byte": ("no answer within 8 seconds", slowly(b"", b"")),
    "in_all": ("12", slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x")),
}


def article(name: str, number: int) -> Post:
    return Post(
        name=name,
        id=300_000 + number,
        path=f"/actualite/bounds/{name}/",
        title=f"Une dépêche de la série des bornes, la {number}e",
        published=NEWEST - timedelta(minutes=20 * number),
        theme="wordpress",
        section="sports",
        body=PROSE,
    )


@contextmanager
def serving(met: dict[str, tuple[str, bytes | Callable[[Write], None]]]) -> Iterator[SiteServer]:
    with serve(Website([*scaled_posts(8), *(article(name, n) for n, name in enumerate(met))])) as running:
        handler = running.httpd.RequestHandlerClass
        plain = handler.do_GET  # type: ignore[attr-defined]

        def do_get(self: object) -> None:
            parts = self.path.strip("/").split("/")  # type: ignore[attr-defined]
            if parts[:2] != ["actualite", "bounds"]:
                plain(self)
                return
            answer = met[parts[2].partition("?")[0]][1]
            with suppress(OSError):
                if callable(answer):
                    answer(self.wfile.write)  # type: ignore[attr-defined]
                else:
                    self.wfile.write(answer)  # type: ignore[attr-defined]
            self.close_connection = True  # type: ignore[attr-defined]

        handler.do_GET = do_get  # type: ignore[attr-defined]
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[SiteServer]:
    with serving(MET) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(runner: Runner, server: SiteServer) -> Crawl:
    return runner.run(server.url, runner.folder / "bounds", "since=all", "lang=fr", **SETTINGS)


@pytest.mark.parametrize("name", MET)
def test_an_answer_past_a_limit_is_a_rejection_with_its_reason(name: str, crawled: Crawl) -> None:
    url = f"{PUBLIC}/actualite/bounds/{name}/"
    outcome = "stored" if url in crawled.urls else crawled.rejections.get(url)
    assert outcome == MET[name][0], crawled.output[-3000:]


def test_an_answer_that_takes_too_long_to_begin_or_to_end(runner: Runner, tmp_path: Path) -> None:
    patience = {"DOWNLOAD_TIMEOUT": "12", "MAPEXPRESS_FIRST_BYTE_TIMEOUT": "8", "RETRY_TIMES": "0"}
    with serving(SLOW) as server:
        run = runner.run(server.url, tmp_path, "lang=fr", **patience)
    told = {r["url"].rsplit("/", 2)[1]: r for r in map(json.loads, run.lines("rejections"))}
    for name, (detail, _) in SLOW.items():
        assert told[name]["reason"] == "timeout", run.output[-3000:]
        assert detail in told[name]["detail"]


def test_the_crawl_goes_on_and_names_what_it_left_out_of_the_ways_in(crawled: Crawl) -> None:
    assert {post.url for post in scaled_posts(8)} <= set(crawled.urls), crawled.output[-3000:]
    assert {"too_many_entries", "too_many_ways"} <= set(crawled.rejections.values())
    assert "Traceback" not in crawled.output


def test_a_limit_that_is_no_number_ends_the_run_with_one_line(
    runner: Runner, server: SiteServer, tmp_path: Path
) -> None:
    run = runner.run(server.url, tmp_path, MAPEXPRESS_MAX_TAGS="many")
    assert run.status == 2
    assert run.output.strip() == "scrapy crawl: MAPEXPRESS_MAX_TAGS: 'many' is not a whole number from 1"
