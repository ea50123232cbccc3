from functools import cache
from pathlib import Path

import pytest

from mapexpress.boilerplate.html.structure import load_rules
from mapexpress.model.page import Page
from mapexpress.page.parse import parse
from mapexpress.platforms import load_platforms
from mapexpress.platforms.selectors import NodeIndex, compiled
from mapexpress.web.selectors import Query, query

PAGES = sorted(Path(__file__).parent.joinpath("pages").glob("*.html"))
OURS = sorted(
    {css for css, _ in load_rules().css}
    | {rule.css for platform in load_platforms() for rule in platform.remove}
    | {css for platform in load_platforms() for css in (*platform.css, *platform.keep, *platform.standfirst)}
)
HTML = (
    "<main><div class='story' id='s'><p>Un paragraphe du port.</p><div><p>Der zweite Absatz.</p></div>"
    "<ul><li>أول</li><li>ثان</li></ul></div><div class='story-end'><p>Fin</p></div></main>"
)


@cache
def page_of(path: Path) -> Page:
    return parse(path.read_text("utf-8"), url="https://news.example/a/")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_index_finds_what_parsel_finds(path: Path) -> None:
    page = page_of(path)
    index = NodeIndex(page)
    found = 0
    for css in OURS:
        wanted = set(query(css).elements(page.root))
        assert [n.index for n in index.select(css)] == [n.index for n in page.nodes if n.element in wanted], css
        found += len(wanted)
    assert found


def test_ours_are_asked_of_the_index() -> None:
    assert not [css for css in OURS if isinstance(compiled(css), Query)]


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("p:first-child", ["Un paragraphe du port.", "Der zweite Absatz.", "Fin"]),
        ("DIV.story > P", ["Un paragraphe du port."]),
        ("div[class!=story] > p", ["Der zweite Absatz.", "Fin"]),
        ("div.story li + li", ["ثان"]),
        ("//div[@id='s']//li[1]", ["أول"]),
        ("//main/div[starts-with(@class, 'story-')]/p", ["Fin"]),
        ("//em", []),
    ],
)  # fmt: skip
def test_what_the_index_does_not_know_is_asked_of_parsel(selector: str, said: list[str]) -> None:
    index = NodeIndex(parse(HTML, url="https://news.example/a/"))
    assert [node.element.text_content() for node in index.select(selector)] == said
