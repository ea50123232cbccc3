"""A notice in the place of articles, with status 200: none of the addresses that give it has it as its article."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.small_site import START, SmallSite, Story, crawl, prose, serving, stories

Notice = Callable[[Story], bytes]
_AWAY = (
    "Notre site est en travaux cette nuit : les articles reviennent demain matin, dès que nos machines sont remises.",
    "Nos équipes remplacent une armoire de disques, et vérifient chaque page avant de la rendre aux lecteurs.",
    "Pour toute urgence, le standard de la rédaction répond jusqu'à minuit, et de nouveau à partir de six heures.",
)


def plain(_: Story) -> bytes:
    """One page for all, without a date or an address."""
    text = "".join(f"<p>{p}</p>" for p in _AWAY)
    return f"<!doctype html><html lang='fr'><title>La Gazette</title><main><h1>Travaux</h1>{text}</main>".encode()


def numbered(story: Story) -> bytes:
    """The theme's own page of errors, with the number of the case and the hour."""
    case = random.Random(story.path).randint(100_000, 999_999)
    told = (*_AWAY, f"Dossier {case}, relevé à 12:{case % 60:02}, à rappeler à nos équipes en cas de nouvel essai.")
    return Story(story.path, "Service interrompu", list(told), START, canonical="").page("")


def under_the_headline(story: Story) -> bytes:
    """The article's own frame, with headline and date, and the notice where the text should be."""
    return Story(story.path, story.title, list(_AWAY), START + timedelta(days=1), canonical="").page("")


NOTICES: dict[str, Notice] = {"plain": plain, "numbered": numbered, "under the headline": under_the_headline}


@pytest.mark.parametrize("kind", NOTICES)
def test_a_first_run_stores_no_notice_and_the_next_one_the_articles(kind: str, tmp_path: Path) -> None:
    site = SmallSite(stories(9))
    with serving(site):
        site.answers = {s.path: (200, {}, NOTICES[kind](s)) for s in site.shown}
        run = crawl(site, tmp_path)
        assert run.records == []
        assert set(run.rejections.values()) == {"repeated_text"}
        assert len(run.rejections) == 9
        assert run.status == 5, run.output
        assert "9 of 9 pages gave a text that other addresses give too" in run.output
        site.answers.clear()
        later = crawl(site, tmp_path, hour=1.5)
        assert later.titles == sorted(s.title for s in site.shown)
        assert later.status == 0, later.output


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_is_no_revision(kind: str, tmp_path: Path) -> None:
    site = SmallSite(stories(9))
    with serving(site):
        before = crawl(site, tmp_path).records
        site.answers = {s.path: (200, {}, NOTICES[kind](s)) for s in site.shown[:6]}
        site.shown[7].paragraphs = prose("tout autre texte")  # what is written anew is a revision, whatever it says
        site.shown[8].paragraphs[0] += " Une phrase de plus."
        run = crawl(site, tmp_path, hour=30)
        assert run.status == 5, run.output
        assert {r["title"]: r["revision"] for r in run.records if r not in before} == {
            site.shown[7].title: 2,
            site.shown[8].title: 2,
        }
        assert list(run.rejections.values()) == ["repeated_text"] * 6
        kept = run.records
        site.answers = {site.shown[0].path: site.answers[site.shown[0].path]}
        last = crawl(site, tmp_path, hour=60)  # met once it is known again
        assert last.records == kept


def test_a_notice_among_many_good_pages_is_none(tmp_path: Path) -> None:
    site = SmallSite(stories(40))
    with serving(site):
        missing = (site.shown[3], site.shown[35])
        site.answers = {s.path: (200, {}, plain(s)) for s in missing}
        run = crawl(site, tmp_path)
        assert run.titles == sorted(s.title for s in site.shown if s not in missing)
        assert run.rejections == {site.base + s.path: "repeated_text" for s in missing}
        assert run.status == 0, run.output


def test_articles_that_have_a_text_in_common_for_a_good_reason_are_stored(tmp_path: Path) -> None:
    site = SmallSite(stories(6))
    with serving(site):
        twice = site.shown[1]  # a dispatch under two headlines
        twin = Story(
            "/actus/la-digue-du-vallon-sera-rehaussee-30001/", "La digue du vallon sera rehaussée", twice.paragraphs
        )
        name = "la-foire-aux-plants-revient/"
        sections = [
            Story(folder + name, "La foire aux plants revient", prose("foire"), canonical="")
            for folder in ("/villages/", "/marches/", "/une/", "/jardins/")
        ]
        odd = [Story(f"/a/{n}/", "Sans titre", prose(f"sans titre {n}"), canonical="") for n in (70001, 70002)]
        site.shown += [twin, *sections, *odd]
        run = crawl(site, tmp_path)
        assert run.status == 0, run.output
        assert run.rejections == {}
        assert run.titles == sorted(s.title for s in site.shown)
