"""The fixture site answers as a real one does: everything else leans on it."""

import gzip
import http.client
import json
from collections.abc import Iterator

import pytest

from fixtures.posts import load_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Rule, Website


@pytest.fixture(scope="module")
def server() -> Iterator[SiteServer]:
    with serve(Website(load_posts())) as running:
        yield running


def get(server: SiteServer, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.host, timeout=10)
    try:
        connection.request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def test_an_unchanged_page_is_304_by_either_validator(server: SiteServer) -> None:
    path = load_posts()[0].path
    status, headers, body = get(server, path)
    assert (status, len(body) > 1000) == (200, True)
    assert get(server, path, If_None_Match=headers["etag"])[0::2] == (304, b"")
    assert get(server, path, If_Modified_Since=headers["last-modified"])[0] == 304
    assert get(server, path, If_None_Match='"other"', If_Modified_Since=headers["last-modified"])[0] == 200


def test_gzip_is_the_same_body(server: SiteServer) -> None:
    _, headers, zipped = get(server, "/feed/", Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped) == get(server, "/feed/")[2]


def test_rest_pages_as_wordpress_does(server: SiteServer) -> None:
    status, headers, body = get(server, "/wp-json/wp/v2/actualite?per_page=3&page=2&_embed")
    assert (status, len(json.loads(body))) == (200, 3)
    assert int(headers["x-wp-totalpages"]) == -(-int(headers["x-wp-total"]) // 3)
    assert get(server, "/wp-json/wp/v2/actualite?per_page=101")[0] == 400
    status, _, body = get(server, "/wp-json/wp/v2/actualite?page=99")
    assert (status, json.loads(body)["code"]) == (400, "rest_post_invalid_page_number")
    assert get(server, "/wp-json/wp/v2/nothing")[0] == 404


@pytest.mark.parametrize("target", ["/feed/?paged=99", "/actualite/page/99/", "/actualite/rien/", "/ar/rien/"])
def test_past_the_end_is_404(server: SiteServer, target: str) -> None:
    assert get(server, target)[0] == 404


def test_moved_addresses(server: SiteServer) -> None:
    post = load_posts()[0]
    assert get(server, f"/?p={post.id}")[:2][0] == 301
    assert get(server, post.path.rstrip("/"))[1]["location"] == post.path
    assert get(server, "/wp-sitemap.xml")[1]["location"] == "/sitemap_index.xml"


def test_faults(server: SiteServer) -> None:
    assert get(server, "/_odd/status/503")[0] == 503
    status, headers, _ = get(server, "/_odd/retry/2")
    assert (status, headers["retry-after"]) == (429, "2")
    assert get(server, "/_odd/loop")[1]["location"] == "/_odd/loop"
    server.website.rules["/contact/"] = Rule(status=403, times=1)
    assert [get(server, "/contact/")[0] for _ in range(2)] == [403, 200]


def test_a_control_file_edits_removes_and_publishes(tmp_path_factory: pytest.TempPathFactory) -> None:
    control = tmp_path_factory.mktemp("control") / "state.json"
    posts = load_posts()
    edited = next(p for p in posts if p.later)
    other = next(p for p in posts if not p.later)
    with serve(Website(posts, control=control)) as server:
        before = get(server, edited.path)[2].decode()
        control.write_text(json.dumps({"later": [edited.name], "gone": [other.name]}), "utf-8")
        after = get(server, edited.path)[2].decode()
        assert edited.title in before
        assert edited.later["title"] in after
        assert get(server, other.path)[0] == 410
        control.write_text(json.dumps({"hidden": [other.name], "rules": {"/": {"status": 500}}}), "utf-8")
        assert get(server, other.path)[0] == 404
        assert get(server, "/")[0] == 500


def test_every_page_of_every_post_is_served_and_listed(server: SiteServer) -> None:
    listed = b"".join(get(server, f"{root}sitemap.xml")[2] for root in ("/actualite-", "/ar/actualite-"))
    for post in load_posts():
        for number in range(1, len(post.pages) + 1):
            assert get(server, post.path + (f"{number}/" if number > 1 else ""))[0] == 200
        if post.type == "actualite" and "/archives-internes/" not in post.path:
            assert post.url.encode() in listed
