"""Editions that only a switch of languages names."""

import pytest

from mapexpress.discovery.editions import linked_editions
from mapexpress.page.parse import parse

HOME = "https://news.example/fr/"


def editions(html: str) -> dict[str, str]:
    return {tag: home.removeprefix("https://") for tag, home in linked_editions(parse(html, url=HOME), HOME)}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='/fr/'>Français</a> <a href='/ar/'>العربية</a>", {"ar": "news.example/ar/"}),
        ("<a href='/fr/'>FR</a> | <a href='/en/'>EN</a>", {"en": "news.example/en/"}),
        ("<a href='/english/'><img src=en.png alt=English></a>", {"en": "news.example/english/"}),
        ("<a href='https://ar.news.example/' title='Arabic'><i></i></a>", {"ar": "ar.news.example/"}),
        ("<a href='/index.php?lang=es'>Español</a>", {"es": "news.example/index.php?lang=es"}),
        ("<a href='/pt-br/'>Português</a>", {"pt-BR": "news.example/pt-br/"}),
        ("<a href='/it/'>IT</a> <a href='/sport/'>Sport</a>", {}),  # a section
        ("<a href='/ar/'>Actualités</a> <a href='/cours/'>English</a>", {}),
        ("<a href='/en/sport/'>English</a> <a href='mailto:en@news.example'>English</a>", {}),
        ("<a href='/fr/'>Français</a>", {}),
    ],
)  # fmt: skip
def test_links_that_name_a_language(html: str, expected: dict[str, str]) -> None:
    assert editions(html) == expected
