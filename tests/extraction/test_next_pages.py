"""Further pages of one article, and links that only look like them."""

import pytest

from mapexpress.extraction.next_pages import article_pages
from mapexpress.page.parse import parse

URL = "https://news.example/pluie-a-fes/"


def _pages(html: str, url: str = URL) -> list[str]:
    return [page.removeprefix("https://news.example") for page in article_pages(parse(html, url=url))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Page 1 sur 3 <a href='2/'>Suite</a></p>", [2, 3]),
        ("<div class='page-links'><span>1</span><a href='2/'>2</a><a href='4/'>4</a></div>", [2, 3, 4]),
        ("<nav class='page-links'><span>1</span><a class='post-page-numbers' href='2/'>2</a></nav>", [2]),
        ("<a rel=next href='/pluie-a-fes/2/'>Next</a>", [2]),
        ("<link rel=next href='/pluie-a-fes/2/'>", [2]),
        ("<a rel=next href='/soleil-a-oujda/'>Article suivant</a>", []),
        ("<a rel=next href='/pluie-a-fes/comment-page-2/'>Commentaires</a>", []),
        ("<a href='/pluie-a-fes-2/'>Pluie à Fès, encore</a>", []),
        ("<div class='comments'><a href='2/'>2</a></div>", []),
    ],
)
def test_numbered_addresses(html: str, expected: list[int]) -> None:
    assert _pages(html) == [f"/pluie-a-fes/{n}/" for n in expected]


def test_query_and_file_pagers() -> None:
    assert _pages("<a href='?id=7&page=2'>2</a>", "https://news.example/story?id=7") == ["/story?id=7&page=2"]
    html = "<div class='pagination'><a href='pluie-2.html'>2</a></div><a href='pluie-3.html'>La pluie revient</a>"
    assert _pages(html, "https://news.example/pluie.html") == ["/pluie-2.html"]
    html = "<p>Page <b>1</b> <a href='article12-2.htm'>2</a></p><a href='article12-3.htm'>La pluie revient</a>"
    assert _pages(html, "https://news.example/article12.htm") == ["/article12-2.htm"]


def test_a_page_that_counts_its_pages_or_says_page_is_believed() -> None:
    url = "https://news.example/pluie.html"
    assert _pages("<p>Page 1 sur 3</p><a href='pluie-2.html'>Suite</a>", url) == ["/pluie-2.html", "/pluie-3.html"]
    assert _pages("<a href='pluie-2.html'>Page suivante &gt;</a>", url) == ["/pluie-2.html"]
    assert _pages("<a href='pluie-2.html'>Article suivant</a>", url) == []


def test_a_page_behind_a_known_first_one_may_name_but_the_next() -> None:
    html = parse("<p>Page 2 sur 3</p><a href='?page=3'>Suite</a>", url="https://news.example/pluie?page=2")
    assert article_pages(html, first="https://news.example/pluie") == ("https://news.example/pluie?page=3",)
    assert (
        article_pages(parse("<p>Page 3 sur 3", url="https://news.example/pluie?page=3"), first="https://x.example/")
        == ()
    )


def test_a_further_page_knows_its_number() -> None:
    html = "<a rel=prev href='/pluie-a-fes/'>Back</a><a rel=next href='/pluie-a-fes/3/'>Next</a>"
    assert _pages(html, f"{URL}2/") == ["/pluie-a-fes/3/"]
    assert _pages("<link rel=canonical href='/pluie-a-fes/'><a href='/pluie-a-fes/2/'>Back</a>", f"{URL}3/") == []
