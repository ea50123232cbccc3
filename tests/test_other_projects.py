"""mapexpress as a part of something else: the add-on in another Scrapy project, the function in a script."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website

ROOT = Path(__file__).parents[1]
SPIDER = """
import scrapy
from mapexpress import record_of

class Own(scrapy.Spider):
    name = "own"
    def parse(self, response):
        yield record_of(response)
"""
SCRIPT = """
import sys, mapexpress
article = mapexpress.clean(open(sys.argv[1], "rb").read(), url="https://news.example/port")
print(article.title, article.text, sep="|")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[SiteServer]:
    with serve(Website(load_posts())) as running:
        yield running


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False
    )


@pytest.mark.crawl
def test_the_add_on_in_a_project_with_a_spider_of_its_own(server: SiteServer, tmp_path: Path) -> None:
    post = next(p for p in load_posts() if p.name == "fr-port-safi")
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = own.settings\n", "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/__init__.py").touch()
    (tmp_path / "own/settings.py").write_text(
        'SPIDER_MODULES = ["own"]\nADDONS = {"mapexpress.addon.MapexpressAddon": 0}\n'
        f'MAPEXPRESS_ALLOW_HOSTS = "{server.url.removeprefix("http://")}"\n',
        "utf-8",
    )
    (tmp_path / "own/spider.py").write_text(
        SPIDER + f'    start_urls = ["{server.url}{post.path}", "{server.url}/actualite/", "http://127.0.0.1:1/"]\n',
        "utf-8",
    )
    done = run(tmp_path, "-m", "scrapy", "crawl", "own", "-O", "out.jsonl")
    assert done.returncode == 0, done.stderr
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [record["title"] for record in exported] == [post.title]
    parts = list((tmp_path / "data/dataset/site=own").glob("*/*.jsonl.gz"))
    assert [json.loads(gzip.decompress(part.read_bytes())) for part in parts] == exported
    rejected = list((tmp_path / "data/sites/own/rejections").glob("*/*.jsonl.gz"))
    assert json.loads(gzip.decompress(rejected[0].read_bytes()))["url"] == f"{server.url}/actualite/"
    assert list((tmp_path / "data/sites/own/warc").glob("*.warc.gz"))


def test_the_function_in_a_script(tmp_path: Path) -> None:
    page = (
        "<html><body><nav>Menu</nav><article><h1>Le port</h1>" + "<p>Le port a rouvert ce matin, à huit heures.</p>" * 3
    )
    (tmp_path / "page.html").write_text(page + "</article></body></html>", "utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    done = run(tmp_path, "script.py", "page.html")
    assert done.returncode == 0, done.stderr
    title, text = done.stdout.split("|")
    assert title == "Le port"
    assert text.startswith("Le port a rouvert")
    assert "Menu" not in text
