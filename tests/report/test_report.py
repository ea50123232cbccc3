"""Reports over a dataset that the real store wrote."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapexpress.dataset.store import SiteStore
from mapexpress.records import Article, Rejection, Removal, content_hash
from mapexpress.report.gates import check, defaults
from mapexpress.report.plain import as_json
from mapexpress.report.summary import summarise
from mapexpress.views.report_html import render_report

HOSTILE = '</td><script>alert(1)</script><img src=x onerror="alert(2)">'


def _article(n: int) -> Article:
    article = Article(
        id=f"id-{n}",
        site="news.example",
        url=f"https://news.example/{n}",
        canonical_url=f"https://news.example/{n}",
        title=f"Title {n}",
        text=f"The harbour of town {n} was opened on Monday.\n\nSign up for our morning letter",
        section=HOSTILE,
        language="en",
        date_published=f"2026-03-{1 + n % 28:02}T08:00:00+00:00",
        date_precision="instant",
        fetched_at=f"2026-03-{1 + n % 28:02}T08:30:00+00:00",
        extractor="trafilatura",
        extractor_version="1",
        removed=[Removal(reason="share", blocks=1, chars=20)],
    )
    article.content_hash = content_hash(article.title, article.text)
    return article


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    with SiteStore.open(folder, "news.example", run="r1", clock=lambda: now, warc=False) as store:
        for n in range(40):
            store.write(_article(n))
        for n in range(4):
            url = f"https://news.example/tag/{n}"
            store.write(Rejection(url=url, stage="page", reason="listing", site="news.example"))
        store.flush()
        store.seal()
    return folder


def test_figures_are_those_of_the_records(data: Path) -> None:
    summary = summarise(data, "news.example")
    assert (summary.articles, summary.rejected, summary.revisions, summary.gone) == (40, 4, 0, 0)
    assert summary.rejections == {"listing": 4}
    assert summary.removed_blocks == {"share": 40}
    assert summary.coverage("title") == 1.0
    assert summary.coverage("authors") == 0.0
    assert summary.days.total() == 40
    middle = summary.delay_minutes.quantile(0.5)
    assert middle is not None
    assert 28 < middle < 32
    assert summary.leak_suspects() == [("Sign up for our morning letter", 40)]
    assert summary.faults == []


def test_a_line_on_every_article_fails_its_gate_and_few_articles_are_not_judged(data: Path) -> None:
    summary = summarise(data, "news.example")
    assert [f.gate for f in check(summary)] == ["max_recurring"]
    assert check(summary, {"max_recurring": 1.0}) == []
    assert [f.gate for f in check(summary, {"max_recurring": 1.0, "coverage_authors": 0.5})] == ["coverage_authors"]
    summary.articles = int(defaults()["min_articles"]) - 1
    assert check(summary) == []


def test_a_damaged_part_is_named_and_what_is_whole_counts(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    part = next((copy / "dataset").rglob("*.jsonl.gz"))
    part.write_bytes(part.read_bytes()[:-20])
    summary = summarise(copy, "news.example")
    assert len(summary.faults) == 1
    assert part.name in summary.faults[0]
    assert as_json(summary, [])["faults"] == summary.faults


def test_the_page_holds_the_figures_and_no_text_can_become_markup(data: Path) -> None:
    summary = summarise(data, "news.example")
    page = render_report([(summary, check(summary))])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert 'onerror="' not in page
    assert "Sign up for our morning letter" in page
    assert page.count('<svg class="chart"') == page.count("<summary>Table: ")


def test_the_command_writes_the_page_and_gives_the_status_of_the_gates(data: Path, tmp_path: Path) -> None:
    def scrapy(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scrapy", "report", "-s", f"MAPEXPRESS_DATA={data}", *args]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = scrapy("--html", str(tmp_path / "r.html"))
    assert done.returncode == 5, done.stderr
    assert "max_recurring" in done.stdout
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
    assert json.loads(scrapy("--json").stdout)["articles"] == 40
    wrong = scrapy("nowhere.example")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "Traceback" not in wrong.stderr
