"""What must hold on every page: the text stands on it, and neither scripts nor bytes change the record."""

import gzip
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.disguises import OF_THE_BYTES, disguised, missing_lines, reserialized
from fixtures.pages import article_page
from fixtures.posts import load_cases, load_posts
from mapexpress.model.schema import to_dict
from mapexpress.record.build import Document, explain
from mapexpress.web.encodings import decode

pytestmark = pytest.mark.slow

POSTS = load_posts()
PAGES = {
    case.name: (article_page(case.post, POSTS), case.post.url)
    for case in load_cases()
    if case.post and "rejected" not in case.expected
}
NAMES = sorted(PAGES)
SHARED = Path(os.environ.get("SHARED", "../shared"))
# every 16th page of each folder: a minute's work would be ten
REAL = [
    path for name in ("frar", "bench/fundus", "bench/wcxb") for path in sorted((SHARED / name / "pages").glob("*.gz"))
][::16]
NOISE = (
    "<script>var title = 'Autre titre'; document.write('<p>Un paragraphe de script.</p>')</script>",
    '<script type="application/json">{"datePublished": "1999-01-01", "author": "Personne"}</script>',
    "<style>.entry-content p { display: none } /* Un commentaire de style */</style>",
    "<!-- <p>Un paragraphe en commentaire, qui ne se voit pas et ne compte pas.</p> -->",
)


def record(body: str | bytes, url: str | None, content_type: str | None = None) -> dict[str, object]:
    article = explain([Document(body=body, url=url, content_type=content_type)]).article
    article.quality.flags = [flag for flag in article.quality.flags if flag not in OF_THE_BYTES]
    return to_dict(article)


def check(page: str, url: str | None) -> None:
    whole = record(page, url)
    assert missing_lines(str(whole["text"]), page) == []
    assert record(reserialized(page, scripts=False), url) == record(reserialized(page, scripts=True), url)
    for name, data, content_type in disguised(page):
        assert record(data, url, content_type) == whole, name


@pytest.mark.parametrize("name", NAMES)
def test_a_fixture_page(name: str) -> None:
    check(*PAGES[name])


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(NAMES), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(NOISE)), min_size=1, max_size=6))
def test_scripts_styles_and_comments_anywhere_change_nothing(name: str, noise: list[tuple[float, str]]) -> None:
    page, url = PAGES[name]
    body = page.index("<body")
    # between two elements, where templates put them
    places = [
        m.end() for m in re.finditer(r"</(?:p|div|h\d|ul|figure|section|aside|article|header)>", page) if m.end() > body
    ]
    changed = page
    for share, piece in sorted(noise, reverse=True):
        at = places[min(int(share * len(places)), len(places) - 1)]
        changed = changed[:at] + piece + changed[at:]
    assert record(changed, url) == record(page, url)


@pytest.mark.skipif(not REAL, reason=f"no real pages: {SHARED} does not hold them (set SHARED)")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_page(path: Path) -> None:
    check(decode(gzip.decompress(path.read_bytes()))[0], "https://www.lejour.example/a/b")
