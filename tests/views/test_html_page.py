import re
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from mapexpress.model.record import Article, Rejection
from mapexpress.model.verdict import Decision
from mapexpress.views.charts import by_period
from mapexpress.views.explain_html import render_explain
from mapexpress.views.html_page import page, text
from mapexpress.views.side_by_side import side_by_side
from mapexpress.views.sourced_values import Sourced


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
    values = [Sourced(name="title", value="Le port", source="h1"), Sourced(name="tags", value="", source="")]
    made = render_explain(record, values=values, decisions=[decisions], other=[{0}])
    tree = html.document_fromstring(made)
    blocks = tree.xpath("//div[contains(@class, 'block')]")
    assert [block.get("class") for block in blocks] == ["block removed", "block kept", "block outside"]
    assert [bool(block.xpath(".//span[contains(@class, 'differs')]")) for block in blocks] == [True, True, False]
    assert "structure: .share" in blocks[0].text_content()
    assert "&lt;b&gt;Menu" in made
    assert [row.text_content() for row in tree.xpath("//table//tbody/tr")] == ["titleLe porth1", "tagsnot on the page"]


def test_explain_of_a_rejection_says_why() -> None:
    made = render_explain(Rejection(url="https://a.example/", stage="page", reason="listing"), values=[], decisions=[])
    assert "Rejected, listing" in made


def _decisions(*blocks: tuple[str, str | None, bool]) -> list[Decision]:
    return [Decision(block=n, text=t, reason=r, inside=i) for n, (t, r, i) in enumerate(blocks)]


def test_each_paragraph_stands_beside_the_blocks_it_is_made_of() -> None:
    page = _decisions(
        ("Menu", "not_content", False),
        ("Le port a rouvert.", None, True),
        ("Un quai", None, True),
        ("Publicité", "ad", True),
        ("deux grues", None, True),
        ("Partager", "share", True),
    )
    rows = side_by_side([page], "Le port a rouvert.\n\n- Un quai\n- deux grues")
    assert [(row.side, len(row.blocks), row.paragraphs) for row in rows] == [
        ("outside", 1, []),
        ("kept", 1, ["Le port a rouvert."]),
        ("kept", 3, ["- Un quai\n- deux grues"]),
        ("removed", 1, []),
    ]


def test_a_standfirst_that_a_second_page_repeats_has_no_second_paragraph() -> None:
    first = _decisions(("Le chapô.", None, True), ("La suite.", None, True))
    second = _decisions(("Le chapô.", None, True), ("La fin.", None, True))
    rows = side_by_side([first, second], "Le chapô.\n\nLa suite.\n\nLa fin.")
    assert [row.paragraphs for row in rows] == [["Le chapô."], ["La suite."], [], ["La fin."]]
    assert rows[2].blocks[0].page == 1


_WORDS = st.text(alphabet="aé -", min_size=1, max_size=12)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(_WORDS, st.sampled_from([None, "ad"]), st.booleans()), max_size=12),
    st.lists(_WORDS.filter(str.strip), max_size=8),
)
def test_no_block_and_no_paragraph_is_lost_or_shown_twice(
    blocks: list[tuple[str, str | None, bool]], paragraphs: list[str]
) -> None:
    decisions = _decisions(*blocks)
    rows = side_by_side([decisions], "\n\n".join(paragraphs))
    assert [shown.decision for row in rows for shown in row.blocks] == decisions
    assert [p for row in rows for p in row.paragraphs] == paragraphs


def test_periods_are_coarse_enough_for_a_chart_and_lose_nothing() -> None:
    for span in (1, 91, 92, 600, 5000):
        days = {(date(2010, 1, 1) + timedelta(days=n)).isoformat(): 1 for n in range(0, span, 3)} | {"no day": 7}
        _, points = by_period(days)
        assert len(points) <= 170
        assert sum(n for _, n in points) == len(days) - 1
