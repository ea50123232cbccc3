"""A site that changes its theme between two runs: the articles still come, and the run says by name what is gone."""

import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.end_to_end.support import Runner

WORDS = "port gare marché pont école digue barque filet rive quai sel four puits route col ferme lac phare".split()
OLD, NEW = 20, 12  # articles in each theme


def story(number: int) -> tuple[str, list[str]]:
    rng = random.Random(number)
    title = f"{rng.choice(WORDS).capitalize()} et {rng.choice(WORDS)} rouvrent au village {number}"
    return title, [f"{' '.join(rng.choices(WORDS, k=14)).capitalize()}." for _ in range(5)]


def old_theme(number: int) -> str:
    title, paragraphs = story(number)
    return (
        f"<html lang=fr><title>{title} - Le Canton</title><body class='single single-post'><div class=td-post-header>"
        f"<h1 class=entry-title>{title}</h1><time class=entry-date "
        f"datetime=2026-05-{number % 27 + 1:02}>Mai</time></div>"
        f"<div class='td-post-content tagdiv-type'>{''.join(f'<p>{p}</p>' for p in paragraphs)}</div>"
        "<div class=infos><p>Le journal du canton paraît chaque matin sauf le lundi.</p></div>"
        "<footer><p>Le Canton, imprimé au bord du lac</p></footer></body></html>"
    )


def new_theme(number: int) -> str:
    title, paragraphs = story(number)
    return (
        f"<html lang=fr><title>{title} - Le Canton</title><body><main><h1>{title}</h1>"
        f"<time datetime=2026-06-{number % 27 + 1:02}>Juin</time>"
        f"<div class=recit>{''.join(f'<p>{p}</p>' for p in paragraphs)}</div></main>"
        "<aside><p>Nouveau : le canton en images</p></aside></body></html>"
    )


class Site(BaseHTTPRequestHandler):
    """A home, a feed of the first `shown` articles, and their pages."""

    shown = OLD

    def do_GET(self) -> None:
        status, kind = 200, "text/html; charset=utf-8"
        if self.path == "/":
            body = '<html lang=fr><link rel=alternate type="application/rss+xml" href="/feed/"><body>Le Canton</body>'
        elif self.path == "/feed/":
            kind = "application/rss+xml"
            home = f"http://{self.headers['Host']}/a"
            items = (f"<item><title>{story(n)[0]}</title><link>{home}/{n}/</link></item>" for n in range(self.shown))
            body = f"<rss version='2.0'><channel><title>Le Canton</title>{''.join(items)}</channel></rss>"
        elif self.path.startswith("/a/"):
            number = int(self.path.split("/")[2])
            body = old_theme(number) if number < OLD else new_theme(number)
        else:
            status, body = 404, "Pas ici"
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def canton() -> Iterator[tuple[str, type[Site]]]:
    handler = type("Canton", (Site,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler
    server.shutdown()
    server.server_close()


def test_another_theme_is_named_and_sets_status_5(
    runner: Runner, canton: tuple[str, type[Site]], tmp_path: Path
) -> None:
    url, site = canton
    first = runner.run(url, tmp_path, f"url={url}/", spider="news")
    assert first.status == 0, first.output
    site.shown = OLD + NEW
    second = runner.run(url, tmp_path, f"url={url}/", spider="news")
    assert f"{OLD + NEW} articles found, {NEW} stored" in second.output
    assert f"  layout      `.td-post-content` no longer found on {NEW} of {NEW} pages\n" in second.output
    assert second.status == 5
    third = runner.run(url, tmp_path, f"url={url}/", spider="news")
    assert third.status == 0, "a run that sees no page of the new theme has nothing to say"
