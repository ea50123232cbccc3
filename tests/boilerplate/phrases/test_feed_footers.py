import tomllib
from importlib import resources

import pytest

from mapexpress.boilerplate.phrases.feed_footers import match_footer

FOOTERS = tomllib.loads(
    resources.files("mapexpress.boilerplate.phrases").joinpath("feed_footers.toml").read_text("utf-8")
)["footer"]
TITLE, SITE = "Pluie à Rabat : le bilan. Et après ?", "Le Quotidien.info"


def test_all_forty_locales_are_there() -> None:
    assert len({f["locale"] for f in FOOTERS}) == 40


@pytest.mark.parametrize("template", sorted({f["template"] for f in FOOTERS}))
@pytest.mark.parametrize("before", ["", "La digue a tenu. ", "La digue a tenu.", "La digue a tenu.\n"])
def test_slots_and_place_are_found(template: str, before: str) -> None:
    footer = template.replace("{title}", TITLE).replace("{site}", SITE)
    found = match_footer(before + footer, title=TITLE, site=SITE)
    assert found is not None
    assert (found.title, found.site) == (TITLE, SITE)
    assert (before + footer)[found.start : found.end].strip() == footer
    assert found.title_matches


@pytest.mark.parametrize(
    "template", sorted({f["template"] for f in FOOTERS if f["locale"].startswith(("en", "fr", "ar"))})
)
def test_slots_are_found_without_knowing_the_title(template: str) -> None:
    found = match_footer(template.replace("{title}", TITLE).replace("{site}", SITE))
    assert found is not None
    assert (found.title, found.site, found.title_matches) == (TITLE, SITE, None)


def test_another_apostrophe_case_and_spacing_is_the_same_footer() -> None:
    found = match_footer("L'ARTICLE\xa0Pluie à Rabat  est apparu en premier sur\xa0MAP", title="Pluie à Rabat")
    assert found is not None
    assert found.title_matches


def test_a_footer_for_another_article_is_told_apart() -> None:
    found = match_footer("The post Snow in June appeared first on Daily.", title="Budget vote delayed again")
    assert found is not None
    assert found.title_matches is False


def test_a_cut_off_title_matches() -> None:
    found = match_footer(
        "The post Budget vote delayed again … appeared first on Daily.", title="Budget vote delayed again by council"
    )
    assert found is not None
    assert found.title_matches


@pytest.mark.parametrize(
    "text",
    [
        "",
        "La comète est apparue en premier dans le ciel du Sud.",
        "The post Budget appeared first on Daily. Then came rain.\nMore.",
    ],
)
def test_what_does_not_end_in_a_footer_is_left(text: str) -> None:
    assert match_footer(text) is None
