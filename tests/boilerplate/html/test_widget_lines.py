"""A phrase removes a block by its place, its link or the title; in the middle alone it removes nothing."""

from mapexpress.boilerplate.html.widget_lines import worded
from mapexpress.model.facts import Facts
from mapexpress.page.parse import parse

PROSE = "Il a plu toute la nuit sur la capitale et ses environs, selon le service météorologique du royaume."


def removed(body: str, *, title: str = "Pluie à Rabat", gone: tuple[int, ...] = ()) -> dict[str, str]:
    page = parse(f"<html><body>{body}</body></html>")
    kept = [block.index for block in page.blocks if block.index not in gone]
    found = worded(page, kept, Facts(title=title or ""), site="MAP", gone=gone)
    return {page.blocks[i].text: reason for i, (reason, _) in sorted(found.items())}


def test_words_of_the_article_stay() -> None:
    middle = "<h3>Date:</h3><p>Related</p><p>Lire aussi</p><p>Date:</p>"
    assert removed(f"<p>{PROSE}</p>{middle}<p>{PROSE}</p>") == {}


def test_the_same_words_go_at_the_edges() -> None:
    assert removed(f"<p>Date:</p><p>{PROSE}</p><p>Partager l'article:</p><p>Lire aussi</p>") == {
        "Date:": "date",
        "Partager l'article:": "share",
        "Lire aussi": "related",
    }


def test_a_label_that_is_followed_by_a_link_goes_anywhere() -> None:
    line = '<p>Lire aussi : <a href="https://news.example/b">Le port de Safi rouvre lundi</a></p>'
    assert list(removed(f"<p>{PROSE}</p>{line}<p>{PROSE}</p>").values()) == ["related"]
    unlinked = "<p>Lire aussi : Le port de Safi rouvre lundi</p>"
    assert removed(f"<p>{PROSE}</p>{unlinked}<p>{PROSE}</p>") == {}


def test_a_label_that_stands_there_twice_goes_anywhere() -> None:
    assert removed("<p>Publicité</p>".join([f"<p>{PROSE}</p>"] * 3)) == {"Publicité": "ad"}
    assert removed("<p>Publicité</p>".join([f"<p>{PROSE}</p>"] * 2)) == {}
    assert removed("<p>Date:</p>".join([f"<p>{PROSE}</p>"] * 3)) == {}


def test_a_footer_needs_the_title_in_the_middle() -> None:
    def footer(title: str) -> str:
        return f"<p>Cet article {title} est apparu en premier sur MAP.</p>"

    assert list(removed(f"<p>{PROSE}</p>{footer('Pluie à Rabat')}<p>{PROSE}</p>").values()) == ["feed_footer"]
    assert removed(f"<p>{PROSE}</p>{footer('Un autre titre')}<p>{PROSE}</p>") == {}
    assert list(removed(f"<p>{PROSE}</p>{footer('Un autre titre')}").values()) == ["feed_footer"]


def test_a_label_before_what_was_removed_goes_with_it() -> None:
    body = f"<p>{PROSE}</p><p>Lire aussi</p><p>Le port de Safi rouvre lundi</p><p>{PROSE}</p>"
    assert removed(body, gone=(2,)) == {"Lire aussi": "related"}


def test_a_table_of_contents_is_links_to_headings() -> None:
    contents = '<p>Sommaire</p><ul><li><a href="#a">La pluie</a></li><li><a href="#b">Le vent</a></li></ul>'
    body = f"<p>{PROSE}</p>{contents}<h2 id=a>La pluie</h2><p>{PROSE}</p><h2 id=b>Le vent</h2><p>{PROSE}</p>"
    assert [reason for reason in removed(body).values() if reason != "toc"] == []
    assert "La pluie" in removed(body)
