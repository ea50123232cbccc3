"""Names out of bylines: nothing but persons and agencies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.metadata.authors.names import clean_names, is_label, strip_prefix


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Par Leïla Benjelloun", ["Leïla Benjelloun"]),
        ("By Jane Doe and Omar Haddad", ["Jane Doe", "Omar Haddad"]),
        ("Por María de la Cruz y Juan Pérez", ["María de la Cruz", "Juan Pérez"]),
        ("بقلم سعيد الإدريسي", ["سعيد الإدريسي"]),
        ("سعيد الإدريسي و فاطمة العلوي", ["سعيد الإدريسي", "فاطمة العلوي"]),
        ("سعيد الإدريسي - الرباط", ["سعيد الإدريسي"]),
        ("Leïla Benjelloun, envoyée spéciale à Nador", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun, en charge de la politique économique", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun, Genève", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun (l.benjelloun@lejour.example) @leilab", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun avec AFP", ["Leïla Benjelloun", "AFP"]),
        ("Leïla Benjelloun, 15:36 Uhr, 3 Min", ["Leïla Benjelloun"]),
        ("LEÏLA BENJELLOUN-ALAMI", ["Leïla Benjelloun-Alami"]),
        ("ByLeïla Benjelloun", ["Leïla Benjelloun"]),
        ("Parviz Benjelloun", ["Parviz Benjelloun"]),
        ("Leïla BenjellounCorrespondante", ["Leïla Benjelloun"]),
        ("Leïla BenjellounTwitter", ["Leïla Benjelloun"]),
        ("Leïla DeSoto MacArthur", ["Leïla DeSoto MacArthur"]),
        ("Leïla Benjelloun1, PhD", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun, Omar Haddad, and Anne Lévy", ["Leïla Benjelloun", "Omar Haddad", "Anne Lévy"]),
        ("Leïla Benjelloun, Le Jour Économie", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun for Le Jour", ["Leïla Benjelloun"]),
        ("Organization for Migration", ["Organization for Migration"]),
        ("Leïla Benjelloun on Monday, November 18th, 2019 at 11:08", ["Leïla Benjelloun"]),
        ("Leïla Benjelloun Stand: 05.02.2020", ["Leïla Benjelloun"]),
        ("João Volta e Pinto", ["João Volta e Pinto"]),
        ("Text & Fotos: Leïla Benjelloun", ["Leïla Benjelloun"]),
        ("Kommentar von Leïla Benjelloun", ["Leïla Benjelloun"]),
        ("Edited by Leïla Benjelloun", []),
        ("Traduit par Leïla Benjelloun", []),
        ("Last Updated", []),
        ("Published 1 day ago", []),
        ("Le Jour with Agencies", []),
        ("TPN, in News, Portugal, Business", ["TPN"]),
        ("MAP", ["MAP"]),
        ("dpa", ["dpa"]),
        ("و م ع", ["و م ع"]),
        ("Par", []),
        ("Auteur :", []),
        ("Foto: Omar Haddad", []),
        ("Le Jour", []),
        ("La Rédaction", []),
        ("admin", []),
        ("ohaddad", []),
        ("three games that reward patience", []),
        ("https://lejour.example/auteur/omar", []),
    ],
)
def test_names_of_a_byline(byline: str, expected: list[str]) -> None:
    assert clean_names([byline], {"le jour"}) == expected


def test_an_agency_signs_on_its_own_site() -> None:
    assert clean_names(["MAP"], {"map"}) == ["MAP"]


def test_each_name_once() -> None:
    assert clean_names(["Omar Haddad", "OMAR HADDAD", "Par Omar Haddad"], set()) == ["Omar Haddad"]


@pytest.mark.parametrize("word", ["Par", "By", "Por", "Von", "بقلم", "Autor:", "Written by"])
def test_a_label_is_no_name(word: str) -> None:
    assert is_label(word)
    assert clean_names([word], set()) == []


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_gives_clean_names(text: str) -> None:
    for name in clean_names([text], set()):
        assert name == name.strip()
        assert 0 < len(name) <= 70
        assert not name.startswith(("http:", "https:", "www."))
        assert not is_label(name)


@settings(deadline=None)
@given(st.sampled_from(["Par ", "By ", "Por ", "بقلم: "]), st.sampled_from(["Omar Haddad", "Leïla Benjelloun"]))
def test_a_prefix_leaves_the_name(prefix: str, name: str) -> None:
    assert strip_prefix(prefix + name) == (name, True)
