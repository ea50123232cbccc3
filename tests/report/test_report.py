"""Reports over a dataset that the real store wrote."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.files.warc import Exchange
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, Rejection, Removal, content_hash
from mapexpress.record.build import Document, build
from mapexpress.report.gates import check, defaults
from mapexpress.report.plain import as_json
from mapexpress.report.site_report import report_site
from mapexpress.report.summary import SiteSummary, summarise
from mapexpress.views.report_html import render_report

pytestmark = pytest.mark.slow

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
    now = datetime(2026, 3, 30, tzinfo=UTC)
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
    (failure,) = check(summary)
    assert failure.gate == "max_recurring"
    assert failure.message.endswith("at most 20% allowed: “Sign up for our morning letter”")
    assert check(summary, {"max_recurring": 1.0}) == []
    assert [f.gate for f in check(summary, {"max_recurring": 1.0, "coverage_authors": 0.5})] == ["coverage_authors"]
    summary.articles = int(defaults()["min_articles"]) - 1
    assert check(summary) == []


@pytest.mark.parametrize(
    "label", ["Sumber:", "Les faits", "المصدر:", "参考资料", "Fuentes consultadas para este artículo:"]
)
def test_a_short_heading_of_a_house_may_recur(label: str) -> None:
    summary = SiteSummary(site="x")
    for n in range(40):
        summary.add({"revision": 1, "title": "t", "date_published": "2026-03-01", "text": f"Le port {n}.\n\n{label}"})
    assert check(summary) == []
    assert summary.leak_suspects() == [(label, 40)], "it is shown all the same"
    for n in range(40, 80):
        text = f"Le port {n}.\n\n{label}\n\nPour ne rien manquer, suivez notre chaîne"
        summary.add({"revision": 1, "title": "t", "date_published": "2026-03-01", "text": text})
    assert "suivez notre chaîne" in check(summary)[0].message


def test_the_last_days_end_today(data: Path) -> None:
    """What came out in spring is not drawn in autumn as if it were of the last month."""
    reports = [report_site(data, "news.example")] * 2
    spark = re.compile(r'<svg class="spark".*?</svg>')
    spring = spark.findall(render_report(reports, today=date(2026, 3, 30)))
    assert all("<rect" in drawing for drawing in spring)
    autumn = spark.findall(render_report(reports, today=date(2026, 11, 24)))
    assert len(autumn) == len(spring) == 2
    assert not any("<rect" in drawing for drawing in autumn)


def test_a_failed_gate_is_said_once_with_its_line(data: Path) -> None:
    report = report_site(data, "news.example")
    for reports in ([report], [report, report_site(data, "quiet.example")]):
        page = render_report(reports)
        assert page.count("hold one and the same line") == 1
        assert page.count("at most 20% allowed: “Sign up for our morning letter”") == 1


def test_a_damaged_part_is_named_and_what_is_whole_counts(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    part = next((copy / "dataset").rglob("*.jsonl.gz"))
    part.write_bytes(part.read_bytes()[:-20])
    report = report_site(copy, "news.example")
    assert len(report.summary.faults) == 1
    assert part.name in report.summary.faults[0]
    assert as_json(report)["faults"] == report.summary.faults
    page = render_report([report])
    assert "damaged" in page
    assert part.name in page


def test_the_page_holds_the_figures_and_no_text_can_become_markup(data: Path) -> None:
    page = render_report([report_site(data, "news.example")])
    assert page.count("<script>") == 1, "the page's own"
    assert "&lt;script&gt;" in page
    assert 'onerror="' not in page
    assert "Sign up for our morning letter" in page
    assert page.count('<svg class="chart"') == page.count("<summary>Table<span")


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


def test_archives_are_not_late_and_local_times_have_the_zone_of_the_site() -> None:
    """What was published before the first run says nothing of how fresh a crawl is."""
    summary = SiteSummary(site="x", zone=ZoneInfo("Africa/Casablanca"))
    plain = {"revision": 1, "text": "t", "removed": [], "quality": {"flags": []}}
    for published, fetched in (
        ("2020-01-01T08:00:00+00:00", "2026-03-01T08:00:00+00:00"),
        ("2026-03-02T08:00:00+00:00", "2026-03-02T08:10:00+00:00"),
        ("2026-03-03T08:00:00", "2026-03-03T08:10:00+00:00"),  # Ramadan: the zone is at +00:00
        ("2026-03-04", "2026-03-04T08:10:00+00:00"),
    ):
        summary.add(plain | {"date_published": published, "fetched_at": fetched})
    assert summary.delay_minutes.count == 2
    assert summary.delay_minutes.counts([5, 15, 30]) == [0, 2, 0, 0]


def test_the_sample_of_articles_is_the_same_in_any_order() -> None:
    plain = {"revision": 1, "text": "t", "removed": [], "quality": {"flags": []}, "warc_record_id": "w"}
    samples = []
    for numbers in (range(100), range(99, -1, -1)):
        summary = SiteSummary(site="x")
        for n in numbers:
            summary.add(plain | {"id": f"id-{n}"})
        samples.append(summary.sample)
    assert samples[0] == samples[1]
    assert len(samples[0]) == 12


def test_a_run_of_bad_days_fails_though_the_archive_is_good(data: Path, tmp_path: Path) -> None:
    """The ledger's newest days are judged beside the whole dataset, and the runs' notices are shown."""
    copy = shutil.copytree(data, tmp_path / "copy")
    with SiteStore.open(copy, "news.example", run="r2", clock=lambda: datetime(2026, 4, 2, tzinfo=UTC)) as store:
        ledger = Ledger(store.state)
        ledger.add("2026-04-02", {"articles": 30, "filled:title": 30, "filled:text": 30})
        ledger.note("2026-04-02", "layout", ["`div.body` no longer found on 40 of 42 pages"])
        store.state.commit()
    report = report_site(copy, "news.example")
    assert [f.gate for f in report.failures] == ["max_recurring", "coverage_date_published"]
    assert report.failures[1].message.startswith("lately date_published is filled on 0%")
    assert "no longer found on 40 of 42 pages" in render_report([report])
    assert as_json(report)["notices"] == [
        {"day": "2026-04-02", "kind": "layout", "message": "`div.body` no longer found on 40 of 42 pages"}
    ]


def test_thresholds_of_the_site_file_count(data: Path, tmp_path: Path) -> None:
    def scrapy(thresholds: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "sites").mkdir(exist_ok=True)
        text = f'key = "news.example"\nthresholds = {{ {thresholds} }}\n[[editions]]\nhome = "https://news.example/"\n'
        (tmp_path / "sites/own-name.toml").write_text(text, "utf-8")
        command = [sys.executable, "-m", "scrapy", "report", "--json", "-s", f"MAPEXPRESS_DATA={data}"]
        return subprocess.run(
            [*command, "-s", f"MAPEXPRESS_SITES={tmp_path / 'sites'}"], capture_output=True, text=True, check=False
        )

    done = scrapy("max_recurring = 1.0")
    assert done.returncode == 0, done.stderr
    wrong = scrapy("max_recuring = 1.0")
    assert wrong.returncode == 2
    assert "did you mean max_recurring?" in wrong.stderr
    assert wrong.stderr.count("\n") == 1


def test_what_was_removed_is_shown_in_its_words(tmp_path: Path) -> None:
    """A few stored articles are made again from their responses."""
    page = """<html lang="fr"><body><article><h1>Le port {n}</h1><p>Le port numéro {n} a rouvert lundi matin après dix
    semaines de travaux, devant une foule nombreuse.</p><p>Les bateaux de pêche y sont revenus le soir même, a indiqué
    la capitainerie dans un communiqué.</p><div class="sharedaddy"><p>Partager l'article</p></div></article>"""
    html = (("Content-Type", "text/html; charset=utf-8"),)
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for n in range(4):
            url, body = f"https://news.example/2026/05/le-port-{n}/", page.format(n=n).encode()
            moment = f"2026-05-0{n + 1}T08:00:00+00:00"
            kept = store.capture(Exchange(url=url, status=200, body=body, fetched_at=moment, headers=html))
            store.write(build([Document(body=body, url=url, fetched_at=moment, status=200, warc_record_id=kept)]))
        store.seal()
    report = report_site(tmp_path, "news.example", samples=12)
    assert report.removed.articles == 4
    assert ("Partager l'article", 4) in [t for texts in report.removed.texts.values() for t in texts]
    assert "4 of 4" in render_report([report])
    assert report_site(tmp_path, "news.example").removed.articles == 0
