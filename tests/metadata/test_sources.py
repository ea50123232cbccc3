"""The page's own statements, whatever form they come in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.metadata.sources import fold, plain, words
from tests.metadata.pages import ADDRESS, sources_of


def test_the_node_of_this_page_before_those_of_its_teasers() -> None:
    nodes = [
        {"@type": "NewsArticle", "headline": "Un autre article"},
        {"@type": "NewsArticle", "headline": "Le conseil se réunit", "url": ADDRESS},
    ]
    assert sources_of(jsonld=nodes).articles[0]["headline"] == "Le conseil se réunit"


def test_a_reference_is_resolved() -> None:
    sources = sources_of(jsonld={"@graph": [{"@id": "#p", "@type": "Person", "name": "Anne Lévy"}]})
    assert sources.resolve({"@id": "#p"}) == {"@id": "#p", "@type": "Person", "name": "Anne Lévy"}
    assert sources.resolve({"@id": "#nowhere"}) == {"@id": "#nowhere"}


def test_broken_json_ld_does_no_harm() -> None:
    sources = sources_of(head='<script type="application/ld+json">{"@type": "NewsArticle",</script>')
    assert sources.articles == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = words(text)
    assert words(once) == once
    assert "  " not in fold(text)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.sampled_from(["@value", "name", "x"]), v),
        max_leaves=6,
    )
)
def test_any_value_has_a_plain_text(value: object) -> None:
    assert isinstance(plain(value), str)
