"""A crawl stores each article of the site once, as it is written beside its page, and nothing else."""

import json
from collections import Counter

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from tests.end_to_end.support import Crawl, Runner

WAYS = ("feed", "sitemap", "wp_api", "listing")
# what may differ between two runs over one site: when, and which run
OF_THE_RUN = {"fetched_at", "warc_record_id", "template_id"}
NOT_FIELDS = {"paragraphs", "later", "rejected", "crawl_rejects", "site_post"}


def same(record: dict[str, object], *but: str) -> str:
    """A record without what belongs to its run."""
    return json.dumps({k: v for k, v in record.items() if k not in OF_THE_RUN | set(but)}, ensure_ascii=False)


def test_every_article_is_stored_once(first_run: Crawl, stored: dict[str, Case]) -> None:
    assert first_run.status == 0, first_run.output
    assert Counter(first_run.urls) == Counter(stored.keys())
    assert len({record["id"] for record in first_run.records}) == len(stored)


def test_every_record_is_the_expected_one(first_run: Crawl, stored: dict[str, Case]) -> None:
    for record in first_run.records:
        case = stored[str(record["url"])]
        wanted = {k: v for k, v in case.expected.items() if k not in NOT_FIELDS} | {
            "text": case.paragraphs,
            "status": "active",
            "revision": 1,
            "previous_hash": None,
            "http_status": 200,
        }
        assert {k: record[k] for k in wanted} == wanted, case.name


def test_what_is_no_article_is_rejected_with_its_reason(first_run: Crawl, cases: list[Case]) -> None:
    for case in cases:
        reason = case.expected.get("rejected") or case.expected.get("crawl_rejects")
        if reason:
            assert first_run.rejections.get(case.expected["url"]) == reason, case.name


@pytest.mark.usefixtures("first_run")
def test_what_robots_txt_closes_is_never_asked_for(site: SiteServer) -> None:
    assert not [t for t in site.targets() if t.startswith(("/actualite/archives-internes/", "/wp-admin/"))]


@pytest.mark.usefixtures("first_run")
def test_the_user_agent_says_whom_to_write_to(site: SiteServer) -> None:
    assert {"mailto:crawler@example.org" in hit.headers["user-agent"] for hit in site.hits} == {True}


def test_a_second_run_stores_nothing(first_run: Crawl, runner: Runner, site: SiteServer) -> None:
    before = Counter(first_run.lines())
    again = runner.run(site.url, first_run.data)
    assert again.status == 0, again.output
    assert Counter(again.lines()) == before


@pytest.mark.parametrize("way", WAYS)
def test_each_way_in_alone_gives_the_same_records(way: str, first_run: Crawl, runner: Runner, own_site: object) -> None:
    """On another port, in another order, through one way: byte for byte the same records."""
    server: SiteServer = own_site()  # type: ignore[operator]
    server.website.ways_off = set(WAYS) - {way}
    alone = runner.run(server.url, runner.folder / way, f"via={way}", "since=all")
    assert alone.status == 0, alone.output
    assert {r["discovered_via"] for r in alone.records} == {way}
    assert sorted(same(r, "discovered_via") for r in alone.records) == sorted(
        same(r, "discovered_via") for r in first_run.records
    )
