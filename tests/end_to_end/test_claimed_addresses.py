"""A page that names another page's address as its own: that one's article stays its own."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.small_site import SmallSite, Story, crawl, prose, serving, stories

# How an intruder's address may come to be believed for that of `/actus/…-20002/`, by the form of its own address
INTRUDERS = {
    "same slug in another folder": "/tribune{slug}",
    "a number of it": "/tribune/achetez-mes-pilules-20002/",
    "an address that is only a number": "/?p=4711",
    "a further page of it": "/actus{slug}7/",
}


@pytest.fixture
def site() -> SmallSite:
    return SmallSite(stories(6))


def intruder(site: SmallSite, victim: Story, form: str) -> Story:
    path = INTRUDERS[form].format(slug=victim.path.removeprefix("/actus"))
    return Story(path, "Achetez mes pilules", prose("pilules"), canonical=site.base + victim.path)


@pytest.mark.parametrize("form", INTRUDERS)
def test_a_stored_article_is_not_replaced_by_a_page_that_names_its_address(
    site: SmallSite, form: str, tmp_path: Path
) -> None:
    with serving(site):
        victim = site.shown[2]
        first = crawl(site, tmp_path)
        (stored,) = first.of(victim.title)
        site.shown.remove(victim)
        site.hidden.append(victim)
        site.shown.insert(0, intruder(site, victim, form))
        for hour in (1, 30):
            later = crawl(site, tmp_path, hour=hour)
        assert [r for r in later.records if r["id"] == stored["id"]] == [stored]
        victim.paragraphs = prose("ce qui a changé")  # its own page may change it
        crawl(site, tmp_path, hour=60)
        last = crawl(site, tmp_path, hour=90)
        assert [r["revision"] for r in last.records if r["id"] == stored["id"]] == [1, 2]
        assert len(last.of(victim.title)) == 2


@pytest.mark.parametrize("form", INTRUDERS)
def test_an_article_that_comes_after_the_page_that_names_it_has_its_own_words_only(
    site: SmallSite, form: str, tmp_path: Path
) -> None:
    with serving(site):
        victim = site.shown.pop(2)
        site.hidden.append(victim)
        site.shown.insert(0, intruder(site, victim, form))
        crawl(site, tmp_path)
        site.hidden.remove(victim)
        site.shown.append(victim)
        run = crawl(site, tmp_path, hour=1)
        (record,) = run.of(victim.title)
        assert [r["title"] for r in run.records if r["id"] == record["id"]] == [victim.title]
        assert record["revision"] == 1
        assert record["url"] == site.base + victim.path


@pytest.mark.parametrize("there", ["404", "silent", "another"])
def test_a_page_keeps_its_own_address_where_the_one_that_it_names_does_not_agree(
    site: SmallSite, there: str, tmp_path: Path
) -> None:
    """A theme that leaves the query out of the address makes all articles one."""
    shown = [replace(s, path=f"/lire?article={n}", canonical="") for n, s in enumerate(site.shown)]
    site.shown[:] = shown
    with serving(site):
        for story in shown:
            story.canonical = f"{site.base}/lire"
        other = Story("/lire", "Une page du même nom", prose("autre"), canonical="")
        if there != "404":
            site.hidden.append(other)
        if there == "another":
            other.canonical = f"{site.base}/lire/ailleurs-encore/"
        run = crawl(site, tmp_path)
        assert run.status == 0, run.output
        assert Counter(run.titles) == Counter(s.title for s in shown)
        assert {r["canonical_url"] for r in run.records} == {site.base + s.path for s in shown}
        seen = len(site.asked)
        again = crawl(site, tmp_path, hour=30)
        assert again.records == run.records
        assert "/lire" not in site.asked[seen:]


@pytest.mark.parametrize("silent", [False, True])
def test_one_article_under_several_addresses_is_one_record(site: SmallSite, silent: bool, tmp_path: Path) -> None:
    """The ways in show it with a query, or by its number; its own address is known from its page alone."""
    with serving(site):
        real = site.shown[1]
        real.canonical = "" if silent else site.base + real.path
        named = site.base + real.path
        aliases = [replace(real, path=f"{real.path}?de=accueil", canonical=named),
                   replace(real, path="/?p=812", canonical=named)]  # fmt: skip
        site.shown[1:2] = aliases
        site.hidden.append(real)
        first = crawl(site, tmp_path)
        assert first.status == 0, first.output
        (record,) = first.of(real.title)
        assert record["canonical_url"] == named
        assert len(first.records) == 6
        seen = len(site.asked)
        again = crawl(site, tmp_path, hour=30)
        assert again.records == first.records
        assert real.path not in site.asked[seen:], "what was confirmed is not asked again while nothing changes"
        for story in (*aliases, real):
            story.paragraphs = prose("corrigé")
        last = crawl(site, tmp_path, hour=60)
        assert [r["revision"] for r in last.records if r["id"] == record["id"]] == [1, 2]
        assert len(last.records) == 7


def test_further_pages_of_an_article_that_no_way_shows_are_no_articles(site: SmallSite, tmp_path: Path) -> None:
    with serving(site):
        first = site.shown[0]
        more = [
            Story(f"{first.path}{n}/", first.title, prose(f"page {n}"), canonical=site.base + first.path)
            for n in (2, 3)
        ]
        pager = "".join(f"<a class='page-numbers' href='{m.path}'>{n}</a> " for n, m in enumerate(more, 2))
        for page in (first, *more):
            page.extra = pager
        site.shown[0:1] = [more[1], more[0]]
        site.hidden.append(first)
        run = crawl(site, tmp_path)
        (record,) = run.of(first.title)
        assert record["page_urls"] == [site.base + s.path for s in (first, *more)]
        assert len(run.records) == 6


def test_an_article_of_a_page_of_numbers_keeps_its_outcome(site: SmallSite, tmp_path: Path) -> None:
    """`/dossier` leads to `/dossier/2` as to a page of its own, which is an article that is stored already."""
    with serving(site):
        victim = Story("/dossier/2", "Le phare rouvre après deux ans", prose("phare"), canonical="")
        site.shown.append(victim)
        crawl(site, tmp_path)
        leads = Story("/dossier", "Un dossier en deux pages", prose("dossier"), extra="<a href='/dossier/2'>2</a>")
        site.shown.append(leads)
        crawl(site, tmp_path, hour=1)
        victim.paragraphs = prose("phare, corrigé")
        run = crawl(site, tmp_path, hour=30)
        assert [r["revision"] for r in run.of(victim.title)] == [1, 2]
