"""The table of limits says what the code does."""

import gzip
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from mapexpress import settings
from mapexpress.addon import SETTINGS
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.errors import UsageError
from mapexpress.limits import Limits
from mapexpress.model.options import Options
from mapexpress.record.build import Document, build, explain
from mapexpress.record.cleaning import clean

ROWS = re.findall(
    r"^\| [^|]+ \| (\d+) \| `([\w.]+)` \|",
    (Path(__file__).parents[1] / "docs/limits.md").read_text("utf-8"),
    re.MULTILINE,
)


def test_the_table_was_read() -> None:
    assert len(ROWS) >= 15


@pytest.mark.parametrize(("number", "name"), ROWS)
def test_each_default_is_the_code_s(number: str, name: str) -> None:
    if "." in name:
        module, _, constant = name.rpartition(".")
        value = getattr(import_module(module), constant)
    else:
        value = SETTINGS[name] if name in SETTINGS else getattr(settings, name)
    assert value == int(number)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<p>a</p>" * 30_000, "too_many_elements"),
        (b"<div>" * 300 + b"fond", "too_deep"),
        (b"<p>" + b"a" * (8 << 20), "too_large"),
        (b'<a href="/x/">a</a>' * 10_001, "too_many_links"),
        (b"%PDF-1.7 text of a kind" * 50, "not_html"),
        (bytes(range(256)) * 40, "not_html"),
    ],
)
def test_a_page_that_was_not_read_to_its_end_is_no_record(body: bytes, reason: str) -> None:
    record = build([Document(body=body, url="https://news.example/a/")])
    assert getattr(record, "reason", None) == reason


def link(number: int) -> str:
    return f"https://news.example/2026/06/01/pluie-sur-la-ville-{number}/"


RSS = f"<rss><channel>{''.join(f'<item><link>{link(n)}</link></item>' for n in range(9))}</channel></rss>".encode()
JSON_FEED = json.dumps({"items": [{"url": link(n)} for n in range(9)]}).encode()
URLSET = f"<urlset>{''.join(f'<url><loc>{link(n)}</loc></url>' for n in range(9))}</urlset>".encode()
LINES = "\n".join(link(n) for n in range(9)).encode()


@pytest.mark.parametrize("body", [RSS, JSON_FEED, URLSET, LINES])
def test_a_way_in_is_read_up_to_its_entries(body: bytes) -> None:
    reader = parse_feed if body in (RSS, JSON_FEED) else parse_sitemap
    whole = reader(body, "https://news.example/x")
    assert (len(whole.links), whole.cut) == (9, None)
    part = reader(body, "https://news.example/x", Limits(feed_entries=4, sitemap_entries=4))
    assert (len(part.links), part.cut) == (4, "too_many_entries")
    assert part.problem is not None


@pytest.mark.parametrize("body", [RSS, URLSET, gzip.compress(RSS), gzip.compress(URLSET)])
def test_a_way_in_is_read_up_to_its_bytes(body: bytes) -> None:
    reader = parse_feed if b"<rss" in body or body == gzip.compress(RSS) else parse_sitemap
    part = reader(body, "https://news.example/x", Limits(file_bytes=300))
    assert 0 < len(part.links) < 9
    assert part.cut == "too_large"


@pytest.mark.parametrize(
    ("limits", "body", "reason"),
    [
        (Limits(tags=20), "<p>a</p>" * 20, "too_many_elements"),
        (Limits(page_bytes=500), "<p>" + "a" * 600, "too_large"),
        (Limits(links=5), '<a href="/x/">a</a>' * 6, "too_many_links"),
        (Limits(attributes=5), f"<p {' '.join(f'a{n}' for n in range(9))}>a</p>", "too_many_attributes"),
        (Limits(depth=10), "<div>" * 20 + "a", "too_deep"),
        (Limits(text=50), f"<article>{'<p>Il a plu toute la nuit sur la ville.</p>' * 9}</article>", "text_too_long"),
    ],
)
def test_each_limit_of_a_page_is_a_setting(limits: Limits, body: str, reason: str) -> None:
    document = Document(body=f"<html><body>{body}", url="https://news.example/a/")
    assert getattr(build([document]), "reason", None) != reason
    assert getattr(build([document], options=Options(limits=limits)), "reason", None) == reason


def test_fields_and_lists_of_a_record_are_cut_with_a_flag() -> None:
    page = (
        '<html><head><meta name="description" content="Il a plu toute la nuit."></head><body><article><h1>Pluie</h1>'
        + "".join(f'<p>Il a plu {n} heures sur la ville.</p><img src="/{n}.jpg">' for n in range(9))
    )
    document = Document(body=page, url="https://news.example/a/")
    article = explain([document], options=Options(limits=Limits(field=12, values=3))).article
    assert "field_cut" in article.quality.flags
    assert len(article.description or "") <= 12
    assert len(article.images) <= 3


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5"])
def test_a_limit_is_a_whole_number(given: str) -> None:
    with pytest.raises(UsageError, match="MAPEXPRESS_MAX_LINKS"):
        Limits.read({"MAPEXPRESS_MAX_LINKS": given}.get)
    with pytest.raises(UsageError, match="up to 255"):
        Limits.read({"MAPEXPRESS_MAX_DEPTH": "256"}.get)


def test_clean_says_that_it_did_not_read_all() -> None:
    assert "too_many_elements" in clean("<p>" + "<b>a</b>" * 30_000).quality.flags
