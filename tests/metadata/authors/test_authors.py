"""Who signs a page: what it declares, what its byline adds, and never what is only a label, a reader or a picture's."""

import json

import pytest

from mapexpress.metadata.page_metadata import read_metadata
from mapexpress.page.parse import parse

BODY = "<p>Le conseil s'est réuni jeudi dans la grande salle, et la séance a duré jusqu'au soir.</p>"


def authors_of(byline: str, *, author: object = None, head: str = "") -> tuple[str, ...]:
    node = {"@type": "NewsArticle", "headline": "Le conseil se réunit", "publisher": {"name": "Le Jour"}}
    if author is not None:
        node["author"] = author
    ld = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    page = parse(
        f"<html><head>{ld}{head}</head><body><h1>Le conseil se réunit</h1>{byline}{BODY}</body></html>",
        url="https://www.lejour.example/politique/conseil",
    )
    return read_metadata(page).authors


LONG = "Une phrase assez longue pour être le début du texte que les lecteurs sont venus chercher sur cette page."
PERSON = {"@type": "Person", "name": "Leïla Benjelloun"}


@pytest.mark.parametrize(
    ("byline", "author", "expected"),
    [
        pytest.param("", PERSON, ("Leïla Benjelloun",), id="declared"),
        pytest.param("", [PERSON, [{"name": "Omar Haddad"}]], ("Leïla Benjelloun", "Omar Haddad"), id="nested lists"),
        pytest.param("", ["dpa"], ("dpa",), id="an agency in lower case"),
        pytest.param("", {"@type": "Organization", "name": "Le Jour"}, (), id="the publisher is nobody"),
        pytest.param(
            '<address class="sign">Leïla Benjelloun et Omar Haddad</address>',
            PERSON,
            ("Leïla Benjelloun", "Omar Haddad"),
            id="the byline adds the second author",
        ),
        pytest.param(
            "<address>Omar Haddad</address><address>Leïla Benjelloun</address>",
            PERSON,
            ("Omar Haddad", "Leïla Benjelloun"),
            id="an address element each",
        ),
        pytest.param(
            '<p class="author">Leïla Benjelloun, Nador, Reportage Nord</p>',
            PERSON,
            ("Leïla Benjelloun",),
            id="commas join places too",
        ),
        pytest.param("<dl><dt>Auteur</dt><dd>Omar Haddad</dd></dl>", None, ("Omar Haddad",), id="a label apart"),
        pytest.param(
            '<div class="td-author-by">Par</div><div class="td-post-author-name">Le Jour</div>',
            None,
            ("Le Jour",),
            id="the site itself signs",
        ),
        pytest.param(
            '<p class="entry-meta"><span class="author vcard"><a class="url fn n">Omar Haddad</a></span>3 mai 2026</p>',
            None,
            ("Omar Haddad",),
            id="hCard",
        ),
        pytest.param("<div>Auteur</div><div>Omar - chef de projet</div>", None, ("Omar",), id="a label and one name"),
        pytest.param(
            '<ul><li><a href="/textes">Texte</a></li><li><a href="/photos">Photos</a></li></ul>',
            None,
            (),
            id="a label and a section",
        ),
        pytest.param("<div>Omar Haddad | 05.04.2026 - 10:15</div>", None, ("Omar Haddad",), id="a date beside it"),
        pytest.param(
            '<div><a href="/sante">Santé Publique</a> | 05.04.2026</div>', None, (), id="a section beside a date"
        ),
        pytest.param(
            "<div>Di 05.04.2026 | 14:07 Uhr | Von Omar Haddad</div>", None, ("Omar Haddad",), id="behind bars"
        ),
        pytest.param(
            '<p>Written by <br><a rel="author" href="/a">Omar Haddad</a></p>'
            '<p>Edited by <br><a rel="author" href="/b">Anne Lévy</a></p>',
            None,
            ("Omar Haddad",),
            id="who edited did not write",
        ),
        pytest.param(f"<p>Omar Haddad/Anne Lévy</p><p>{LONG}</p>", None, ("Omar Haddad", "Anne Lévy"), id="alone"),
        pytest.param(f"<p>Grands Travaux</p><p>{LONG}</p><p>Les travaux durent.</p>", None, (), id="words of the text"),
        pytest.param(f"<p>Omar Haddad</p><p>{LONG}</p><p>Omar a ri.</p>", None, (), id="a person of the text"),
        pytest.param(f'<p class="credit">Omar Haddad</p><p>{LONG}</p>', None, (), id="a credit alone"),
        pytest.param(f"{'<p>Une phrase.</p>' * 20}<p>Auteur : Omar Haddad</p>", None, ("Omar Haddad",), id="below"),
        pytest.param(
            f"{'<p>Une phrase.</p>' * 20}<p>Auteur : Omar Haddad</p><p>Auteur : Anne Lévy</p>",
            None,
            (),
            id="two below, of two articles",
        ),
        pytest.param('<p class="author">Inhalt</p>', None, (), id="one word by its class alone"),
        pytest.param('<p class="author">MAP</p>', None, ("MAP",), id="an agency by its class"),
        pytest.param('<p class="byline">Par <b>Omar Haddad</b></p>', None, ("Omar Haddad",), id="a prefix"),
        pytest.param('<p class="byline">Por Omar Haddad</p>', None, ("Omar Haddad",), id="a Spanish prefix"),
        pytest.param('<p class="byline">بقلم: سعيد الإدريسي</p>', None, ("سعيد الإدريسي",), id="an Arabic prefix"),
        pytest.param(
            '<figure><figcaption class="author">Par Omar Haddad</figcaption></figure>', None, (), id="a caption's"
        ),
        pytest.param(
            '<div class="comments"><p itemprop="author">Karim Lecteur</p></div>', None, (), id="a reader's comment"
        ),
    ],
)
def test_authors(byline: str, author: object, expected: tuple[str, ...]) -> None:
    assert authors_of(byline, author=author) == expected


def test_a_list_of_authors_in_meta_elements_is_whole() -> None:
    head = "".join(f'<meta name="citation_author" content="{n}">' for n in ("Anne Lévy", "Omar Haddad"))
    assert authors_of("", head=f'<meta name="dc.creator" content="Anne Lévy">{head}') == ("Anne Lévy", "Omar Haddad")


def test_a_section_that_a_template_declares_as_author_is_none() -> None:
    head = '<meta name="author" content="Nachrichten">'
    assert authors_of('<ul><li><a href="/nachrichten">Nachrichten</a></li></ul>', head=head) == ()
    assert authors_of("", head=head) == ("Nachrichten",)
