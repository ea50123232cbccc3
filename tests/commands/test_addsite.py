"""`scrapy addsite` as it is typed, against a small site of plain pages and a feed."""

import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOWNS = ["Safi", "Tiznit", "Azrou", "Larache", "Ouezzane"]


def article(number: int, town: str) -> str:
    return f"""<!doctype html><html lang="fr"><head><title>Le pont de {town} rouvre - Le Courrier du Rif</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="Le Courrier du Rif">
<meta property="article:published_time" content="2026-05-{10 + number}T08:00:00+01:00"></head><body>
<nav><a href="/">Accueil</a> <a href="/contact/">Contact</a></nav><article><h1>Le pont de {town} rouvre</h1>
<p>Le pont de {town} a rouvert lundi matin, après {number + 3} semaines de travaux, et les premiers camions ont
traversé l'oued avant le lever du jour.</p><p>Les habitants, qui faisaient un détour de {number + 20} kilomètres par la
route de crête, ont assisté nombreux à la cérémonie, malgré un vent froid.</p></article>
<footer>© Le Courrier du Rif</footer></body></html>"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {f"/2026/05/le-pont-de-{t.lower()}-rouvre/": article(n, t) for n, t in enumerate(TOWNS)}
        base = f"http://{self.headers['Host']}"
        items = "".join(
            f"<item><title>Le pont de {t} rouvre</title><link>{base}{path}</link>"
            f"<pubDate>Sun, {10 + n} May 2026 07:00:00 GMT</pubDate></item>"
            for n, (t, path) in enumerate(zip(TOWNS, pages, strict=True))
        )
        pages["/feed/"] = f'<?xml version="1.0"?><rss version="2.0"><channel><title>C</title>{items}</channel></rss>'
        links = "".join(f'<h2><a href="{path}">{path}</a></h2>' for path in list(pages)[:-1])
        pages["/"] = (
            '<html lang="fr"><head><title>Le Courrier du Rif</title><link rel="alternate" type="application/rss+xml"'
            f' href="/feed/"></head><body>{links}</body></html>'
        )
        body = pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        kind = "application/rss+xml" if self.path == "/feed/" else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def scrapy(folder: Path, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"MAPEXPRESS_SITES": folder / "sites", "MAPEXPRESS_ALLOW_HOSTS": host, "DOWNLOAD_DELAY": 0}
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, *given, "-s", f"MAPEXPRESS_DATA={folder / 'data'}"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_a_site_is_tried_written_down_and_crawled_with_no_edit(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "courrier", "--html", str(tmp_path / "seen"))
    assert done.returncode == 0, done.stderr
    assert "  feed             5  2026-05-14" in done.stdout
    assert "+ Le pont de Ouezzane a rouvert lundi matin" in done.stdout
    assert len(list((tmp_path / "seen").glob("article-*.html"))) == 3
    assert not list(tmp_path.glob("mapexpress-*")), "the trial leaves nothing behind"
    table = tomllib.loads((tmp_path / "sites/courrier.toml").read_text("utf-8"))
    assert table["publisher"] == "Le Courrier du Rif"
    assert table["editions"] == [{"home": f"http://{host}/", "language": "fr"}]

    again = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "courrier")
    assert again.returncode == 2
    assert "--force" in again.stderr

    run = scrapy(tmp_path, host, "crawl", "news", "-a", "site=courrier")
    assert run.returncode == 0, run.stderr
    assert "courrier: 5 articles found, 5 stored" in run.stderr


@pytest.mark.parametrize("address", ["nonsense://x", "http://127.0.0.1:9/", ""])
def test_what_is_no_site_is_said_in_one_line(address: str, host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", address)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "sites").exists()


def test_a_site_without_articles_writes_no_file(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/contact/")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "sites").exists()
