"""The REST interface of WordPress: types found by themselves, posts with their pages, refusals said."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.discovery.wordpress import parse_posts, parse_root

URL = "https://news.example/wp-json/wp/v2/actualite?per_page=2&page=1"
POST = {
    "id": 7,
    "date": "2026-06-12T13:40:16",
    "date_gmt": "2026-06-12T11:40:16",
    "link": "https://news.example/actualite/sport/un-but/",
    "type": "actualite",
    "status": "publish",
    "title": {"rendered": "Un but &#8211; deux buts"},
    "content": {"rendered": "<p>But.</p>", "protected": False},
    "actualites": [27],
    "_embedded": {
        "author": [{"name": "La rédaction"}, {"code": "rest_user_invalid_id"}],
        "wp:term": [[{"taxonomy": "actualites", "name": "Sport"}], [{"taxonomy": "post_tag", "name": "Football"}]],
    },
}


def _route(*arguments: str) -> dict[str, object]:
    return {"endpoints": [{"methods": ["GET"], "args": dict.fromkeys(arguments)}]}


def test_post_types_are_found_and_other_collections_are_not() -> None:
    posts = ("per_page", "after", "slug", "status")
    routes = {
        "/wp/v2/actualite": _route(*posts),
        "/wp/v2/posts": _route(*posts),
        "/wp/v2/pages": _route(*posts),
        "/wp/v2/media": _route(*posts, "media_type"),
        "/wp/v2/comments": _route("per_page", "after", "status", "post"),
        "/wp/v2/actualites": _route("per_page", "slug", "hide_empty"),
        "/wp/v2/actualite/(?P<id>[\\d]+)": _route("id"),
    }
    root = parse_root(json.dumps({"routes": routes}).encode())
    assert root.types == ("posts", "actualite")


def test_posts_are_links_with_their_hints_and_the_next_page() -> None:
    found = parse_posts(json.dumps([POST, POST | {"id": 8, "status": "draft"}]).encode(), URL, {"X-WP-TotalPages": "3"})
    (link,) = found.links
    assert (link.source_id, link.url) == ("7", "https://news.example/actualite/sport/un-but/")
    assert (link.title_hint, link.date_hint) == ("Un but – deux buts", "2026-06-12T11:40:16+00:00")
    assert found.next_pages == ("https://news.example/wp-json/wp/v2/actualite?per_page=2&page=2",)


def test_the_end_and_refusals() -> None:
    over = parse_posts(b'{"code": "rest_post_invalid_page_number"}', URL)
    assert (over.links, over.problem) == ((), None)
    assert "rest_forbidden" in (parse_posts(b'{"code": "rest_forbidden"}', URL).problem or "")
    assert parse_posts(b"<html>", URL).problem
    assert parse_posts(json.dumps([POST]).encode(), URL).next_pages == ()


def test_what_plugins_print_before_the_json_is_skipped() -> None:
    assert parse_posts(b"<br />Warning: x in y\n" + json.dumps([POST]).encode(), URL).links


KEYS = st.sampled_from(["id", "link", "title", "routes", "content", "_embedded", "author", "status", "code"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)
)


@settings(max_examples=50)
@given(VALUES)
def test_never_raises(value: object) -> None:
    data = json.dumps(value).encode()
    parse_root(data)
    parse_posts(data, URL)
