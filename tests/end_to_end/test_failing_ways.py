"""What a site stops giving is said by the run that meets it, also where other ways in still show its articles."""

from pathlib import Path

import pytest

from tests.end_to_end.small_site import Answer, SmallSite, crawl, serving, stories

GONE_WRONG: dict[str, Answer] = {
    "http_503": (503, {}, b""),
    "http_404": (404, {}, b"<h1>404</h1>"),
    "not a feed": (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html><body><p>Bienvenue</p></body></html>"),
}


@pytest.mark.parametrize("reason", GONE_WRONG)
def test_a_feed_that_gave_articles_and_fails_is_told_at_once_and_alarms_a_day_later(
    tmp_path: Path, reason: str
) -> None:
    everything = stories(14)
    site = SmallSite(everything[4:])
    with serving(site):
        first = crawl(site, tmp_path)
        assert "  ways " in first.output
        assert "fails since" not in first.output
        site.answers["/feed/"] = GONE_WRONG[reason]
        site.shown = everything[2:]
        told = f"  ways        feed {site.base}/feed/ gave articles and fails since 2026-03-10 13:00"
        now = crawl(site, tmp_path, hour=1)
        assert now.status == 0, now.output
        assert told in now.output
        assert len(now.records) == 12, "the home shows them too"
        later = crawl(site, tmp_path, hour=27)
        assert later.status == 5, later.output
        assert told in later.output
        del site.answers["/feed/"]
        site.shown = everything
        late = crawl(site, tmp_path, hour=27 + 24 * 7)
        assert late.status == 0, late.output
        assert "fails since" not in late.output


def test_a_way_that_never_gave_an_article_may_fail(tmp_path: Path) -> None:
    site = SmallSite(stories(6), answers={"/feed/": (404, {}, b"")})
    with serving(site):
        for hour in (0, 1, 30):
            run = crawl(site, tmp_path, hour=hour)
            assert run.status == 0, run.output
            assert "fails since" not in run.output


def test_a_site_that_refuses_after_some_pages_is_blocked_though_some_came(tmp_path: Path) -> None:
    everything = stories(20)
    refused: dict[str, Answer] = {story.path: (403, {}, b"<h1>Forbidden</h1>") for story in everything[4:15]}
    site = SmallSite(everything[:15], answers=refused)
    with serving(site):
        run = crawl(site, tmp_path)
        assert run.status == 4, run.output
        assert len(run.records) == 4
        site.answers.clear()
        assert crawl(site, tmp_path, hour=30).status == 0


def test_a_few_pages_that_are_refused_are_no_blockade(tmp_path: Path) -> None:
    everything = stories(12)
    site = SmallSite(everything, answers={s.path: (403, {}, b"<h1>Forbidden</h1>") for s in everything[:4]})
    with serving(site):
        assert crawl(site, tmp_path).status == 0


def test_a_home_that_leads_to_another_site_is_the_reason_of_a_run_without_articles(tmp_path: Path) -> None:
    site = SmallSite(stories(6))
    with serving(site), serving(SmallSite(stories(3)), host="127.0.0.2") as other:
        assert crawl(site, tmp_path).status == 0
        for path in ("/", "/feed/"):
            site.answers[path] = (301, {"Location": other.base + path}, b"")
        run = crawl(site, tmp_path, hour=2, allow=f"{site.host},{other.host}")
    assert run.status == 3, run.output
    assert (
        f"  moved       {site.base}/ leads to another site: to crawl that one, give its address: {other.base}/"
        in run.output
    )


PARKED = b"""<!doctype html><html><head><title>gazette.example</title></head><body>
<h1>gazette.example is for sale</h1><p>Buy this domain. This domain is parked.</p>
<script src="https://www.sedoparking.com/frmpark/x.js"></script></body></html>"""


def test_a_parked_home_is_asked_for_nothing_else(tmp_path: Path) -> None:
    class Parked(SmallSite):
        def answer(self, target: str) -> Answer:
            return (404, {}, b"") if target == "/robots.txt" else (200, {}, PARKED)

    site = Parked([])
    with serving(site):
        run = crawl(site, tmp_path)
    assert run.status == 3, run.output
    assert "parked" in run.output
    assert set(site.asked) == {"/robots.txt", "/"}
