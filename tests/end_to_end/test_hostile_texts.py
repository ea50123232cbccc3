"""Pages and answers that once held a crawl or ended it: each is read or refused, and the crawl goes on."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from fixtures.posts import PUBLIC, Post
from fixtures.scale import NEWEST, scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from tests.end_to_end.support import Crawl, Runner

PROSE = (
    "<p>La coopérative a livré ses comptes de l'année, et le conseil les a examinés pendant deux longues heures.</p>"
)
LONG = "9" * 5000  # digits; Python reads 4,300
DATA = f'<script type="application/ld+json">{{"@type":"Article","n":{LONG}}}</script>'
PHONES = " / ".join(f"05{n} 11 22 33 44" for n in range(20, 32))


def answer(own: str, inner: str = "", *, head: str = "", title: str = "Comptes", lines: tuple[str, ...] = ()) -> bytes:
    """A page about `own`: a text that several addresses give is none of theirs."""
    body = (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>Comptes</h1>{PROSE * 3}"
        f"<p>Ce compte rendu parle de {own}.</p>{inner}</article></body></html>"
    ).encode()
    length = () if any(line.startswith("Content-Length") for line in lines) else (f"Content-Length: {len(body)}",)
    status = "503 Busy" if any(line.startswith("Retry-After") for line in lines) else "200 OK"
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *length, *lines]).encode() + b"\r\n\r\n" + body


ANSWERS: dict[str, tuple[str, bytes]] = {
    "phones": ("stored", answer("téléphones", f'<p><a href="/contact/">Tél.</a> : {PHONES} (Rabat)</p>')),
    "numbers": ("stored", answer("lots", f'<p><a href="/contact/">Lots</a> {"1" * 90_000}</p>')),
    "classes": ("stored", answer("classes", f'<p class="{"a" * 90_000}">Un mot encore.</p>')),
    "link": ("stored", answer("liens", f'<p><a href="/{"a-" * 40_000}">Un mot</a> encore.</p>')),
    "title": ("stored", answer("titres", title="Comptes" + " | Le Courrier" * 6000)),
    "next_page": ("stored", answer("pages", f'<p class="page-links"><a href="{PUBLIC}/actualite/x/{LONG}/">2</a></p>')),
    "width": ("stored", answer("largeurs", f'<img src="/a.jpg" width="{LONG}"><img src="/b.jpg" width="²">')),
    "reference": ("stored", answer("signes", head=f'<meta name="author" content="Anne &amp;#{LONG}; Lévy">')),
    "json": ("stored", answer("données", head=DATA)),
    "length": ("connection", answer("longueurs", lines=(f"Content-Length: {LONG}",))),
    "wait": ("http_503", answer("délais", lines=(f"Retry-After: {LONG}",))),
    "wait_until": ("http_503", answer("dates", lines=("Retry-After: Fri, 31 Dec 99999999999 23:59:59 GMT",))),
}  # fmt: skip


def article(name: str, number: int) -> Post:
    return Post(
        name=name,
        id=310_000 + number,
        path=f"/actualite/hostile/{name}/",
        title=f"Une dépêche de la série des textes, la {number}e",
        published=NEWEST - timedelta(minutes=20 * number),
        theme="wordpress",
        section="sports",
        body=PROSE,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[SiteServer]:
    with serve(Website([*scaled_posts(8), *(article(name, n) for n, name in enumerate(ANSWERS))])) as running:
        handler = running.httpd.RequestHandlerClass
        plain = handler.do_GET  # type: ignore[attr-defined]

        def do_get(self: object) -> None:
            parts = self.path.strip("/").split("/")  # type: ignore[attr-defined]
            if parts[:2] != ["actualite", "hostile"]:
                plain(self)
                return
            with suppress(OSError):
                self.wfile.write(ANSWERS[parts[2].partition("?")[0]][1])  # type: ignore[attr-defined]
            self.close_connection = True  # type: ignore[attr-defined]

        handler.do_GET = do_get  # type: ignore[attr-defined]
        yield running


@pytest.fixture(scope="module")
def crawled(runner: Runner, server: SiteServer) -> Crawl:
    settings = {"RETRY_TIMES": "0", "MAPEXPRESS_MAX_RETRY_AFTER": "1"}
    return runner.run(server.url, runner.folder / "hostile-texts", "since=all", "lang=fr", **settings)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_has_its_outcome(name: str, crawled: Crawl) -> None:
    url = f"{PUBLIC}/actualite/hostile/{name}/"
    outcome = "stored" if url in crawled.urls else crawled.rejections.get(url)
    assert outcome == ANSWERS[name][0], crawled.output[-3000:]


def test_the_crawl_goes_on(crawled: Crawl) -> None:
    assert crawled.status != 1
    assert {post.url for post in scaled_posts(8)} <= set(crawled.urls), crawled.output[-3000:]
    assert "Traceback" not in crawled.output
