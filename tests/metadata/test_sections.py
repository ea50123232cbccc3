"""Section and tags, as the site names them."""

from mapexpress.metadata.sections import read_section, read_tags
from tests.metadata.pages import headline_of, sources_of

TITLE = "Le conseil se réunit"


def section_of(body: str = "", **what: object) -> str | None:
    sources = sources_of(body, **what)  # type: ignore[arg-type]
    found = read_section(sources, headline=headline_of(sources), title=TITLE)
    return found[0] if found else None


def test_the_category_beside_the_headline_wins_over_a_copied_head() -> None:
    body = '<a rel="category tag" href="/c/sport">Sport</a>'
    head = '<meta property="article:section" content="Une">'
    assert section_of(body, head=head) == "Sport"


def test_declared() -> None:
    assert section_of(jsonld={"@type": "NewsArticle", "articleSection": ["Économie"]}) == "Économie"


def test_neither_home_nor_the_headline_is_a_section() -> None:
    crumbs = [{"position": i, "name": n} for i, n in enumerate(["Accueil", "Politique", TITLE])]
    assert section_of(jsonld={"@type": "BreadcrumbList", "itemListElement": crumbs}) == "Politique"
    assert section_of() is None


def test_tags_once_each_and_without_the_section() -> None:
    body = '<a rel="tag" href="/t/1">Eau</a> <a rel="tag" href="/t/2">#eau</a> <a rel="tag" href="/t/3">Rif</a>'
    assert read_tags(sources_of(body), section="Rif")[0] == ["Eau"]


def test_arabic_commas_part_keywords() -> None:
    head = '<meta name="news_keywords" content="الماء، السدود، الرباط">'
    assert read_tags(sources_of(head=head), section=None)[0] == ["الماء", "السدود", "الرباط"]
