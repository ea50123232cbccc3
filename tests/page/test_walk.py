"""The one walk: what a block is, what it carries, and that no page makes it fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.model.page import ARTICLE, ASIDE, HEADER, HEADING, MAIN, NAV, Page
from mapexpress.page.parse import parse


def texts(html: str) -> list[str]:
    return [block.text for block in parse(html).blocks]


def test_inline_elements_join_and_block_elements_cut() -> None:
    assert texts("<div>Un <b>mot</b>, <i>deux</i>s.<p>Trois</p>Quatre</div>") == ["Un mot, deuxs.", "Trois", "Quatre"]


def test_one_br_is_a_line_and_two_are_a_paragraph() -> None:
    assert texts("<p>a<br>b<br/> <br>c<br></p>") == ["a\nb", "c"]


def test_control_characters_before_the_body_make_no_page_fail() -> None:
    assert [b.text for b in parse(b"<head><main>a</main></head><body>b\x01c<p>d").blocks] == ["a", "bc", "d"]


def test_br_and_images_never_glue_words() -> None:
    assert texts("<p>un<img src=x>deux</p>") == ["un deux"]
    assert texts("<p><br>un<br>deux</p>") == ["un\ndeux"]


def test_white_space_is_folded_except_lines_of_pre() -> None:
    assert texts("<p> a\n\t b\u00a0c </p><pre>x  y\nz</pre>") == ["a b c", "x y\nz"]


def test_scripts_and_what_is_not_text_leave_only_their_tail() -> None:
    html = "<p>a<script>x()</script>b<svg><text>no</text></svg>c<button>no</button> d</p><noscript><p>no</p></noscript>"
    assert texts(html) == ["abc d"]


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><title>t</title><meta name=a content=b><main><h1>Titre</h1><p>Texte</p></main><p>Fin</p>",
        "<title>t</title><header><h1>Titre</h1></header>Texte<meta name=a content=b><footer>Fin</footer>",
        "<html><head><title>t</title><meta name=a content=b><nav>Titre</nav></head><body>Texte<p>Fin</p></body></html>",
        "<title>t</title><meta name=a content=b><my-card>Titre</my-card><section>Texte</section><div>Fin</div>",
    ],
)
def test_a_body_that_no_tag_opens_begins_where_browsers_begin_it(html: str) -> None:
    page = parse(html)
    assert [b.text for b in page.blocks] == ["Titre", "Texte", "Fin"]
    assert (page.title_tag, page.meta["a"]) == ("t", ["b"])


def test_a_button_never_closed_does_not_swallow_the_page() -> None:
    page = parse("<header><button>Menu<main><h1>Titre</h1><p>Texte</p></main></header>")
    assert [b.text for b in page.blocks] == ["Menu", "Titre", "Texte"]
    assert not page.blocks[2].node.flags & HEADER


def test_inline_text_that_is_not_shown_is_left_out() -> None:
    html = '<p>a <i class="sr-only">opens</i>b <a hidden href=x>c</a><b style="display: none">d</b></p>'
    page = parse(html)
    assert [b.text for b in page.blocks] == ["a b"]


def test_hidden_blocks_stay_and_say_so() -> None:
    page = parse('<div style="display:none"><p>a</p></div><p hidden>b</p><p hidden="until-found">c</p><p>d</p>')
    assert [(b.text, b.hidden) for b in page.blocks] == [("a", True), ("b", True), ("c", False), ("d", False)]


def test_link_bold_and_italic_characters() -> None:
    (block,) = parse('<p>Lire <a href="/x">la <b>suite</b></a> <em>ici</em></p>').blocks
    assert (block.text, block.link_chars, block.bold_chars, block.italic_chars) == ("Lire la suite ici", 8, 5, 3)


def test_anchors_know_their_block_address_and_text() -> None:
    html = '<p>a <a href="/x#top">b <i>c</i></a></p><div><a href="/pic"><img src=x></a></div><p><a href="y?z">d</a></p>'
    page = parse(html, url="https://news.example/fr/un")
    assert [(a.href, a.text, a.block) for a in page.anchors] == [
        ("https://news.example/x", "b c", 0),
        ("https://news.example/pic", "", -1),
        ("https://news.example/fr/y?z", "d", 1),
    ]


def test_an_anchor_around_blocks_links_all_of_them() -> None:
    page = parse('<a href="/x"><div>un</div><div>deux</div></a>trois')
    assert [(b.text, b.link_chars) for b in page.blocks] == [("un", 2), ("deux", 4), ("trois", 0)]
    assert page.anchors[0].text == "un deux"


def test_lists_and_tables_are_known_by_node() -> None:
    page = parse(
        "<ul><li>a</li><li><p>b</p></li></ul><table><tr><td>c</td><td><p>d</p></td></tr><tr><td>e</td></tr></table>"
    )
    a, b, c, d, e = page.blocks
    assert a.node.listing == b.node.listing >= 0
    assert a.node.item != b.node.item
    assert c.node.listing == -1
    assert c.node.row == d.node.row != e.node.row
    assert c.node.cell != d.node.cell


def test_nodes_span_their_blocks_and_inherit_flags() -> None:
    page = parse('<main><article id=a class="b c"><header><h1>t</h1></header><p>u</p></article><aside>v</aside></main>')
    t, u, v = page.blocks
    article = next(n for n in page.nodes if n.tag == "article")
    assert (article.names, article.start, article.end) == ("a b c", 0, 2)
    assert t.node.flags == MAIN | ARTICLE | HEADER | HEADING
    assert u.node.flags == MAIN | ARTICLE
    assert v.node.flags == MAIN | ASIDE


def test_roles_count_as_elements() -> None:
    (block,) = parse('<div role="navigation">x</div>').blocks
    assert block.node.flags == NAV


def test_deep_nesting_does_not_recurse() -> None:
    page = parse("<div>" * 3000 + "fond" + "</div>" * 3000)
    assert isinstance(page, Page)


def test_empty_and_broken_documents_have_no_blocks() -> None:
    for data in (b"", b"   ", b"<!-- x -->", "<?xml version='1.0'?>", b"\x00\x01"):
        assert parse(data).anchors == []


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "<p> </p> <br> <a href='/x'> </a> <b> </b> <ul> <li> </ul> <table> <td> mot . <h2> </h2> \n".split(" ")
        ),
        max_size=40,
    )
)
def test_blocks_are_folded_in_order_and_inside_their_nodes(pieces: list[str]) -> None:
    page = parse(" ".join(pieces))
    for i, block in enumerate(page.blocks):
        assert block.index == i
        assert block.text == "\n".join(" ".join(line.split()) for line in block.text.split("\n") if line.strip())
        assert 0 <= block.link_chars <= len(block.text)
        assert block.node.start <= i < block.node.end
    assert all(-1 <= a.block < len(page.blocks) for a in page.anchors)
    assert all(n.parent < n.index for n in page.nodes)


def test_a_comparison_in_a_script_is_no_flood_of_attributes() -> None:
    script = f"<script>for(i=0;i<n;i++){{{' '.join(f'a{n}=1;' for n in range(2000))}}}</script>"
    page = parse(f"<html><body>{script}<p>Pluie.</p></body></html>")
    assert page.cut is None
    assert [block.text for block in page.blocks] == ["Pluie."]


def test_a_flood_of_attributes_is_cut_and_the_page_goes_on() -> None:
    flood = b"<p " + b" ".join(b"a%d=1" % i for i in range(20_000)) + b">avant</p>"
    page = parse(b"<html><body>" + flood + "<p>après</p></body></html>".encode(), encoding="utf-8")
    assert [block.text for block in page.blocks] == ["avant", "après"]
    assert len(page.blocks[0].element.attrib) <= 1001


LONG = "<p>La coopérative des pêcheurs a inauguré une criée rénovée, où les prix s'affichent en temps réel.</p>"


@pytest.mark.parametrize("attribute", ["hidden", 'style="display:none"'])
def test_a_hidden_element_with_most_of_the_text_is_revealed_by_a_script(attribute: str) -> None:
    page = parse(f"<div {attribute}><div hidden>x</div><section>{LONG * 8}</section></div><p>Menu</p>{LONG}")
    assert [b.hidden for b in page.blocks] == [True] + [False] * 10


def test_a_hidden_dialog_or_what_is_sold_stays_hidden() -> None:
    paid = '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>'
    for html in (
        f"<div hidden>{LONG * 8}</div>{LONG * 9}",
        f"<div hidden role=dialog>{LONG * 8}</div>{LONG}",
        f"{paid}<div hidden>{LONG * 8}</div>{LONG}",
        f"<div hidden>{LONG}</div>",
    ):
        assert parse(html).blocks[0].hidden


def test_a_segment_that_react_streams_is_shown() -> None:
    page = parse('<div hidden id="S:1a"><p>a</p></div><div hidden id="S"><p>b</p></div>')
    assert [b.hidden for b in page.blocks] == [False, True]
