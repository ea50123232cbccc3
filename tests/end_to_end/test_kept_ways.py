"""Ways in that gave articles which others did not show are asked again, at a rate of their own."""

import html
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.small_site import START, Answer, SmallSite, Story, crawl, serving, stories

pytestmark = [pytest.mark.crawl, pytest.mark.slow]


@dataclass
class MappedSite(SmallSite):
    """A site whose sitemap, which nothing names, holds articles that its home and feed do not show.

    `changed` are days or moments of last changes by path; what is not there has the moment of publication.
    """

    changed: dict[str, str] = field(default_factory=dict)

    def answer(self, target: str) -> Answer:
        if target == "/sitemap.xml":
            child = f"<sitemap><loc>{self.base}/post-sitemap.xml</loc></sitemap>"
            return 200, {"Content-Type": "application/xml"}, f"<sitemapindex>{child}</sitemapindex>".encode()
        if target == "/post-sitemap.xml":
            entries = "".join(
                f"<url><loc>{html.escape(self.base + s.path)}</loc>"
                f"<lastmod>{self.changed.get(s.path, s.when.isoformat())}</lastmod></url>"
                for s in (*self.shown, *self.hidden)
            )
            return 200, {"Content-Type": "application/xml"}, f"<urlset>{entries}</urlset>".encode()
        return super().answer(target)

    def times_asked(self, path: str) -> int:
        return self.asked.count(path)


def site(*, hidden_for: timedelta = timedelta()) -> MappedSite:
    made = stories(10)
    return MappedSite(shown=made[:5], hidden=[replace(s, when=s.when - hidden_for) for s in made[5:]])


def test_a_guessed_sitemap_that_gave_articles_in_a_walk_stays_though_there_is_a_feed(tmp_path: Path) -> None:
    with serving(site()) as it:
        assert isinstance(it, MappedSite)
        crawl(it, tmp_path, arguments=("since=2026-03-01",))
        assert it.times_asked("/sitemap.xml") == 1
        new = replace(stories(11)[10], when=START + timedelta(hours=30))
        it.hidden.insert(0, new)
        soon = crawl(it, tmp_path, hour=1)
        assert it.times_asked("/sitemap.xml") == 1, "asked an hour ago"
        assert new.title not in soon.titles
        run = crawl(it, tmp_path, hour=31)
        assert it.times_asked("/sitemap.xml") == 2
        assert new.title in run.titles
        crawl(it, tmp_path, hour=40)
        assert it.times_asked("/sitemap.xml") == 2
        crawl(it, tmp_path, hour=44)
        assert it.times_asked("/sitemap.xml") == 3, "it gave one: after half a day"
        crawl(it, tmp_path, hour=60)
        assert it.times_asked("/sitemap.xml") == 3, "it gave none: after a day"


def test_a_first_run_guesses_a_sitemap_beside_the_feed_and_keeps_it(tmp_path: Path) -> None:
    with serving(site()) as it:
        assert isinstance(it, MappedSite)
        assert len(crawl(it, tmp_path).titles) == 10
        crawl(it, tmp_path, hour=2)
        assert it.times_asked("/sitemap.xml") == 1
        crawl(it, tmp_path, hour=26)
        assert it.times_asked("/sitemap.xml") == 2


def test_full_asks_all_ways(tmp_path: Path) -> None:
    with serving(site()) as it:
        assert isinstance(it, MappedSite)
        crawl(it, tmp_path)
        crawl(it, tmp_path, hour=1, arguments=("full=1",))
        assert it.times_asked("/sitemap.xml") == 2


def test_a_site_without_a_sitemap_is_not_asked_for_one_in_every_run(tmp_path: Path) -> None:
    with serving(SmallSite(shown=stories(4))) as it:
        crawl(it, tmp_path)
        guesses = [path for path in it.asked if "sitemap" in path]
        assert guesses
        crawl(it, tmp_path, hour=30)
        assert [path for path in it.asked if "sitemap" in path] == guesses


OLD = timedelta(days=90)  # asked again once a quarter


@pytest.mark.parametrize("lastmod", ["2026-03-12", "2026-03-12T07:00:00+00:00"])
def test_an_edit_with_a_fresh_lastmod_is_asked_for_at_once(tmp_path: Path, lastmod: str) -> None:
    with serving(site(hidden_for=OLD)) as it:
        assert isinstance(it, MappedSite)
        it.changed = {s.path: s.when.date().isoformat() for s in (*it.shown, *it.hidden)} if len(lastmod) == 10 else {}
        crawl(it, tmp_path, arguments=("since=2025-01-01",))
        edited = it.hidden[2]
        it.hidden[2] = replace(edited, paragraphs=[*edited.paragraphs, "La mairie précise que le marché reste ouvert."])
        it.changed[edited.path] = lastmod
        asked = len(it.asked)
        run = crawl(it, tmp_path, hour=48)
        assert [record["revision"] for record in run.of(edited.title)] == [1, 2]
        others: list[Story] = [s for s in it.hidden if s.path != edited.path]
        assert not {s.path for s in others} & set(it.asked[asked:]), "what did not change is not asked"


def test_a_sitemap_of_one_day_for_all_tells_nothing(tmp_path: Path) -> None:
    with serving(site(hidden_for=OLD)) as it:
        assert isinstance(it, MappedSite)
        crawl(it, tmp_path, arguments=("since=2025-01-01",))
        it.changed = {s.path: "2026-03-12" for s in (*it.shown, *it.hidden)}
        asked = len(it.asked)
        crawl(it, tmp_path, hour=48)
        assert not {s.path for s in it.hidden} & set(it.asked[asked:])
