"""An archive from REST answers: a hundred articles a request, where a sample of pages says the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Answer, Website
from mapexpress.record.rest_posts import SAMPLE
from tests import forked
from tests.end_to_end.support import Crawl, Runner

ARTICLES = 40
SHARED = ("id", "source_id", "url", "canonical_url", "title", "text", "section", "content_hash", "page_urls")


def articles_asked(site: SiteServer) -> list[str]:
    return [t for t in site.targets() if t.startswith("/actualite/") and "depeche" in t]


def told(crawl: Crawl) -> list[str]:
    return sorted(json.dumps({k: r[k] for k in SHARED}, ensure_ascii=False) for r in crawl.records)


@pytest.fixture(scope="module")
def archive(runner: Runner) -> tuple[Crawl, list[str]]:
    with serve(Website(scaled_posts(ARTICLES))) as site:
        crawl = runner.run(site.url, runner.folder / "rest", "since=all", "via=wp_api", "lang=fr", "source=rest")
        return crawl, articles_asked(site)


def test_one_answer_gives_all_its_articles(archive: tuple[Crawl, list[str]], runner: Runner) -> None:
    crawl, asked = archive
    assert crawl.status == 0, crawl.output
    assert len(crawl.records) == ARTICLES
    assert len(asked) == SAMPLE, asked
    assert sorted(str(r["extractor"]) for r in crawl.records).count("rest") == ARTICLES - SAMPLE
    with serve(Website(scaled_posts(ARTICLES))) as site:
        pages = runner.run(site.url, runner.folder / "rest-pages", "since=all", "via=wp_api", "lang=fr")
        assert len(articles_asked(site)) == ARTICLES
    assert told(crawl) == told(pages)


def test_the_records_name_the_stored_answer_and_are_made_again_from_it(archive: tuple[Crawl, list[str]]) -> None:
    crawl, _ = archive
    answers = {r["warc_record_id"] for r in crawl.records if r["extractor"] == "rest"}
    assert len(answers) == 1
    before = sorted(crawl.lines())
    run = forked.scrapy("reclean", "-s", f"MAPEXPRESS_DATA={crawl.data}")
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"0 records changed, {ARTICLES} the same" in run.stdout + run.stderr
    assert sorted(crawl.lines()) == before


def test_the_pages_of_the_same_articles_are_no_revisions(runner: Runner, tmp_path: Path) -> None:
    with serve(Website(scaled_posts(ARTICLES))) as site:
        runner.run(site.url, tmp_path, "since=all", "via=wp_api", "lang=fr", "source=rest")
        again = runner.run(site.url, tmp_path, "since=all", "via=listing", "lang=fr", "full=1")
    assert again.status == 0, again.output
    assert len(again.records) == ARTICLES
    assert {r["revision"] for r in again.records} == {1}


def test_where_the_sample_disagrees_every_page_is_fetched(runner: Runner, first_run: Crawl, tmp_path: Path) -> None:
    with serve(Website(load_posts())) as site:
        crawl = runner.run(site.url, tmp_path, "since=all", "via=wp_api", "source=rest")
    assert crawl.status == 0, crawl.output
    assert "pages are fetched (" in crawl.output
    assert not [r for r in crawl.records if str(r["extractor"]).startswith("rest")]
    assert sorted((r["id"], r["content_hash"]) for r in crawl.records) == sorted(
        (r["id"], r["content_hash"]) for r in first_run.records
    )


PLANTED = "<p>Ce que personne n'a écrit sous ce titre, et que nul lecteur n'a jamais vu paraître ici.</p>"


class Renaming(Website):
    """One more post in each answer, of another writer, whose link a plugin let him give: that of an article."""

    victim: str

    def answer(self, target: str) -> Answer:
        given = super().answer(target)
        if "/wp/v2/" not in target or not given.body.startswith(b"[{"):
            return given
        rows = json.loads(given.body)
        theirs = next((row for row in rows if row.get("link") == self.victim), None)
        if theirs is None:
            return given
        own = {"id": 990_001, "slug": "mon-blog", "title": {"rendered": "Mon blog"}, "content": {"rendered": PLANTED}}
        return replace(given, body=json.dumps([*rows, theirs | own]).encode())


def test_a_post_that_gives_an_article_s_address_as_its_own_takes_nothing(runner: Runner, tmp_path: Path) -> None:
    posts = scaled_posts(ARTICLES)
    there = Renaming(posts)
    there.victim = min(post.url for post in posts if post.lang == "fr")
    with serve(there) as site:
        crawl = runner.run(site.url, tmp_path, "since=all", "via=wp_api", "lang=fr", "source=rest")
    assert crawl.status == 0, crawl.output
    assert len(crawl.records) == ARTICLES
    (record,) = [r for r in crawl.records if r["url"] == there.victim]
    assert record["title"] != "Mon blog"
    assert "nul lecteur" not in "".join(crawl.lines())


class Printing(Website):
    """A plugin prints before each answer, and cut one more post in the middle of an emoji."""

    def answer(self, target: str) -> Answer:
        given = super().answer(target)
        if "/wp/v2/" not in target or not given.body.startswith(b"[{"):
            return given
        rows = json.loads(given.body)
        half = {"id": 990_002, "slug": "moitie", "link": rows[0]["link"].rstrip("/") + "-990002/"}
        rows.append(rows[0] | half | {"content": {"rendered": "<p>Bravo \ud83d"}})
        return replace(given, body="<b>Avertissement</b> : clé inconnue\n".encode() + json.dumps(rows).encode())


def test_what_a_plugin_prints_before_an_answer_costs_none_of_its_posts(
    archive: tuple[Crawl, list[str]], tmp_path: Path, runner: Runner
) -> None:
    with serve(Printing(scaled_posts(ARTICLES))) as site:
        crawl = runner.run(site.url, tmp_path, "since=all", "via=wp_api", "lang=fr", "source=rest")
        asked = [target for target in articles_asked(site) if "990002" not in target]
        assert len(asked) == SAMPLE, asked
        assert len(articles_asked(site)) == SAMPLE + 1  # what cannot be written as a post is asked as a page
    assert told(crawl) == told(archive[0])
    run = forked.scrapy("reclean", "-s", f"MAPEXPRESS_DATA={crawl.data}")
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"0 records changed, {ARTICLES} the same" in run.stdout + run.stderr


def test_a_source_that_cannot_be_is_refused(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    for arguments in (("source=rest",), ("source=rest", "since=all", "via=feed"), ("source=json", "since=all")):
        refused = runner.run(site.url, tmp_path, *arguments)
        assert refused.status == 2
        assert "source=" in refused.output.strip().splitlines()[-1]
