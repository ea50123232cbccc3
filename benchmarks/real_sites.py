"""Whole real sites, served on loopback and crawled by address alone: what came, what is missing, what is wrong.

    python benchmarks/real_sites.py [--sites FOLDER]

FOLDER holds `comoresnews` and `dandify` unpacked (default: the shared archive, unpacked to a temporary folder).
Exits with 1 when something that must hold does not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
TYPES = {".html": "text/html", ".xml": "application/xml", ".json": "application/json"}


class Folder(BaseHTTPRequestHandler):
    """Static files, as a server or (with absolute targets) as an HTTP proxy; REST collections put together."""

    protocol_version = "HTTP/1.1"
    root: Path
    rest = False  # assemble collections, and answer 404 instead of folder listings

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        collection = re.fullmatch(r"(.*/wp-json/wp/v2/)(\w+)/?", path) if self.rest else None
        if collection:
            self._collection(self.root / collection[0].strip("/"), parse_qs(parts.query))
            return
        file = (self.root / path.strip("/")).resolve()
        if file.is_dir():
            file = next((f for f in (file / "index.html", file / "index.xml") if f.exists()), file)
        if not file.is_file() or not file.is_relative_to(self.root.resolve()):
            self._send(404, b"not found", "text/plain")
            return
        body = file.read_bytes()
        self._send(200, body, "application/json" if body[:1] in b"{[" else TYPES.get(file.suffix, "text/plain"))

    def _collection(self, folder: Path, query: dict[str, list[str]]) -> None:
        posts = [json.loads((f / "index.html").read_text("utf-8")) for f in sorted(folder.glob("[0-9]*"))]
        if not posts:
            self._send(404, b'{"code":"rest_no_route"}', "application/json")
            return
        size, page = int(query.get("per_page", ["10"])[0]), int(query.get("page", ["1"])[0])
        chosen = posts[(page - 1) * size : page * size]
        headers = {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(-(-len(posts) // size))}
        self._send(200, json.dumps(chosen).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(root: Path, *, rest: bool = False) -> Iterator[str]:
    """Serve a folder on a free port; gives host:port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Folder,), {"root": root, "rest": rest}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def crawl(url: str, *arguments: str, allow: str = "", proxy: str | None = None) -> list[dict[str, object]]:
    """The records of a crawl with `since=all`, and its summary on the screen."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={url}", "-a", "since=all"]
        for argument in arguments:
            command += ["-a", argument]
        for setting in (f"MAPEXPRESS_DATA={data}", f"MAPEXPRESS_ALLOW_HOSTS={allow}", "DOWNLOAD_DELAY=0",
                        "AUTOTHROTTLE_ENABLED=0"):  # fmt: skip
            command += ["-s", setting]
        environment = {k: v for k, v in os.environ.items() if k.lower() not in ("http_proxy", "no_proxy")}
        if proxy:
            environment["http_proxy"] = f"http://{proxy}"
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        print(
            "\n".join(line for line in ran.stderr.splitlines() if not line.startswith("20")), f"status {ran.returncode}"
        )
        parts = sorted(Path(data).glob("dataset/*/*/*.gz"))
        return [json.loads(line) for part in parts for line in gzip.open(part, "rt", encoding="utf-8")]


def check_comores(sites: Path) -> list[str]:
    """Ten articles by listing, by all ways; by REST the posts that the mirror holds."""
    truth = json.loads((sites / "comoresnews/articles-index.json").read_text("utf-8"))
    wrong: list[str] = []
    posts = len(list((sites / "comoresnews/index.php/wp-json/wp/v2/posts").glob("[0-9]*")))
    for ways, rest, expected in (("via=listing", False, 10), ("", True, 10), ("via=wp_api", True, posts)):
        with serve(sites / "comoresnews", rest=rest) as host:
            records = crawl(f"http://{host}/", *filter(None, [ways]), allow=host)
        name = f"comoresnews {ways or 'all ways'}"
        print(f"{name}: {len(records)} records, {expected} expected\n")
        if len(records) != expected or len({r["id"] for r in records}) != expected:
            wrong.append(f"{name}: {len(records)} records, {expected} expected")
        titles = {t["title"]: t for t in truth}
        for record in records:
            entry = titles.get(str(record["title"]))
            day = "2026-06-01" if "mayotte" in str(record["url"]) else "2026-06-12"
            if entry is None:
                wrong.append(f"{name}: title {record['title']!r}")
            elif str(record["section"]).casefold() != str(entry["cat"]).casefold():
                wrong.append(f"{name}: section {record['section']!r} for {entry['cat']!r}")
            if str(record["date_published"])[:10] != day:
                wrong.append(f"{name}: {record['date_published']} for {day}: {record['url']}")
            if str(record["language"]).split("-")[0] != "fr":
                wrong.append(f"{name}: language {record['language']}")
            if record["authors"] != ["Comoresnews"]:  # "Par Comoresnews" below each headline
                wrong.append(f"{name}: authors {record['authors']}: {record['url']}")
    return wrong


def check_dandify(sites: Path) -> list[str]:
    """48 articles, nine of them slideshows whole over all their pages."""
    root = sites / "dandify"
    wrong: list[str] = []
    with serve(root) as host:
        records = crawl("http://dandify.org/", proxy=host)
    print(f"dandify: {len(records)} records, 48 expected\n")
    if len(records) != 48:
        wrong.append(f"dandify: {len(records)} records, 48 expected")
    pages = {str(r["url"]).rstrip("/").rpartition("/")[2]: len(r["page_urls"]) for r in records}  # type: ignore[arg-type]
    for folder in sorted(root.iterdir()):
        numbered = [f for f in folder.glob("[0-9]*") if f.is_dir()] if folder.is_dir() else []
        if numbered and pages.get(folder.name) != len(numbered) + 1:
            wrong.append(f"dandify: {folder.name}: {pages.get(folder.name)} pages, {len(numbered) + 1} expected")
    wrong += [
        f"dandify: not an article: {r['url']}" for r in records if re.search("/(category|author)/", str(r["url"]))
    ]
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=Path, help="folder with comoresnews and dandify")
    parser.add_argument("--shared", type=Path, default=ROOT / "../shared", help="shared folder (default: ../shared)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sites = given.sites
        if sites is None:
            archive = given.shared / "sites/sites.tar.xz"
            if not archive.exists():
                parser.error(f"no {archive}: give --shared or --sites")
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
            sites = next(p.parent for p in Path(scratch).rglob("comoresnews"))
        wrong = check_comores(sites) + check_dandify(sites)
    print("\n".join(wrong) or "all holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
