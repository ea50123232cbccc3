"""The pipelines in a real Scrapy process: a spider that yields items, and what then lies on the disk."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mapexpress.dataset.store import SiteStore

pytestmark = pytest.mark.crawl

SPIDER = """
import sys, resource
from pathlib import Path
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from mapexpress.fetch.run import run_of, store_of
from mapexpress.model.record import Article, Rejection, content_hash
from mapexpress.sites import SiteConfig

def article(n, text="Il pleut.", **changes):
    url = f"https://news.example/{n}/"
    values = dict(id=f"{n:032}", site="news.example", url=url, canonical_url=url, title="Pluie", text=text,
                  content_hash=content_hash("Pluie", text), language="fr", section="météo", http_status=200)
    return Article(**values | changes)

class Items(Spider):
    name = "items"
    @classmethod
    def from_crawler(cls, crawler):
        run_of(crawler).site = SiteConfig.for_url("https://news.example/")
        return super().from_crawler(crawler)
    async def start(self):
        assert (store_of(self.crawler).outcome("https://news.example/0/") is None) == (sys.argv[2] != "again")
        yield Request("data:,")

    def parse(self, response):
        yield from ITEMS()

process = AsyncCrawlerProcess({
    "MAPEXPRESS_DATA": sys.argv[1],
    "ITEM_PIPELINES": {
        "mapexpress.pipelines.checks.TdmPipeline": 100,
        "mapexpress.pipelines.checks.ValidatePipeline": 200,
        "mapexpress.pipelines.deduplicate.DeduplicatePipeline": 300,
        "mapexpress.pipelines.store.StorePipeline": 900,
    },
    "FEEDS": {sys.argv[1] + "/out.jsonl": {"format": "jsonlines", "overwrite": True}} if sys.argv[2] != "full" else {},
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "INFO", "STATS_DUMP": False,
})
crawler = process.create_crawler(Items)
process.crawl(crawler)
process.start()
import json
stats = {k: v for k, v in crawler.stats.get_stats().items() if k.startswith("mapexpress/") or k == "finish_reason"}
print(json.dumps(stats))
"""


def crawl(data: Path, items: str, word: str = "first") -> tuple[dict, str]:
    code = SPIDER.replace("ITEMS()", f"[{items}]")
    done = subprocess.run(
        [sys.executable, "-c", code, data, word], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def read(data: Path, pattern: str) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted(data.glob(pattern))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def stored(data: Path) -> list[dict]:
    return read(data, "dataset/*/*/*.gz")


def exported(data: Path) -> list[dict]:
    return [json.loads(line) for line in (data / "out.jsonl").read_text("utf-8").splitlines()]


def test_only_valid_unreserved_articles_are_stored_and_exported_once(tmp_path):
    stats, log = crawl(
        tmp_path,
        """
        article(0),
        article(1, tdm_reserved=True),
        article(2, text="", content_hash=content_hash("Pluie", "")),
        article(3, revision=7),
        article(0, url="https://news.example/0/amp/"),
        Rejection(url="https://news.example/4/", stage="fetch", reason="timeout", site="news.example"),
        {"an item": "of another spider"},
        """,
    )
    assert [r["id"] for r in stored(tmp_path)] == [f"{0:032}"]
    assert [r.get("id", "other") for r in exported(tmp_path)] == [f"{0:032}", "other"]
    assert exported(tmp_path)[0] == stored(tmp_path)[0]
    assert stats == {
        "mapexpress/new": 1,
        "mapexpress/stored": 1,
        "mapexpress/duplicate": 1,
        "mapexpress/rejected": 4,
        "mapexpress/rejected/tdm_reserved": 1,
        "mapexpress/rejected/no_text": 1,
        "mapexpress/rejected/invalid_record": 1,
        "mapexpress/rejected/timeout": 1,
        "mapexpress/section/météo": 1,
        "mapexpress/language/fr": 1,
        "mapexpress/via/-": 1,
        "finish_reason": "finished",
    }
    assert "Traceback" not in log
    rejections = read(tmp_path, "sites/*/rejections/*/*.gz")
    assert sorted(r["reason"] for r in rejections) == ["invalid_record", "no_text", "tdm_reserved", "timeout"]
    with SiteStore.open(tmp_path, "news.example", run="check") as store:
        assert store.outcome("https://news.example/0/amp/").record_id == f"{0:032}"


def test_what_fails_as_before_is_no_article_that_came_unchanged(tmp_path):
    failed = 'Rejection(url="https://news.example/4/", stage="fetch", reason="timeout", site="news.example")'
    for word, unchanged in (("first", 0), ("again", 1)):  # the article, and not what failed
        stats, _ = crawl(tmp_path, f"article(0), {failed}", word)
        assert stats["mapexpress/rejected"] == stats["mapexpress/rejected/timeout"] == 1
        assert stats.get("mapexpress/unchanged", 0) == unchanged


def test_a_later_run_stores_changes_and_removals_only(tmp_path):
    crawl(tmp_path, "article(0), article(1), article(2)")
    stats, _ = crawl(
        tmp_path,
        """
        article(0),
        article(1, text="Il neige."),
        article(2, status="gone", http_status=410),
        Rejection(url="https://news.example/0/", stage="fetch", reason="timeout", site="news.example"),
        """,
        "again",
    )
    assert (stats["mapexpress/unchanged"], stats["mapexpress/revised"], stats["mapexpress/gone"]) == (1, 1, 1)
    later = sorted((r for r in stored(tmp_path) if r["revision"] == 2), key=lambda r: r["id"])
    assert [(r["id"], r["status"], r["revision"], r["text"]) for r in later] == [
        (f"{1:032}", "active", 2, "Il neige."),
        (f"{2:032}", "gone", 2, "Il pleut."),
    ]
    assert later[1]["previous_hash"] == next(r["content_hash"] for r in stored(tmp_path) if r["revision"] == 1)
    assert [r["id"] for r in exported(tmp_path)] == [f"{1:032}", f"{2:032}"]


def test_a_full_disk_ends_the_crawl_with_one_line(tmp_path):
    limit = "*(resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000)) or [])"
    stats, log = crawl(
        tmp_path, f"article(0), {limit}, *(article(n, 'Il pleut. ' * 500) for n in range(1, 300))", "full"
    )
    assert stats["finish_reason"] == "storage"
    assert "run the same command again" in stats["mapexpress/storage_error"]
    assert "\n" not in stats["mapexpress/storage_error"]
    assert "Traceback" not in log
    with SiteStore.open(tmp_path, "news.example", run="check"):
        assert all(r["title"] == "Pluie" for r in stored(tmp_path))
