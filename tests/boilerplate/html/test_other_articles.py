"""Pages that go on with the site's next article keep their own only."""

from mapexpress.boilerplate.html.other_articles import other_articles
from mapexpress.extraction.content import extract_content
from mapexpress.model.facts import Facts
from mapexpress.page.parse import parse

OWN = [
    f"Le {n}e jour, les pêcheurs de Safi ont rentré {n * 7} caisses de sardines, selon la capitainerie." for n in "234"
]
NEXT = [f"À la rentrée, {n} classes de plus ouvriront à Azrou, a promis l'académie devant les parents." for n in "567"]
TITLE = "Safi compte ses sardines"


def story(title: str, body: list[str], tag: str = "h1") -> str:
    return f"<article><{tag}>{title}</{tag}>{''.join(f'<p>{p}</p>' for p in body)}</article>"


def removed(body: str, title: str | None = TITLE) -> list[str]:
    page = parse(f"<html><body><main>{body}</main></body></html>")
    return [page.blocks[i].text for i in sorted(other_articles(page, {b.index for b in page.blocks}, title))]


def test_an_article_with_another_headline_goes() -> None:
    both = story(TITLE, OWN) + story("Azrou ouvre des classes", NEXT)
    assert removed(both) == ["Azrou ouvre des classes", *NEXT]
    page = parse(f"<html><body><main>{both}</main></body></html>")
    assert extract_content(page, Facts(title=TITLE)).paragraphs == OWN


def test_entries_of_a_live_blog_stay() -> None:
    assert removed(story(TITLE, OWN) + story("8 h 30", NEXT, "h3")) == []
    assert removed(story("8 h 30", OWN) + story("9 h 15", NEXT)) == []
    assert removed(f"<article><h1>{TITLE}</h1>{story('8 h 30', OWN)}{story('9 h 15', NEXT)}</article>") == []


def test_what_stands_before_the_title_and_pages_without_one_stay() -> None:
    assert removed(story("Azrou ouvre des classes", NEXT) + story(TITLE, OWN)) == []
    assert removed(story(TITLE, OWN) + story("Azrou ouvre des classes", NEXT), None) == []


def test_another_post_inside_a_post_goes_and_a_list_of_posts_stays() -> None:
    def post(number: int, inner: str) -> str:
        return f"<article class='post-{number} post type-post'>{inner}</article>"

    own = "".join(f"<p>{p}</p>" for p in OWN)
    related = "".join(post(n, f"<h2>Azrou</h2><p>{p}</p>") for n, p in enumerate(NEXT))
    assert removed(post(71, own + related)) == [text for p in NEXT for text in ("Azrou", p)]
    assert removed(post(71, own + "".join(post(71, f"<p>{p}</p>") for p in NEXT))) == []
    assert removed(post(71, related)) == []
    assert removed(related) == []
