"""The language of the text decides over what a theme declares."""

import pytest

from mapexpress.metadata.language import declared_language, normal_tag, read_language
from tests.metadata.pages import sources_of

ARABIC = "قال الوزير إن الأشغال ستنطلق في الأسبوع المقبل بمدينة الرباط وستستمر إلى نهاية السنة الجارية"
FRENCH = "Le ministre a indiqué que les travaux commenceront la semaine prochaine à Rabat. " * 3
SPANISH = "El ministro señaló que las obras empezarán la próxima semana en la ciudad de Rabat. " * 3


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr-FR", FRENCH, "fr-FR"),
        ("en-US", ARABIC, "ar"),
        ("en-US", FRENCH, "fr"),
        ("en-US", SPANISH, "es"),
        ("fr", "Court.", "fr"),
    ],
)
def test_language(lang: str, text: str, expected: str) -> None:
    found = read_language(sources_of(lang=lang), text)
    assert found is not None
    assert found[0] == expected


def test_json_ld_before_the_theme() -> None:
    sources = sources_of(lang="en-US", jsonld={"@type": "NewsArticle", "inLanguage": "fr_MA"})
    assert declared_language(sources) == ("fr-MA", "json-ld:inLanguage")


@pytest.mark.parametrize("tag", [None, "", "français", "x" * 40])
def test_no_tag(tag: str | None) -> None:
    assert normal_tag(tag) is None
