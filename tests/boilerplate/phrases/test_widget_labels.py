import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.boilerplate.phrases.widget_labels import fold, match_line


@pytest.mark.parametrize(
    ("line", "kind", "strength"),
    [
        ("Date:", "date", "label"),
        ("S'abonner", "newsletter", "label"),
        ("S’ABONNER", "newsletter", "label"),
        ("Partager l'article:", "share", "notice"),
        ("Plus d’articles", "related", "label"),
        ("Related", "related", "label"),
        ("À LIRE AUSSI", "related", "label"),
        ("A lire aussi »", "related", "label"),
        ("spot_imgspot_img", "ad", "notice"),
        ("spot_img", "ad", "notice"),
        ("- Advertisement -", "ad", "notice"),
        ("— Publicité —", "ad", "notice"),
        ("Publicité", "ad", "label"),
        ("3 COMMENTS", "comments", "label"),
        ("Commentaires (12)", "comments", "label"),
        ("S'il vous plaît entrez votre commentaire!", "comments", "notice"),
        ("Please enter your comment!", "comments", "notice"),
        ("Facebook Twitter WhatsApp", "share", "notice"),
        ("FacebookTwitterPinterest", "share", "notice"),
        ("3 minute read", "reading_time", "label"),
        ("Temps de lecture : 4 minutes", "reading_time", "label"),
        ("اقرأ أيضا", "related", "label"),
        ("إقرأ أيضاً:", "related", "label"),
        ("اقـــرأ أيـضــا", "related", "label"),
        ("شارك", "share", "label"),
        ("تاريخ", "date", "label"),
        ("İlgili Haberler", "related", "label"),
        ("ILGILI HABERLER", "related", "label"),
        ("CEVAP VER", "comments", "label"),
        ("Page 1 sur 3", "pager", "label"),
        ("Artikel wird nach der Anzeige fortgesetzt", "ad", "notice"),
        ("Lesen Sie auch", "related", "label"),
        ("Leia também", "related", "label"),
        ("यह भी पढ़ें", "related", "label"),
        ("Post Comment Post Comment", "comments", "notice"),
    ],
)
def test_a_widget_line_is_recognised(line: str, kind: str, strength: str) -> None:
    found = match_line(line)
    assert (found and found.kind, found and found.strength) == (kind, strength)


@pytest.mark.parametrize(
    ("line", "kind", "rest", "separated"),
    [
        (
            "Lire aussi : Le port accueille ses premiers navires",
            "related",
            "Le port accueille ses premiers navires",
            True,
        ),
        ("À lire aussi » Le port accueille", "related", "Le port accueille", True),
        ("Lire aussi Le port accueille", "related", "Le port accueille", False),
        ("Crédits photos : Atelier Nord", "credit", "Atelier Nord", True),
        ("تم نشره في 12 مارس", "date", "12 مارس", False),
        ("Foto: Nordlicht", "credit", "Nordlicht", True),
    ],
)
def test_a_prefix_gives_what_it_announces(line: str, kind: str, rest: str, separated: bool) -> None:
    found = match_line(line)
    assert found is not None
    assert (found.kind, found.strength, found.rest, found.separated) == (kind, "prefix", rest, separated)


@pytest.mark.parametrize(
    "line",
    [
        "Le président a partagé l'article avec ses ministres.",
        "Related parties must register before Monday, the court said.",
        "Photo finish à Rabat",
        "Date limite le 12 mars",
        "Source d'inquiétude pour les riverains, la digue sera rehaussée.",
        "",
        "   ",
        "—",
    ],
)
def test_ordinary_words_are_no_phrase(line: str) -> None:
    assert match_line(line) is None


def test_every_phrase_of_the_file_is_recognised_with_its_kind() -> None:
    table = tomllib.loads(
        resources.files("mapexpress.boilerplate.phrases").joinpath("widget_labels.toml").read_text("utf-8")
    )
    kinds = {kind for section in table.values() for kind in section}
    for kind, locales in table["notices"].items():
        for phrases in locales.values():
            for phrase in phrases:
                found = match_line(phrase)
                assert found is not None, phrase
                assert found.kind == kind, (phrase, found)
                assert found.strength == "notice", phrase
    for locales in table["labels"].values():
        for phrases in locales.values():
            for phrase in phrases:
                found = match_line(phrase.replace("{n}", "7"))
                assert found is not None, phrase
                assert found.kind in kinds


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_line_is_answered_and_its_edges_do_not_count(line: str) -> None:
    match_line(line)
    assert fold(f" «{line}» : ") == fold(line)
