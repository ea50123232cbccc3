import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from mapexpress.boilerplate.decisions import Decision
from mapexpress.records import Article, Rejection
from mapexpress.report.explained import Sourced
from mapexpress.views.explain_html import render_explain
from mapexpress.views.html_page import page, text


@settings(max_examples=50)
@given(st.text())
def test_escaped_text_is_never_markup(value: str) -> None:
    tree = html.fragment_fromstring(f'<p title="{text(value)}">{text(value)}</p>')
    assert len(tree) == 0
    assert set(tree.attrib) == {"title"}
    assert "<" not in text(value)


def test_a_page_allows_only_its_own_style_and_script() -> None:
    made = page(title="T", style="b{}", body="<p>x</p>", script="1+1")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', made)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert policy[1].count("sha256-") == 2
    assert "unsafe" not in policy[1]


def test_explain_shows_each_block_with_its_reason_and_the_other_layer() -> None:
    decisions = [
        Decision(block=0, reason="share", evidence="structure: .share", text="Partager"),
        Decision(block=1, text="Le port a été inauguré."),
        Decision(block=2, reason="outside", inside=False, text="<b>Menu</b>"),
    ]
    record = Article(title="Le port", text="Le port a été inauguré.", extractor="platform:x")
    values = [Sourced(name="title", value="Le port", source="h1")]
    made = render_explain(record, values=values, decisions=decisions, other={1})
    items = html.document_fromstring(made).xpath("//ol[@class='blocks']/li")
    assert [li.get("class") for li in items] == ["removed", "kept", "outside"]
    assert [li.get("data-other") is not None for li in items] == [False, True, False]
    assert "structure: .share" in items[0].text_content()
    assert "&lt;b&gt;Menu" in made


def test_explain_of_a_rejection_says_why() -> None:
    made = render_explain(Rejection(url="https://a.example/", stage="page", reason="listing"), values=[], decisions=[])
    assert "Rejected: listing" in made
