"""Items of other projects' spiders, of each kind that itemadapter knows, through the whole line."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import problems
from mapexpress.pipelines.adapt import record_of_fields

SPIDER = """
import sys
from dataclasses import dataclass
from datetime import datetime, date, timezone

import attrs
import pydantic
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

TEXT = "Le port de Safi a rouvert lundi matin."

@dataclass
class Plain:
    url: str
    title: str
    text: str
    authors: list

@attrs.define
class Attrs:
    url: str
    title: str
    text: str
    date_published: datetime

class Model(pydantic.BaseModel):
    url: str
    title: str
    text: str
    tags: tuple[str, ...]
    stars: int = 5

class Scrapys(scrapy.Item):
    url = scrapy.Field()
    title = scrapy.Field()
    text = scrapy.Field()
    images = scrapy.Field()

class Items(scrapy.Spider):
    name = "own"
    start_urls = ["data:,"]
    def parse(self, response):
        first = {"url": "https://news.example/1/", "title": "Un", "text": TEXT + " e\u0301"}
        yield first | {"date_published": date(2026, 5, 1)}
        yield Plain("https://news.example/2/", "Deux", TEXT, ["Nadia Cherkaoui"])
        yield Attrs("https://news.example/3/", "Trois", TEXT, datetime(2026, 5, 1, 8, tzinfo=timezone.utc))
        yield Model(url="https://news.example/4/", title="Quatre", text=TEXT, tags=("port", "safi"))
        yield Scrapys(url="https://news.example/5/", title="Cinq", text=TEXT, images=["https://news.example/5.jpg"])
        yield {"url": "https://news.example/1/?utm_source=x", "title": "Un", "text": TEXT}
        yield {"url": "https://news.example/6/", "title": "Six", "text": 6}
        yield {"url": "https://news.example/7/", "title": "Sept", "text": "  "}
        yield {"price": 3}

process = AsyncCrawlerProcess({
    "ADDONS": {"mapexpress.addon.MapexpressAddon": 0}, "MAPEXPRESS_DATA": sys.argv[1],
    "DOWNLOAD_HANDLERS": {"data": "scrapy.core.downloader.handlers.datauri.DataURIDownloadHandler"},
    "DOWNLOADER_MIDDLEWARES": {"mapexpress.fetch.connections.guard.AddressGuardMiddleware": None},
    "ROBOTSTXT_OBEY": False,
    "FEEDS": {sys.argv[1] + "/out.jsonl": {"format": "jsonlines"}}, "LOG_LEVEL": "INFO",
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
})
process.crawl(Items)
process.start()
"""


@pytest.mark.crawl
def test_items_of_every_kind_become_records(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPIDER, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    stored = [
        json.loads(line)
        for path in tmp_path.glob("dataset/*/*/*.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    by_title = {record["title"]: record for record in stored}
    assert sorted(by_title) == ["Cinq", "Deux", "Quatre", "Trois", "Un"]
    assert all(record["site"] == "own" and record["extractor"] == "item" for record in stored)
    assert by_title["Un"]["text"].endswith("\u00e9")
    assert (by_title["Un"]["date_published"], by_title["Un"]["date_precision"]) == ("2026-05-01", "day")
    assert by_title["Deux"]["authors"] == ["Nadia Cherkaoui"]
    assert by_title["Trois"]["date_published"] == "2026-05-01T08:00:00+00:00"
    assert by_title["Trois"]["date_precision"] == "instant"
    assert by_title["Quatre"]["tags"] == ["port", "safi"]
    assert by_title["Cinq"]["images"] == [{"url": "https://news.example/5.jpg", "caption": None, "credit": None}]
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [record for record in exported if "price" not in record] == stored
    assert {"price": 3} in exported
    rejections = [
        json.loads(line)
        for path in tmp_path.glob("sites/*/rejections/*/*.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert {(r["url"][-2:], r["reason"]) for r in rejections} == {("6/", "invalid_record"), ("7/", "no_text")}


GIVEN = {"url": "https://news.example/a/", "title": "Pluie", "text": "Il pleut."}


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({"date_published": "2026-05-01T08:00"}, "date_precision", "local"),
        ({"date_published": "2026-05-01T08:00:00Z"}, "date_precision", "instant"),
        ({"authors": "Nadia Cherkaoui"}, "authors", ["Nadia Cherkaoui"]),
        ({"canonical_url": "https://elsewhere.example/b/"}, "canonical_url", "https://news.example/a/"),
        ({"language": None}, "language", None),
    ],
)
def test_what_is_meant_is_taken(more: dict, field: str, value: object) -> None:
    record = record_of_fields(GIVEN | more, site="own", now="2026-05-02T00:00:00+00:00")
    assert isinstance(record, Article)
    assert getattr(record, field) == value
    assert problems(record) == []


@pytest.mark.parametrize("more", [{"url": "ftp://news.example/"}, {"url": 3}, {"url": None}, {"text": "x" * 1_000_001}])
def test_what_can_be_no_record_is_a_rejection(more: dict) -> None:
    record = record_of_fields(GIVEN | more, site="own", now="")
    assert isinstance(record, Rejection)


@pytest.mark.parametrize("more", [{"tags": 3}, {"tags": [1]}, {"images": [3]}, {"title": 3}, {"http_status": "200"}])
def test_values_of_another_type_are_named_by_the_validation(more: dict) -> None:
    record = record_of_fields(GIVEN | more, site="own", now="")
    assert isinstance(record, Article)
    assert any(line.startswith(next(iter(more))) for line in problems(record))
