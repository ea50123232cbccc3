"""Pages of our own writing in the true structure of each platform: two files of one stem in `pages/` are a case.

`<stem>.json` is written by hand: the record's fields that the page tells, with the text as `paragraphs`.
"""

import json
import re
from importlib import resources
from pathlib import Path

import pytest

from mapexpress.model.record import Article
from mapexpress.model.schema import to_dict
from mapexpress.page.parse import parse
from mapexpress.platforms import load_platforms, recognise
from mapexpress.platforms.selectors import NodeIndex
from mapexpress.record.build import Document, build

PAGES = Path(__file__).parent / "pages"
CASES = sorted(path.stem for path in PAGES.glob("*.html"))


def page_of(case: str) -> str:
    return (PAGES / f"{case}.html").read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_page_gives_its_expected_record(case: str) -> None:
    expected = json.loads((PAGES / f"{case}.json").read_text("utf-8"))
    article = build([Document(body=page_of(case), url="https://www.news.example/an-article/")])
    assert isinstance(article, Article)
    assert article.text.split("\n\n") == expected.pop("paragraphs")
    assert {key: to_dict(article)[key] for key in expected} == expected


def test_no_platform_is_without_a_page() -> None:
    pages = [parse(page_of(case)) for case in CASES]
    seen = {platform.name for page in pages for platform in recognise(page, NodeIndex(page))}
    assert {p.name for p in load_platforms()} - seen == {"map-v2", "rest"}  # shown by the fixture site


def test_every_rule_says_where_it_was_seen() -> None:
    for file in resources.files("mapexpress.platforms").iterdir():
        if not file.name.endswith(".toml"):
            continue
        text = file.read_text("utf-8")
        assert text.startswith("# "), file.name
        for rule in text.split("[[remove]]")[1:]:
            assert re.search(r"^reason = \"\w+\" +# \S", rule, re.MULTILINE), f"{file.name}: {rule}"


def test_a_container_without_the_article_leaves_the_page_to_the_scorer() -> None:
    """A template that changed, or a page that scripts fill: next to nothing stands in the container."""
    html = page_of("ghost").replace("gh-content gh-canvas", "story")
    stub = html.replace('<div class="site-content">', '<section class="gh-content"><p>Loading…</p></section><div>')
    expected = json.loads((PAGES / "ghost.json").read_text("utf-8"))
    article = build([Document(body=stub, url="https://www.news.example/an-article/")])
    assert isinstance(article, Article)
    assert article.extractor.startswith("scorer")
    assert set(expected["paragraphs"][1:]) <= set(article.text.split("\n\n"))


def test_teasers_lend_an_article_no_date_and_no_author() -> None:
    """Themes name the parts of teasers like those of the article: several different ones are nobody's."""
    teaser = (
        '<div class="td-post-header"><h3><a href="/{0}/">Un titre</a></h3>'
        '<div class="td-post-author-name"><a>{1}</a></div><time class="entry-date" datetime="{2}"></time></div>'
    )
    two = teaser.format("a", "Lea Benz", "2026-01-01") + teaser.format("b", "Omar Idrissi", "2026-02-02")
    (tagdiv,) = (p for p in load_platforms() if p.name == "tagdiv")
    page = parse(f"<body>{two}</body>")
    assert tagdiv.texts(page, "author") == []
    assert tagdiv.texts(page, "date") == []
    assert tagdiv.texts(parse(f"<body>{teaser.format('a', 'Lea Benz', '2026-01-01')}</body>"), "date") == ["2026-01-01"]
