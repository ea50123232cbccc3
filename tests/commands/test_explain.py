"""`scrapy explain` as it is typed: a file, a page of a server, and what cannot be explained."""

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.files.warc import Exchange
from mapexpress.dataset.store import SiteStore
from mapexpress.record.build import Document, build
from tests import forked

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = """<html lang="fr"><head><title>Pluie à Rabat</title></head><body><nav><a href="/">Accueil</a></nav>
<article><h1>Pluie à Rabat</h1><p>Il a plu toute la nuit sur la capitale, et les services de la commune ont été appelés
dans plusieurs quartiers pour dégager les avaloirs.</p><p>La circulation a repris vers huit heures sur la corniche,
où deux voies étaient restées sous l'eau pendant une bonne partie de la matinée.</p>
<div class="sharedaddy"><p>Partager l'article :</p></div></article></body></html>"""


def explain(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return forked.scrapy("explain", *arguments, "-s", f"MAPEXPRESS_DATA={folder / 'data'}")


@pytest.fixture(scope="module")
def site() -> Iterator[SiteServer]:
    with serve(Website(load_posts())) as server:
        yield server


def test_a_file_with_a_page_in_colour(tmp_path: Path) -> None:
    page = tmp_path / "page.html.gz"
    page.write_bytes(gzip.compress(PAGE.encode()))
    url = "https://news.example/rabat/pluie-a-rabat/"
    done = explain(str(page), "--url", url, "--html", str(tmp_path / "out.html"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == url
    assert any(line.startswith("  title ") and "Pluie à Rabat" in line and "[h1]" in line for line in lines)
    assert any(line.startswith("+ Il a plu toute la nuit") for line in lines)
    assert not any(line.startswith("+ Partager") for line in lines)
    written = (tmp_path / "out.html").read_text("utf-8")
    assert "Il a plu toute la nuit" in written
    assert "trafilatura keeps this" in written or "trafilatura drops this" in written


def test_a_page_of_a_server(site: SiteServer, tmp_path: Path) -> None:
    post = next(p for p in load_posts() if p.name == "fr-port-safi")
    url = f"{site.url}{post.path}"
    done = explain(url, "-s", f"MAPEXPRESS_ALLOW_HOSTS={site.url.removeprefix('http://')}", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert post.title in done.stdout
    assert not (tmp_path / "data").exists(), "explaining a page stores nothing"


def test_a_stored_article_is_explained_without_the_site(tmp_path: Path) -> None:
    url = "https://news.example/rabat/pluie-a-rabat/"
    with SiteStore.open(tmp_path / "data", "news.example", run="20260501T000000Z-0000") as store:
        moment = "2026-05-01T08:00:00+00:00"
        html = (("Content-Type", "text/html; charset=utf-8"),)
        kept = store.capture(Exchange(url=url, status=200, body=PAGE.encode(), fetched_at=moment, headers=html))
        document = Document(body=PAGE.encode(), url=url, fetched_at=moment, status=200, warc_record_id=kept)
        store.write(build([document]))
        store.seal()
    done = explain(url, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"the response stored on {moment}; --fetch asks the site"
    assert "+ Il a plu toute la nuit" in done.stdout
    assert explain(url, "--fetch", folder=tmp_path).returncode == 2, "news.example answers nobody"


def test_a_page_that_is_no_article_says_why(site: SiteServer, tmp_path: Path) -> None:
    done = explain(f"{site.url}/", "-s", f"MAPEXPRESS_ALLOW_HOSTS={site.url.removeprefix('http://')}", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("rejected: ")


@pytest.mark.parametrize("name", ["missing.html", "http://127.0.0.1/", "http://nowhere.invalid/", "binary.html"])
def test_what_cannot_be_explained_is_said_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "binary.html").write_bytes(b"\x7fELF" + bytes(2000))
    done = explain(name if "://" in name else str(tmp_path / name), folder=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
