"""A small site on loopback whose every answer a test may change: a home, a feed, articles of our own writing."""

import gzip
import html
import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests import forked

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
_WHO = ("Le port", "La mairie", "Un collectif", "La coopérative", "Le musée", "Une équipe", "Le conseil", "La gare")
_DOES = ("prépare", "ouvre", "reporte", "présente", "finance", "étudie", "restaure", "agrandit", "inaugure")
_WHAT = (
    "un marché couvert", "une digue", "la bibliothèque", "un jardin public", "le vieux moulin", "une ligne de bus",
    "la fontaine", "un atelier de bois", "la route des vignes", "une école de voile", "le kiosque", "un barrage",
)  # fmt: skip
_WHEN = ("au printemps", "avant l'été", "après de longs débats", "malgré la pluie", "sans bruit", "dès lundi")


def prose(seed: object, paragraphs: int = 4) -> list[str]:
    """Paragraphs that no two seeds share."""
    draw = random.Random(str(seed))
    return [
        " ".join(
            f"{draw.choice(_WHO)} {draw.choice(_DOES)} {draw.choice(_WHAT)} {draw.choice(_WHEN)}, et"
            f" {draw.randint(2, 900)} habitants de {draw.choice(_WHAT).split()[-1]} y ont pris part."
            for _ in range(4)
        )
        for _ in range(paragraphs)
    ]


@dataclass
class Story:
    """An article: `canonical` is declared as it is ("" for none), its own address where None."""

    path: str
    title: str
    paragraphs: list[str]
    when: datetime = START
    canonical: str | None = None
    extra: str = ""

    def page(self, base: str) -> bytes:
        here = base + self.path if self.canonical is None else self.canonical
        declared = f'<link rel="canonical" href="{html.escape(here)}">' if here else ""
        text = "".join(f"<p>{html.escape(p)}</p>" for p in self.paragraphs)
        return (
            f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{html.escape(self.title)}</title>'
            f'{declared}<meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{self.when.isoformat()}"></head><body>'
            f"<header><nav><a href='/'>Accueil</a></nav></header><main><article><h1>{html.escape(self.title)}</h1>"
            f"<div class='entry-content'>{text}</div>{self.extra}</article></main>"
            "<footer><p>La Gazette du Vallon, tous droits réservés.</p></footer></body></html>"
        ).encode()


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class SmallSite:
    """`shown` are the stories of home and feed, `answers` what an address answers instead, `asked` what was asked."""

    shown: list[Story]
    hidden: list[Story] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    host: str = ""

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    def answer(self, target: str) -> Answer:
        if target in self.answers:
            return self.answers[target]
        if target == "/":
            return 200, {}, self._home()
        if target == "/feed/":
            return 200, {"Content-Type": "application/rss+xml"}, self._feed()
        for story in (*self.shown, *self.hidden):
            if target == story.path:
                return 200, {}, story.page(self.base)
        return 404, {}, b"<h1>404</h1>"

    def _home(self) -> bytes:
        cards = "".join(
            f"<article><h2><a href='{s.path}'>{html.escape(s.title)}</a></h2><p>{s.paragraphs[0][:80]}…</p></article>"
            for s in self.shown
        )
        feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        head = f"<head><meta charset='utf-8'><title>Gazette</title>{feed}</head>"
        return f"<!doctype html><html lang='fr'>{head}<body><main>{cards}</main></body></html>".encode()

    def _feed(self) -> bytes:
        items = "".join(
            f"<item><title>{html.escape(s.title)}</title><link>{html.escape(self.base + s.path)}</link>"
            f"<pubDate>{format_datetime(s.when)}</pubDate></item>"
            for s in self.shown
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{items}</channel></rss>'.encode()


def stories(count: int) -> list[Story]:
    """Articles with titles that their addresses repeat."""
    found = []
    for n in range(count):
        draw = random.Random(f"title {n}")
        title = f"{draw.choice(_WHO)} {draw.choice(_DOES)} {draw.choice(_WHAT)} {draw.choice(_WHEN)}"
        words = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())
        path = f"/actus/{'-'.join(filter(None, words.split('-')))}-{20000 + n}/"
        found.append(Story(path, title, prose(n), START - timedelta(hours=2 * n)))
    return found


@contextmanager
def serving(site: SmallSite, host: str = "127.0.0.1") -> Iterator[SmallSite]:
    """Answer on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, headers, body = site.answer(self.path)
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = Server((host, 0), Handler)
    site.host = f"{f'[{host}]' if ':' in host else host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Run:
    """What a crawl of a small site left behind."""

    status: int
    output: str
    data: Path

    def _lines(self, pattern: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for part in sorted(self.data.glob(pattern)):
            with gzip.open(part, "rt", encoding="utf-8") as lines:
                found += map(json.loads, lines)
        return found

    @property
    def records(self) -> list[dict[str, object]]:
        return self._lines("dataset/site=*/*/*.jsonl.gz")

    @property
    def titles(self) -> list[str]:
        return sorted(str(record["title"]) for record in self.records)

    @property
    def rejections(self) -> dict[str, str]:
        return {str(r["url"]): str(r["reason"]) for r in self._lines("sites/*/rejections/**/*.jsonl.gz")}

    def of(self, title: str) -> list[dict[str, object]]:
        return [record for record in self.records if record["title"] == title]


def crawl(
    site: SmallSite,
    data: Path,
    *,
    hour: float = 0,
    allow: str = "",
    name: str = "",
    arguments: tuple[str, ...] = (),
    retries: int = 0,
) -> Run:
    """One run, so many hours after noon of the day on which the site begins; `name` is a site file."""
    now = START + timedelta(hours=4 + hour)
    settings = {
        "MAPEXPRESS_DATA": str(data), "MAPEXPRESS_ALLOW_HOSTS": allow or site.host, "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0", "RETRY_TIMES": str(retries), "MAPEXPRESS_NOW": now.isoformat(),
    }  # fmt: skip
    command = ["crawl", "news", "-a", f"site={name}" if name else f"url={site.base}/"]
    for argument in arguments:
        command += ["-a", argument]
    for key, value in settings.items():
        command += ["-s", f"{key}={value}"]
    ran = forked.scrapy(*command)
    assert "Traceback" not in ran.stderr, ran.stderr
    return Run(ran.returncode, ran.stderr, data)
