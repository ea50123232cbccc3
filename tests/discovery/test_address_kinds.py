"""What an address alone says."""

import pytest

from mapexpress.discovery.address_kinds import kind_of_address


@pytest.mark.parametrize("slug", ["la-mer", "le-roi", "au-feu", "un-an", "de-gaulle", "el-nino", "xw"])
def test_a_short_slug_at_the_root_is_no_edition(slug: str) -> None:
    assert kind_of_address(f"https://news.example/{slug}/") != "home"


@pytest.mark.parametrize("segment", ["ar", "fr", "uk", "us", "fr-ma", "ar_MA", "zh-hant", "en-gb", "sr-latn"])
def test_a_language_or_country_at_the_root_is_an_edition(segment: str) -> None:
    assert kind_of_address(f"https://news.example/{segment}/") == "home"


@pytest.mark.parametrize(
    "address",
    [
        "article.php?date=20261128&id=401", "index.php?q=node/12", "story.asp?year=2026&month=11&day=20&n=3",
        "p/why-the-harbour-closed?s=r", "il-pleut-a-safi/?q=meteo",
    ],
)  # fmt: skip
def test_a_query_that_names_an_article(address: str) -> None:
    assert kind_of_address(f"https://news.example/{address}") is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("?s=pluie", "search"), ("ar/?s=%D9%85%D8%B7%D8%B1", "search"), ("search?q=rain", "search"),
        ("recherche/?q=pluie", "search"), ("search-results.php?q=rain", "search"),
        ("agenda/?date=2026-06-01", "calendar"),
        ("?year=2026&month=11", "calendar"),
    ],
)  # fmt: skip
def test_a_query_that_searches_or_names_a_day(address: str, kind: str) -> None:
    assert kind_of_address(f"https://news.example/{address}") == kind
