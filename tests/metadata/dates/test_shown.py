"""Dates near the headline are the article's; those of cards, captions and the site's head are not."""

import pytest

from mapexpress.metadata.dates.shown import Shown, shown_dates
from mapexpress.metadata.sources import Sources
from mapexpress.page.parse import parse
from tests.metadata.pages import headline_of, sources_of

TEASER = '<div class="card"><p>9 mai 2026</p><h3><a href="/b">Le port de Nador ouvre son second quai</a></h3></div>'


def shown(body: str) -> Shown:
    sources = sources_of(body)
    return shown_dates(sources, headline=headline_of(sources), language="fr")


def days(body: str) -> list[str]:
    return [m.day.isoformat() for m in shown(body).published]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<p>3 mai 2026</p>", ["2026-05-03"], id="under the headline"),
        pytest.param('<time datetime="2026-05-03T10:00">hier</time>', ["2026-05-03"], id="a time element"),
        pytest.param(TEASER, [], id="a card of another article"),
        pytest.param(
            f'<div><p class="date">3 mai 2026</p><p>a</p><p>b</p><p>c</p><p>d</p>{TEASER * 3}</div>',
            ["2026-05-03"],
            id="one container for the article and a list of cards",
        ),
        pytest.param("<blockquote><p>3 mai 2020</p></blockquote>", [], id="a quoted post's"),
        pytest.param("<figure><figcaption>Le 3 mai 2020</figcaption></figure>", [], id="a caption's"),
        pytest.param(
            "<p>Depuis le 3 mai 2020, la commune attend que la route soit refaite sur toute sa longueur.</p>",
            [],
            id="the story's own",
        ),
    ],
)
def test_published(body: str, expected: list[str]) -> None:
    assert days(body) == expected


def test_a_headline_over_a_picture_has_its_date_in_the_caption() -> None:
    page = "<figure><figcaption><small>3 mai 2026 Ligue</small><h1>Le club change de main</h1></figcaption></figure>"
    sources = Sources(parse(page))
    found = shown_dates(sources, headline=sources.headline_block("Le club change de main"), language="fr")
    assert [m.iso for m in found.published] == ["2026-05-03"]


def test_a_change_is_kept_apart() -> None:
    found = shown("<p>Mis à jour le 4 mai 2026</p>")
    assert (found.published, {m.iso for m in found.modified}) == ([], {"2026-05-04"})
