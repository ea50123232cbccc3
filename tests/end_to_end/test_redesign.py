"""A redesign makes no revisions: they wait until the template knows the new layout, and come where the text changed."""

import html
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.small_site import SmallSite, Story, crawl, prose, serving, stories

LETTERS = {
    "fr": "Chaque soir à dix-huit heures, notre lettre vous raconte la journée du vallon en cinq minutes de lecture.",
    "de": "Jeden Abend um achtzehn Uhr erzählt unser Brief den Tag im Tal in fünf Minuten, und er kostet nichts.",
}
ROOMS = ("Accueil du journal", "Les communes du vallon", "Le carnet des familles", "Écrire à la rédaction du journal")


@dataclass
class Dressed(Story):
    """An article in one of two layouts: the second has a box below the text that reads like a paragraph."""

    layout: str = "old"
    letter: str = ""

    def page(self, base: str) -> bytes:
        text = "".join(f"<p>{html.escape(p)}</p>" for p in self.paragraphs)
        title = html.escape(self.title)
        rooms = "".join(f"<li>{room}</li>" for room in ROOMS)
        if self.layout == "old":
            body = (
                f"<div id=top><ul class=menu>{rooms}</ul></div><article class=story><h1>{title}</h1>"
                f"<div class=story-body>{text}</div></article>"
                "<div id=bottom><p>La Gazette du Vallon, fondée en 1911.</p></div>"
            )
        else:
            body = (
                f"<nav class=bar><ol>{rooms}</ol></nav><main class=page><header><h1>{title}</h1></header>"
                f"<section class=inhalt>{text}<p>{self.letter}</p></section></main>"
                "<section class=pied><p>Gazette, tous les jours sauf le lundi.</p></section>"
            )
        return (
            f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
            f'<link rel="canonical" href="{base + self.path}"><meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{self.when.isoformat()}"></head>'
            f"<body>{body}</body></html>"
        ).encode()


def dressed(count: int, letter: str) -> list[Story]:
    return [Dressed(s.path, s.title, s.paragraphs, s.when, letter=letter) for s in stories(count)]


def put_on(shown: list[Story], layout: str) -> None:
    for story in shown:
        assert isinstance(story, Dressed)
        story.layout = layout


@pytest.mark.parametrize("language", LETTERS)
def test_revisions_wait_until_the_template_knows_the_new_layout(tmp_path: Path, language: str) -> None:
    letter = LETTERS[language]
    everything = dressed(34, letter)
    site = SmallSite(everything[4:])
    with serving(site):
        first = crawl(site, tmp_path)
        assert (first.status, len(first.records)) == (0, 30), first.output
        put_on(everything, "new")
        edited, old = everything[5], everything[5].paragraphs
        edited.paragraphs = [*old, *prose("edited", 1)]
        site.shown = everything[2:]
        changed = crawl(site, tmp_path, hour=26)
        assert changed.status == 5, changed.output
        assert "  layout      " in changed.output, "named on the first run that sees it"
        assert " revised" not in changed.output
        assert set(changed.rejections.values()) == {"layout_changed"}
        for hour in (30, 52, 54, 76, 80, 104, 106, 130):
            last = crawl(site, tmp_path, hour=hour)
    assert last.status == 0, last.output
    texts = {str(r["title"]): str(r["text"]) for r in last.records}  # the last revision of each
    stored = {story.title for story in site.shown}
    assert texts.keys() == stored
    met_first = {everything[2].title, everything[3].title}  # new ones, read by the old template
    assert not [title for title, text in texts.items() if letter in text and title not in met_first]
    assert texts[edited.title].endswith(edited.paragraphs[-1]), "an edit comes late, and comes"
    revised = [r for r in last.records if int(str(r["revision"])) > 1]
    assert {str(r["title"]) for r in revised} <= {edited.title, *met_first}


def test_a_run_over_one_odd_section_is_no_redesign(tmp_path: Path) -> None:
    """What it shows is told; the next run, in which the old layout is there again, is as if nothing had been."""
    everything = dressed(40, LETTERS["fr"])
    site = SmallSite(everything[4:34])
    with serving(site):
        assert crawl(site, tmp_path).status == 0
        put_on(everything[:4], "new")
        site.shown = everything[:4]
        odd = crawl(site, tmp_path, hour=1)
        assert "  layout      " in odd.output
        edited = everything[10]
        edited.paragraphs = [*edited.paragraphs, *prose("edited", 1)]
        site.shown = everything[4:]
        crawl(site, tmp_path, hour=30)
        again = crawl(site, tmp_path, hour=60)
    assert len(again.of(edited.title)) == 2, again.output
