"""The day of publication: declared ones against shown ones, a change never for the publication, nothing invented."""

from datetime import date

import pytest

from mapexpress.metadata.dates.declared import Dates, read_dates, url_date
from tests.metadata.pages import ADDRESS, headline_of, sources_of


def dates_of(body: str = "", *, head: str = "", jsonld: object = None, url: str = ADDRESS) -> Dates:
    sources = sources_of(body, head=head, jsonld=jsonld, url=url)
    return read_dates(sources, headline=headline_of(sources), language="fr", not_after=date(2026, 12, 31))


def iso(dates: Dates) -> tuple[str | None, str | None]:
    published, modified = dates.published, dates.modified
    return (published.iso if published else None, modified.iso if modified else None)


def meta(**values: str) -> str:
    return "".join(f'<meta property="{k.replace("__", ":")}" content="{v}">' for k, v in values.items())


@pytest.mark.parametrize(
    ("body", "head", "expected"),
    [
        pytest.param("", "", (None, None), id="nothing said"),
        pytest.param(
            "",
            meta(article__published_time="2026-05-03T10:15:00+01:00"),
            ("2026-05-03T10:15:00+01:00", None),
            id="meta",
        ),
        pytest.param("", meta(article__modified_time="2026-05-04"), (None, "2026-05-04"), id="only the change"),
        pytest.param("<p>Mis à jour le 4 mai 2026</p>", "", (None, "2026-05-04"), id="only the change, shown"),
        pytest.param(
            "<p>Publié le 3 mai 2026, mis à jour le 4 mai 2026</p>", "", ("2026-05-03", "2026-05-04"), id="both shown"
        ),
        pytest.param("<p>Il y a 6 heures</p>", "", (None, None), id="a relative date is none"),
        pytest.param("", meta(article__published_time="0001-01-01T00:00:00"), (None, None), id="an empty field"),
        pytest.param("", meta(article__published_time="2031-01-01"), (None, None), id="after the page was fetched"),
        pytest.param(
            "<p>3 mai 2026</p>",
            meta(article__published_time="2026-05-09T08:00:00Z", article__modified_time="2026-05-09T08:00:00Z"),
            ("2026-05-03", "2026-05-09T08:00:00+00:00"),
            id="the declared one was overwritten by the change",
        ),
        pytest.param(
            "<p>19 octobre 2026 à 00:04</p>",
            meta(article__published_time="2026-10-18T22:04:00Z"),
            ("2026-10-19T00:04:00+02:00", None),
            id="in the page's own time",
        ),
        pytest.param(
            "<p>Mis à jour le 6 mai 2026</p>",
            meta(article__published_time="2026-05-03", article__modified_time="2026-05-03"),
            ("2026-05-03", "2026-05-06"),
            id="a later change is shown than declared",
        ),
        pytest.param(
            "<div>Publié le</div><div>3 mai 2026</div><div>Mis à jour le</div><div>4 mai 2026</div>",
            "",
            ("2026-05-03", "2026-05-04"),
            id="labels of their own",
        ),
        pytest.param("<div>Dernière mise à jour</div><div>4 mai 2026</div>", "", (None, "2026-05-04"), id="one label"),
    ],
)
def test_dates(body: str, head: str, expected: tuple[str | None, str | None]) -> None:
    assert iso(dates_of(body, head=head)) == expected


def test_json_ld_of_a_picture_dates_the_picture() -> None:
    assert iso(dates_of(jsonld={"@type": "ImageObject", "datePublished": "2020-01-01"})) == (None, None)


def test_a_constant_of_the_theme_yields_to_what_the_page_shows() -> None:
    dates = dates_of(
        "<p>12 juin 2026</p>",
        head=meta(article__published_time="2026-01-01T00:00:00+00:00"),
        url="https://www.lejour.example/2026/06/12/conseil",
    )
    assert iso(dates)[0] == "2026-06-12"
    assert dates.flags == ("date_contradicted",)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2026/05/03/x", date(2026, 5, 3)),
        ("https://a.example/x-20260503.html", date(2026, 5, 3)),
        ("https://a.example/A2026050316330004328", date(2026, 5, 3)),
        ("https://a.example/2026050399330004328", None),
        ("https://a.example/2026/13/03/x", None),
        ("https://a.example/123456789012", None),
        (None, None),
    ],
)
def test_the_day_in_an_address(url: str | None, expected: date | None) -> None:
    assert url_date(url) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("<p>Enquête 7 avril 2026</p>", "2026-04-07"),
        (
            '<p class="entry-meta">7 avril 2026 - Rédaction : Anne Lévy (porte-parole de la chambre de commerce)</p>',
            "2026-04-07",
        ),
        (
            "<p>Une première version de ce texte, relue depuis par deux confrères, a paru le 7 avril 2026.</p>",
            "2026-03-03",
        ),
        ("", "2026-03-03"),
    ],
)
@pytest.mark.parametrize("name", ["dc.date", "date"])
def test_a_bare_date_gives_way_to_a_shown_day_that_stands_for_itself(shown: str, name: str, expected: str) -> None:
    assert iso(dates_of(shown, head=f'<meta name="{name}" content="2026-03-03">'))[0] == expected


WORDPRESS = '<head><link rel="stylesheet" href="/wp-content/themes/a/style.css"></head>'


@pytest.mark.parametrize(
    ("line", "published"), [("Updated May 6, 2026", None), ("May 6, 2026", "2026-05-06T08:00:00+00:00")]
)
def test_a_change_that_a_theme_marks_up_as_any_date_is_no_publication(line: str, published: str | None) -> None:
    body = f'<p class="entry-meta">{line.replace("May 6, 2026", TIME)}</p>'
    dates = dates_of("<p>" + "Une phrase. " * 40 + "</p>" + "<p>" + "Une autre. " * 40 + "</p>" + body, head=WORDPRESS)
    assert iso(dates)[0] == published


TIME = '<time class="entry-date" datetime="2026-05-06T08:00:00Z">May 6, 2026</time>'
