"""Answers of WordPress' REST interface: parsed whatever plugins print before them, written again as they were."""

import json

import orjson
import pytest

from mapexpress.discovery.wordpress import parse_posts
from mapexpress.model.rest_answer import RestPost, posts_of, read_answer, without_post

RAIN = {"id": 7, "link": "https://n.example/pluie/", "content": {"rendered": "<p>Il pleut, à Rabat."}, "n": 2.50}
SUN = {"id": 8, "link": "https://n.example/شمس/", "content": {"rendered": "<p>الشمس مشرقة."}}
HALF = {"id": 9, "link": "https://n.example/moitie/", "content": {"rendered": "<p>\ud83d"}}  # half an emoji: a cut text
LONG = {"id": 10, "link": "https://n.example/long/", "content": {"rendered": "<p>x"}, "n": 10**40}
BEFORE = (b"", b"\xef\xbb\xbf", "<b>Avertissement</b>: clé inconnue\n".encode(), b"\n\n")


def answer(*rows: object) -> bytes:
    return json.dumps(rows, ensure_ascii=True).encode()


@pytest.mark.parametrize("before", BEFORE)
def test_posts_are_the_same_whatever_is_printed_before_them(before: bytes) -> None:
    posts = posts_of(read_answer(before + answer(RAIN, SUN)))
    assert posts == {"7": RestPost("7", RAIN), "8": RestPost("8", SUN)}
    assert [post.body for post in posts.values()] == [orjson.dumps(RAIN), orjson.dumps(SUN)]


@pytest.mark.parametrize("before", BEFORE)
def test_the_links_of_an_answer_name_its_posts(before: bytes) -> None:
    found = parse_posts(before + answer(RAIN, SUN), "https://n.example/wp-json/wp/v2/posts?per_page=100&page=1")
    assert [found.posts[link.source_id or ""].fields["link"] for link in found.links] == [RAIN["link"], SUN["link"]]


def test_a_single_post_is_one() -> None:
    assert posts_of(read_answer(orjson.dumps(SUN))) == {"8": RestPost("8", SUN)}


def test_what_is_no_answer_has_no_posts() -> None:
    for body in (b"", b"<html>", b'{"code": "rest_no_route"}', b"[1, null, {}]", b'[{"id": 1, "content": "x"}]'):
        assert posts_of(read_answer(body)) == {}


@pytest.mark.parametrize("row", [HALF, LONG])
def test_what_cannot_be_written_leaves_the_others_readable(row: dict[str, object]) -> None:
    posts = posts_of(read_answer(answer(RAIN, row)))
    assert posts["7"].body == orjson.dumps(RAIN)
    assert posts[str(row["id"])].body is None


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("other", [SUN, HALF, LONG])
def test_a_post_is_taken_out_and_the_others_stay_as_they_were(before: bytes, other: dict[str, object]) -> None:
    left = without_post(before + answer(RAIN, other, "no post"), "7")
    assert left is not None
    assert read_answer(left) == [other, "no post"]
    assert "Rabat" not in left.decode()


def test_what_holds_not_many_posts_has_none_taken_out() -> None:
    assert [without_post(body, "7") for body in (orjson.dumps(RAIN), b"<html>", b"")] == [None] * 3
