"""Posts of a REST answer as a source of records, and what sends a crawl to their pages instead."""

from dataclasses import replace

import orjson
import pytest

from fixtures.pages import article_page
from fixtures.posts import Post, load_posts
from fixtures.ways import rest_post
from mapexpress.dataset.files.warc import Captured
from mapexpress.dataset.revisions import is_revision
from mapexpress.model.record import Article, content_hash
from mapexpress.model.rest_answer import posts_of, read_answer
from mapexpress.record.build import Document, build
from mapexpress.record.rebuild import rebuild
from mapexpress.record.rest_posts import SAMPLE, disagreement, post_document, sample, why_page
from mapexpress.sites import load_site

POSTS = load_posts()
SITE = load_site("mapexpress")
BODY = "<p>Il a plu toute la nuit sur la capitale.</p>"


def row(**content: object) -> dict[str, object]:
    return {"id": 7, "content": {"rendered": BODY, "protected": False} | content}


def from_page(post: Post, posts: list[Post] = POSTS) -> Article:
    made = build([Document(body=article_page(post, posts, 1).encode(), url=post.url)], site=SITE)
    assert isinstance(made, Article)
    return made


def from_rest(post: Post, warc_record_id: str | None = None) -> Article:
    (answered,) = posts_of(read_answer(orjson.dumps(rest_post(post, embed=True)))).values()
    document = post_document(
        answered, url=post.url, fetched_at=None, discovered_via="wp_api", warc_record_id=warc_record_id
    )
    assert document is not None
    made = build([document], site=SITE)
    assert isinstance(made, Article)
    return made


@pytest.fixture
def plain() -> Post:
    return next(p for p in POSTS if p.name == "fr-dialogue-eau")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, None),
        ({"rendered": f"{BODY}<p>« On verra [...] demain », dit-il [sic] ; voir la note [1].</p>"}, None),
        ({"protected": True}, "protected"),
        ({"rendered": "<p> </p>"}, "empty"),
        ({"rendered": None}, "empty"),
        ({"rendered": f"{BODY}<!--nextpage-->{BODY}"}, "pages"),
        ({"rendered": f'<div data-elementor-type="wp-post">{BODY}</div>'}, "page_builder"),
        ({"rendered": f'<div class="vc_row">{BODY}</div>'}, "page_builder"),
        ({"rendered": f'{BODY}<a class="more-link" href="/x/">Lire la suite</a>'}, "cut"),
        ({"rendered": f'{BODY}[gallery ids="1,2"]'}, "shortcodes"),
        ({"rendered": f"[box]{BODY}[/box]"}, "shortcodes"),
    ],
)
def test_what_an_answer_cannot_hold_is_fetched_as_a_page(content: dict[str, object], reason: str | None) -> None:
    assert why_page(row(**content)) == reason


@pytest.mark.parametrize(
    ("slug", "link", "reason"),
    [
        ("pluie-a-rabat", "https://n.example/2026/11/pluie-a-rabat/", None),
        ("pluie-a-rabat", "https://n.example/pluie-a-rabat.html?utm_source=x", None),
        ("pluie-a-rabat", "https://n.example/archives/7", None),
        ("pluie-a-rabat", "https://n.example/?post_type=actualite&p=7", None),
        ("%d9%85%d8%b7%d8%b1", "https://n.example/ar/%D9%85%D8%B7%D8%B1/", None),
        ("pluie", "https://n.example/pluie-a-rabat/", "link"),
        ("mon-blog", "https://n.example/2026/11/pluie-a-rabat/", "link"),
        ("mon-blog", "https://n.example/?p=77", "link"),
    ],
)
def test_a_post_whose_link_is_not_its_own_is_fetched_as_a_page(slug: str, link: str, reason: str | None) -> None:
    assert why_page(row() | {"slug": slug, "link": link}) == reason


def test_the_sample_is_the_same_in_any_order() -> None:
    ids = [str(n) for n in range(100)]
    chosen = sample(ids)
    assert len(chosen) == SAMPLE
    assert sample(reversed(ids)) == chosen
    assert set(sample(ids[:50])) >= {i for i in chosen if int(i) < 50}


@pytest.mark.parametrize("theme", ["map-v2", "tagdiv-cloud", "tagdiv-legacy", "wordpress"])
def test_page_and_answer_agree_whatever_the_theme(plain: Post, theme: str) -> None:
    post = replace(plain, theme=theme, standfirst="")
    page, rest = from_page(post), from_rest(post)
    assert disagreement(page, rest) is None
    assert (rest.id, rest.title, rest.section) == (page.id, page.title, page.section)
    # the legacy template shows the desk's account, which bears the site's name; REST leaves it out
    assert rest.authors == []
    assert page.authors == (["MAP Express"] if theme == "tagdiv-legacy" else [])
    assert rest.extractor == "rest"
    assert rest.source_id == str(post.id)


def test_what_readers_see_otherwise_is_a_disagreement(plain: Post) -> None:
    post = replace(plain, standfirst="")
    page, rest = from_page(post), from_rest(post)
    with_standfirst = from_page(replace(post, standfirst="Un chapô qui ne se trouve pas dans le corps de la dépêche."))
    assert disagreement(with_standfirst, rest) == "text"
    assert disagreement(replace(page, title="Un autre titre"), rest) == "title"
    assert disagreement(replace(page, authors=["Lea Benz"]), rest) == "authors"
    assert disagreement(replace(page, authors=[]), rest) is None
    assert disagreement(replace(page, authors=["Maghreb Arabe Presse"]), rest) is None
    assert disagreement(replace(page, date_published="2020-01-01"), rest) == "date"
    assert disagreement(replace(page, is_free=False), rest) == "paywall"
    assert disagreement(replace(page, tdm_reserved=True), rest) == "rights"
    assert disagreement(replace(page, page_urls=["a", "b"]), rest) == "pages"


def test_a_record_from_rest_is_rebuilt_from_the_stored_answer(plain: Post) -> None:
    stored = from_rest(plain, "<urn:uuid:1>")
    answer = Captured(
        warc_record_id="<urn:uuid:1>",
        url="https://www.mapexpress.ma/wp-json/wp/v2/actualite?per_page=100&page=1",
        status=200,
        headers={"content-type": "application/json; charset=UTF-8", "etag": '"collection"'},
        body=orjson.dumps([rest_post(p, embed=True) for p in POSTS if p.body]),
        fetched_at="2026-11-24T00:00:00Z",
    )
    assert rebuild(stored, [answer], site=SITE) == stored
    assert rebuild(replace(stored, source_id="0"), [answer], site=SITE) is None


def test_a_page_after_its_answer_is_a_revision_only_when_the_article_changed(plain: Post) -> None:
    rest = from_rest(replace(plain, standfirst=""))

    class Known:
        status, content_hash = "active", rest.content_hash

    def changed(text: str) -> Article:
        page = from_page(plain)
        return replace(page, text=text, content_hash=content_hash(page.title, text))

    more = f"Un chapô que seul le site montre.\n\n{rest.text}"
    edited = rest.text.replace(rest.text.split()[12], "corrigé", 1)
    assert not is_revision(Known, changed(more), rest)  # type: ignore[arg-type]
    assert is_revision(Known, changed(edited), rest)  # type: ignore[arg-type]
    assert is_revision(Known, changed(rest.text.rpartition("\n\n")[0]), rest)  # type: ignore[arg-type]
    assert is_revision(Known, replace(changed(more), title="Un autre titre"), rest)  # type: ignore[arg-type]
