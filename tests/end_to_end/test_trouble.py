"""What goes wrong between a site and a dataset, and what a run makes of it."""

import json
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from fixtures.website import Rule
from tests.end_to_end.support import ROOT, Runner, wait_for

OwnSite = Callable[[], SiteServer]


def last_line(output: str) -> str:
    return output.strip().splitlines()[-1] if output.strip() else ""


def path_of(cases: dict[str, Case], name: str) -> str:
    return next(c.post.path for c in cases.values() if c.post and c.name == name)


def test_kill_in_the_middle_then_the_same_command(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    articles = {c.post.path for c in stored.values() if c.post}
    for path in articles:
        server.website.rules[path] = Rule(delay=0.25)
    process = runner.start(server.url, tmp_path)
    assert wait_for(lambda: len(set(server.targets(200)) & articles) >= len(articles) // 2)
    runner.kill(process)
    assert set(server.targets(200)) & articles != articles, "the crawl was over before it was killed"
    server.website.rules.clear()
    again = runner.run(server.url, tmp_path)
    assert again.status == 0, again.output
    assert Counter(again.urls) == Counter(stored.keys())


def test_what_a_killed_run_had_stored_is_not_asked_for_again(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    """Killed between the pages of an article: the first page comes from the WARC, the record is the same."""
    server = own_site()
    first, second, third = next(c.expected["page_urls"] for c in stored.values() if len(c.expected["page_urls"]) == 3)
    paths = [urlsplit(url).path for url in (first, second, third)]
    server.website.rules[paths[1]] = Rule(delay=30)
    process = runner.start(server.url, tmp_path, RETRY_TIMES="0")
    assert wait_for(lambda: waiting(tmp_path, first), 25)
    runner.kill(process)
    server.website.rules.clear()
    seen = len(server.hits)
    again = runner.run(server.url, tmp_path)
    assert again.status == 0, again.output
    asked = {hit.target for hit in server.hits[seen:]}
    assert paths[0] not in asked
    assert {paths[1], paths[2]} <= asked
    assert Counter(again.urls) == Counter(stored.keys())
    case = stored[first]
    record = next(r for r in again.records if r["url"] == first)
    assert record["text"] == "\n\n".join(case.expected["paragraphs"])
    assert record["page_urls"] == [first, second, third]


def waiting(data: Path, url: str) -> bool:
    """Whether the state says that a response of this address is stored and waits for its outcome."""
    path = data / "sites/mapexpress/state.sqlite"
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as state:
        if not state.execute("SELECT 1 FROM sqlite_master WHERE name = 'pending'").fetchone():
            return False
        return state.execute("SELECT count(*) FROM pending WHERE url = ?", (url,)).fetchone() == (1,)


def test_what_tdmrep_json_reserves_is_not_asked_for(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    server.website.reserved = {"/actualite/sports/*"}
    run = runner.run(server.url, tmp_path / "left")
    reserved = {u for u in stored if urlsplit(u).path.startswith("/actualite/sports/")}
    assert reserved
    assert set(run.urls) == set(stored) - reserved
    assert {run.rejections[u] for u in reserved} == {"tdm_reserved"}
    asked = [hit.target for hit in server.hits]
    assert asked.count("/.well-known/tdmrep.json") == 1
    assert not {urlsplit(u).path for u in reserved} & set(asked)
    kept = runner.run(server.url, tmp_path / "kept", MAPEXPRESS_STORE_RESERVED="true")
    assert {r["url"] for r in kept.records if r["tdm_reserved"]} >= reserved


def test_an_edit_is_a_revision_of_a_later_run_by_the_schedule(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    """No argument asks for it: a young article that was checked a day ago is asked again, with its validators."""
    server = own_site()
    edited = next(c for c in stored.values() if "later" in c.expected)
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-20T12:00:00+00:00")
    server.website.later = {edited.name}
    seen = len(server.hits)
    second = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-21T13:00:00+00:00")
    assert second.status == 0, second.output
    revisions = sorted(r["revision"] for r in second.records if r["url"] == edited.expected["url"])
    assert revisions == [1, 2]
    assert len(second.records) == len(stored) + 1
    asked = {hit.target: hit.status for hit in server.hits[seen:]}
    answers = {asked.get(urlsplit(url).path) for url in stored} - {None}  # those of more than a week are left for later
    assert answers == {200, 304}  # teasers of the edited title change pages


def test_an_edited_article_is_a_revision_and_a_new_one_is_stored(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    edited = next(c for c in stored.values() if "later" in c.expected)
    server.website.hidden = {"ar-khizana-hiwar"}
    first = runner.run(server.url, tmp_path)
    assert len(first.records) == len(stored) - 1
    server.website.hidden = set()
    server.website.later = {edited.name}
    beside = '{"tests.end_to_end.faulty.RevisionsBesideTheLoop": 0}'
    second = runner.run(server.url, tmp_path, "full=1", EXTENSIONS=beside)
    assert second.status == 0, second.output
    assert set(second.urls) == set(stored)
    assert len(second.records) == len(stored) + 1
    old, new = sorted(
        (r for r in second.records if r["url"] == edited.expected["url"]), key=lambda r: str(r["revision"])
    )
    assert (old["revision"], new["revision"], new["previous_hash"]) == (1, 2, old["content_hash"])
    later = edited.expected["later"]
    assert new["title"] == later["title"]
    assert new["text"] == "\n\n".join(later["paragraphs"])
    assert (new["date_published"], new["date_modified"]) == (old["date_published"], later["date_modified"])


def test_a_failed_gate_is_said_and_sets_its_status(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    plain = (ROOT / "mapexpress/sites/mapexpress.toml").read_text("utf-8")
    (sites / "strict.toml").write_text(
        f'key = "mapexpress"\nthresholds = {{ coverage_authors = 1.0 }}\n{plain}', "utf-8"
    )
    run = runner.run(site.url, tmp_path / "data", "site=strict", "limit=25", spider="news", MAPEXPRESS_SITES=str(sites))
    assert run.status == 5, run.output
    assert "  quality     authors is filled on" in run.output


def test_faults_of_single_pages_do_not_stop_a_run(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    """429 is waited for; an inner address is refused; what stays broken is rejected; the rest is stored."""
    server, inner = own_site(), own_site()
    busy, inward, broken, gone = (
        path_of(stored, name) for name in ("fr-port-safi", "fr-tunis-bourses", "fr-festival-conte", "ar-hafila-tanja")
    )
    server.website.rules = {
        busy: Rule(status=429, retry_after="1", times=1),
        inward: Rule(status=302, location=f"{inner.url}/actualite/"),
        broken: Rule(status=500),
        gone: Rule(status=410),
    }
    run = runner.run(server.url, tmp_path)
    assert run.status == 0, run.output
    lost = {u for u, c in stored.items() if c.post and c.post.path in (inward, broken, gone)}
    assert set(run.urls) == set(stored) - lost
    asked = [hit for hit in server.hits if hit.target == busy]
    assert [hit.status for hit in asked] == [429, 200]
    assert asked[1].at - asked[0].at >= 1
    assert inner.hits == []
    assert lost <= run.rejections.keys()


def test_a_site_that_shuts_us_out(runner: Runner, own_site: OwnSite, tmp_path: Path) -> None:
    server = own_site()
    paths = ["/", "/ar/", "/robots.txt", "/feed/", "/ar/feed/", "/sitemap_index.xml", "/actualite/", "/ar/actualite/"]
    for path in [*paths, "/wp-json/", "/ar/wp-json/", "/sitemap.xml", "/wp-sitemap.xml", "/news-sitemap.xml"]:
        server.website.rules[path] = Rule(status=403)
    server.website.ways_off = {"feed", "sitemap", "wp_api", "listing"}
    run = runner.run(server.url, tmp_path)
    assert run.status in (3, 4), run.output
    assert "Traceback" not in run.output


def test_a_site_that_is_not_there(runner: Runner, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = runner.run(f"http://127.0.0.1:{port}", tmp_path, RETRY_TIMES="0", MAPEXPRESS_LOG_JSON="true")
    assert run.status == 3, run.output
    lines = [json.loads(line) for line in run.output.splitlines()]
    assert not [line for line in lines if "error" in line]
    assert next(line["summary"]["away/unreachable"] for line in lines if "summary" in line) > 0


def test_a_folder_that_cannot_be_written(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    seen = len(site.hits)
    run = runner.run(site.url, tmp_path / "file" / "data")
    assert run.status == 6, run.output
    assert "Traceback" not in run.output
    assert str(tmp_path / "file") in last_line(run.output)
    assert len(site.hits) == seen


@pytest.mark.parametrize("largest", [1000, 60_000, 150_000, 300_000])
def test_a_disk_that_fills_ends_the_run_with_one_line(
    largest: int, runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    """Whichever file meets it first, and whoever writes there: the capture, the frontier, a record, the seal."""
    run = runner.run(
        site.url,
        tmp_path,
        EXTENSIONS='{"tests.end_to_end.faulty.FullDisk": 0, "mapexpress.crawl.extensions.progress.Progress": null}',
        FULL_DISK=str(largest),
        LOG_LEVEL="WARNING",
    )
    assert run.status == 6, run.output
    (line,) = run.output.strip().splitlines()
    assert line.startswith("scrapy crawl: ")
    assert line.endswith("run the same command again")
    again = runner.run(site.url, tmp_path)
    assert again.status == 0, again.output
    assert Counter(again.urls) == Counter(stored.keys())


def test_state_is_whole_after_a_run(first_run: object) -> None:
    state = first_run.data / "sites/mapexpress/state.sqlite"  # type: ignore[attr-defined]
    with sqlite3.connect(state) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
