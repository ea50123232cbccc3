"""Whatever a page says, its record is UTF-8, NFC, without controls and overrides, and of bounded size."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.limits import Limits
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import to_dict, to_json
from mapexpress.record.build import Document, build, explain
from mapexpress.record.cleaning import clean
from mapexpress.text.characters import harmless, visible

NASTY = "a\x1b]0;x\x07\x9b31m\u202e\u202d\ud800\x00\x85\ufeff\U000e0041e\u0301&#xD800;&#27;&#155;&#x202e;"
PROSE = f"<p>La coopérative a livré ses comptes, et le conseil les a examinés pendant deux longues heures. {NASTY}</p>"
LD = (
    r'{"@type":"NewsArticle","headline":"T\u001b[31m\ud800\u202e","author":{"name":"N\u001b[2J\udfff"},'
    r'"keywords":"k\ud800,\u0000","articleSection":"s\u0000\udfff","image":["file:///etc/passwd","javascript:x"]}'
)
PAGE = (
    f'<html><head><title>{NASTY}</title><meta property="og:image" content="javascript:alert(1)">'
    f'<meta name=author content="{NASTY}"><meta name=description content="{NASTY}">'
    f'<meta property="article:tag" content="{NASTY}"><meta property="og:site_name" content="{NASTY}">'
    f'<script type="application/ld+json">{LD}</script></head><body><article><h1>{NASTY}</h1>{PROSE * 5}'
    f'<figure><img src="javascript:alert(2)"><figcaption>{NASTY}</figcaption></figure></article></body></html>'
)
URL = "https://news.example/economie/les-comptes-annuels-de-la-cooperative/"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e\ufeff\U000e0000-\U000e007f]")


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [s for v in value.values() for s in strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("body", [PAGE, PAGE.encode("utf-8", "surrogatepass"), PAGE.encode("utf-16", "surrogatepass")])
def test_no_string_of_a_record_steers_or_hides(body: bytes | str) -> None:
    headers = {"etag": "x\x1b\ud800", "last-modified": "y\r\nz"}
    article = explain([Document(body=body, url=URL, headers=headers)]).article
    record = to_dict(article)
    assert strings(record)
    assert not [s for s in strings(record) if FORBIDDEN.search(s) or not unicodedata.is_normalized("NFC", s)]
    assert article.images == []
    assert article.image_url is None
    assert "bidi_override" in article.quality.flags
    assert {"hidden_characters", "undecodable"} & set(article.quality.flags)


def test_bytes_that_lie_leave_a_flag() -> None:
    body = f"<html><body><p>{'Fès a reçu les élèves de la région pour une fête, à midi. ' * 4}\x00</p></body></html>"
    document = Document(body=body.encode(), url=URL, content_type="image/png; charset=utf-16")
    flags = explain([document]).article.quality.flags
    assert {"charset_mismatch", "control_characters", "content_type"} <= set(flags)


def test_a_host_that_looks_like_another_leaves_a_flag() -> None:
    for host, flagged in (("xn--pple-43d.com", True), ("xn--fs-8ja.example", False), ("news.example", False)):
        article = explain([Document(body=PAGE, url=f"https://{host}/a/")]).article
        assert ("mixed_script_host" in article.quality.flags) is flagged


@pytest.mark.parametrize("marks", ["\u0316\u0300", "&#790;&#768;", "\uff9e\u0300"])
def test_marks_without_end_cost_no_more_than_letters(marks: str) -> None:
    # sorted one by one, as Python's own normalisation does, each of these would take many minutes
    body = f"<title>a{marks * 200_000}</title><h1>b{marks * 200_000}</h1><p>{PROSE}c{marks * 200_000}</p>"
    link = f'<link rel="canonical" href="/{marks * 200_000}"><a href="/{marks * 200_000}">a</a>'
    article = explain([Document(body=link + body, url=URL)]).article
    assert unicodedata.is_normalized("NFC", article.text)
    assert len(clean(f"Titre\n\n{PROSE[3:-4]}{unescape(marks) * 200_000}").text) < 500_000


def test_a_text_without_end_is_no_article_and_is_cut_where_it_is_asked_for() -> None:
    body = "<html><body><article><h1>T</h1>" + "<p>" + "Un mot suit un autre mot. " * 20_000 + "</p>"
    body = body + body[len("<html><body><article><h1>T</h1>") :] * 2
    record = build([Document(body=body, url=URL)])
    assert getattr(record, "reason", None) == "text_too_long"
    article = clean(body)
    assert len(article.text) <= Limits().text
    assert "text_too_long" in article.quality.flags


def test_a_field_without_end_is_cut() -> None:
    page = PAGE.replace("<head>", f'<head><meta name=description content="{"mot " * 50_000}">')
    article = explain([Document(body=page, url=URL)]).article
    assert all(len(s) <= Limits().field for s in strings(to_dict(article)) if s != article.text)
    assert "field_cut" in article.quality.flags


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_harmless_is_idempotent_and_keeps_what_is_text(text: str) -> None:
    once = harmless(text)
    assert harmless(once) == once
    once.encode()
    assert not FORBIDDEN.search(once.replace("\U0001f3f4", "") if "\U0001f3f4" not in once else "")
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert not FORBIDDEN.search(shown if "\U0001f3f4" not in shown else "")
    assert harmless("Élysée, نواكشوط‎, 한국\tx\n‏") == "Élysée, نواكشوط‎, 한국\tx\n‏"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=60), st.binary(max_size=60))
def test_no_page_makes_a_record_that_cannot_be_written(text: str, noise: bytes) -> None:
    for body in (f"<html><title>{text}</title><body><h1>{text}</h1><p>{text * 5}</p>", b"<p>" + noise * 9):
        article = explain([Document(body=body, url=URL)]).article
        assert isinstance(article, Article)
        to_json(article)


def test_what_a_rejection_quotes_of_a_page_is_one_short_harmless_line() -> None:
    target = "http://other.example/\u202e\x9b2J" + "a" * 5000
    page = f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head><body><p>Un instant.</p>'
    record = build([Document(body=page, url=URL)])
    assert isinstance(record, Rejection)
    assert record.detail is not None
    assert "other.example" in record.detail
    assert len(record.detail) <= 300
    assert not FORBIDDEN.search(record.detail)
