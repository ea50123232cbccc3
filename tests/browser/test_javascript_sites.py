"""A site whose pages are empty without JavaScript, crawled with a real Chromium because its site file says so."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOWNS = ["Safi", "Tiznit", "Azrou"]
SHELL = """<!doctype html><html lang="fr"><head><title>Le Courrier</title></head><body><div id="root"></div>
<noscript>You need to enable JavaScript to run this app.</noscript><script src="/%s.js"></script></body></html>"""
HOME = """fetch('/api/list').then(r => r.json()).then(list => { document.getElementById('root').innerHTML =
 list.map(a => `<article><h2><a href="${a.path}">${a.title}</a></h2><p>${a.lead}</p></article>`).join('') })"""
STORY = """fetch('/api' + location.pathname).then(r => r.json()).then(a => { document.title = a.title;
 document.head.insertAdjacentHTML('beforeend', `<meta property="og:type" content="article">
 <meta property="article:published_time" content="${a.date}">`);
 document.getElementById('root').innerHTML = `<article><h1>${a.title}</h1>` +
 a.paragraphs.map(p => `<p>${p}</p>`).join('') + '<img src="/photo.jpg"></article>' });"""

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed (Debian: chromium)"),
    pytest.mark.skipif(
        find_spec("scrapy_playwright") is None, reason="scrapy-playwright is not installed: pip install .[browser]"
    ),
]


def story(n: int) -> dict[str, object]:
    town = TOWNS[n]
    return {
        "path": f"/2026/05/1{n}/le-pont-de-{town.lower()}-rouvre/",
        "title": f"Le pont de {town} rouvre",
        "lead": f"Le pont de {town} a rouvert lundi matin, après {n + 3} semaines de travaux …",
        "date": f"2026-05-1{n}T08:00:00+01:00",
        "paragraphs": [
            f"Le pont de {town} a rouvert lundi matin, après {n + 3} semaines de travaux, et les premiers camions ont "
            "traversé l'oued avant le lever du jour.",
            f"Les habitants, qui faisaient un détour de {n + 20} kilomètres par la route de crête, ont assisté "
            "nombreux à la cérémonie, malgré un vent froid.",
        ],
    }


class Site(BaseHTTPRequestHandler):
    inside = ""  # address of a server that nobody may reach
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        stories = {str(s["path"]): s for s in map(story, range(len(TOWNS)))}
        if self.path == "/away":  # a redirect that no script sees
            self.send_response(302)
            self.send_header("Location", f"{self.inside}/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, body = "text/html; charset=utf-8", ""
        if self.path == "/":
            body = SHELL % "home"
        elif self.path in stories:
            body = SHELL % "story"
        elif self.path == "/home.js":
            kind, body = "text/javascript", HOME
        elif self.path == "/story.js":
            steal = f"fetch('{self.inside}/secret', {{mode: 'no-cors'}}); fetch('/away', {{mode: 'no-cors'}});"
            kind, body = "text/javascript", STORY + steal
        elif self.path == "/api/list":
            kind, body = "application/json", json.dumps(list(stories.values()))
        elif self.path.removeprefix("/api") in stories:
            kind, body = "application/json", json.dumps(stories[self.path.removeprefix("/api")])
        data = body.encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def servers() -> Iterator[tuple[str, list[str], list[str]]]:
    """The site's host, what it was asked, and what the server inside was asked."""
    running = []
    hidden = type("Hidden", (Site,), {"asked": []})
    inside = ThreadingHTTPServer(("127.0.0.1", 0), hidden)
    shown = type("Shown", (Site,), {"asked": [], "inside": f"http://127.0.0.1:{inside.server_port}"})
    site = ThreadingHTTPServer(("127.0.0.1", 0), shown)
    for server in (inside, site):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
    yield f"127.0.0.1:{site.server_port}", shown.asked, hidden.asked
    for server in running:
        server.shutdown()
        server.server_close()


def scrapy(folder: Path, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "MAPEXPRESS_SITES": folder / "sites",
        "MAPEXPRESS_DATA": folder / "data",
        "MAPEXPRESS_ALLOW_HOSTS": host,
        "DOWNLOAD_DELAY": 0,
    }
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, *given],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def crawl(folder: Path, host: str, *options: str) -> subprocess.CompletedProcess[str]:
    return scrapy(folder, host, "crawl", "news", "-a", "site=app", *options)


def write_site(folder: Path, host: str, *, browser: bool) -> None:
    (folder / "sites").mkdir(exist_ok=True)
    text = f'browser = {str(browser).lower()}\n[[editions]]\nhome = "http://{host}/"\n'
    (folder / "sites/app.toml").write_text(text, "utf-8")


def test_pages_that_need_javascript_become_records(servers: tuple[str, list[str], list[str]], tmp_path: Path) -> None:
    host, asked, inside = servers
    write_site(tmp_path, host, browser=False)
    plain = crawl(tmp_path, host)
    assert plain.returncode in (3, 4), plain.stderr
    assert "browser = true" in plain.stderr

    write_site(tmp_path, host, browser=True)
    asked.clear()
    done = crawl(tmp_path, host)
    assert done.returncode == 0, done.stderr
    parts = sorted((tmp_path / "data/dataset/site=app").glob("*/*.jsonl.gz"))
    records = [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]
    assert sorted(r["title"] for r in records) == sorted(f"Le pont de {town} rouvre" for town in TOWNS)
    for record in records:
        expected = next(story(n) for n, town in enumerate(TOWNS) if town in record["title"])
        assert record["text"].split("\n\n") == expected["paragraphs"]
        assert record["date_published"] == expected["date"]
        assert record["warc_record_id"]
    assert "/photo.jpg" not in asked, "pictures are not fetched"
    assert inside == [], "neither a script nor a redirect leads into the network"
    assert "/away" in asked, "the trap was sprung"


def test_a_browser_that_is_not_there_is_said_before_anything_is_asked(
    servers: tuple[str, list[str], list[str]], tmp_path: Path
) -> None:
    host, asked, _ = servers
    write_site(tmp_path, host, browser=True)
    done = crawl(tmp_path, host, "-s", "MAPEXPRESS_BROWSER=/nowhere/chromium")
    assert done.returncode == 2
    assert "apt install chromium" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert asked == []


def test_addsite_tries_a_site_in_the_browser_and_says_so_in_its_file(
    servers: tuple[str, list[str], list[str]], tmp_path: Path
) -> None:
    host, _, _ = servers
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "app", "--browser")
    assert done.returncode == 0, done.stderr
    assert re.search(r"2026-\d\d-\d\d +\d+ .*Le pont de Safi", done.stdout), done.stdout
    table = tomllib.loads((tmp_path / "sites/app.toml").read_text("utf-8"))
    assert table["browser"] is True
