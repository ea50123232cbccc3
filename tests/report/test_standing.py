"""How a site stands, from states and run logs that the real store wrote: what no crawl of a test could wait for."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.between_runs.rhythm import usual_pause
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, content_hash
from mapexpress.report.runs import Run, by_month
from mapexpress.report.site_report import report_site
from mapexpress.report.standing import Standing, standings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = "news.example"


def article(day: datetime | None, *, gone: bool = False) -> Article:
    moment = day.isoformat() if day else None
    name = moment or "undated"
    made = Article(
        id=f"id-{name}",
        site=KEY,
        url=f"https://{KEY}/{name}",
        title=f"Jembatan {name} dibuka",
        text="" if gone else f"Jembatan itu dibuka pada {name}.",
        date_published=moment,
        date_precision="instant" if moment else None,
        fetched_at=NOW.isoformat(),
        status="gone" if gone else "active",
        extractor="scorer",
        extractor_version="1",
    )
    made.content_hash = content_hash(made.title, made.text)
    return made


class Site:
    """A site whose runs are written as if they had been."""

    def __init__(self, data: Path, key: str = KEY) -> None:
        self.data, self.key = data, key

    def run(
        self, at: datetime, status: int = 0, articles: Sequence[Article] = (), why: str | None = None, **counts: int
    ) -> None:
        with SiteStore.open(
            self.data, self.key, run=f"{at:%Y%m%dT%H%M%SZ}-0000", clock=lambda: at, warc=False
        ) as store:
            for made in articles:
                store.write(made)
            Ledger(store.state).add(at.date().isoformat(), {"articles": len(articles)})
            store.seal()
            named = {name.replace("__", "/"): n for name, n in counts.items()}
            store.note_run({"status": status, "why": why, "counts": named})

    def stand(self, now: datetime = NOW) -> Standing:
        (standing,) = standings(self.data, self.data / "sites-of-ours", now, [self.key])
        return standing

    def file(self, text: str = "") -> Path:
        path = self.data / "sites-of-ours" / "own.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'key = "{self.key}"\n{text}[[editions]]\nhome = "https://{self.key}/"\n', "utf-8")
        return path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_site_whose_newest_articles_are_gone(site: Site) -> None:
    """One that lets go of its old articles is well; an editor takes down single ones."""
    days = [NOW - n * DAY for n in range(60)]
    site.run(NOW - 2 * HOUR, articles=[article(day) for day in days])
    site.run(NOW - HOUR, articles=[article(day, gone=True) for day in (*days[:5], *days[20:])])
    assert site.stand().condition == "well"
    site.run(NOW, articles=[article(day, gone=True) for day in days[5:12]])
    standing = site.stand()
    assert (standing.condition, standing.gate) == ("all_gone", (0.6, 0.5))
    assert "12 of its newest 20 articles are gone" in standing.reason
    failure = report_site(site.data, KEY, standing=standing).failures[0]
    assert (failure.gate, failure.value, failure.bound) == ("max_gone", 0.6, 0.5)
    site.file("thresholds = { max_gone = 1 }\n")
    assert site.stand().condition == "well"


def test_a_weekly_is_not_silent_after_a_fortnight_and_a_backfill_is_nothing_new(site: Site) -> None:
    weekly = [NOW - 14 * DAY - n * 7 * DAY for n in range(12)]
    site.run(NOW - 30 * DAY, articles=[article(day) for day in weekly])
    site.run(NOW)
    standing = site.stand()
    assert (standing.condition, standing.silent_days, standing.usual_pause) == ("well", 14, 7)
    later = NOW + 8 * DAY
    site.run(later, articles=[article(datetime(2015, 1, 1, tzinfo=UTC) + n * DAY) for n in range(40)], new=40)
    standing = site.stand(later)
    assert (standing.condition, standing.silent_days) == ("silent", 22), "years that were walked back to are old"


def test_an_archive_that_is_taken_in_once_is_not_called_silent(site: Site) -> None:
    days = [datetime(2024, 1, 31, tzinfo=UTC) - n * DAY for n in range(20)]
    site.run(NOW, articles=[article(day) for day in days])
    assert site.stand().condition == "well"
    site.run(NOW + 2 * DAY)
    assert site.stand(NOW + 2 * DAY).condition == "silent", "it is watched"


def test_silence_that_has_a_reason_tells_it(site: Site) -> None:
    site.run(NOW - 9 * DAY, articles=[article(NOW - 9 * DAY - n * DAY) for n in range(9)], new=9, rejected__no_text=5)
    for n in range(3):
        site.run(NOW - n * DAY, known=9, blocked__forbidden=4, rejected__forbidden=4)
    standing = site.stand()
    assert standing.condition == "silent"
    assert standing.reason.endswith("the runs since met 12 forbidden")
    assert "MAPEXPRESS_CONTACT" in standing.advice


def test_without_dates_the_days_that_brought_articles_count(site: Site) -> None:
    for n in range(9, 0, -1):
        at = NOW - 6 * DAY - n * DAY
        made = article(at)
        made.date_published = made.date_precision = None
        site.run(at, articles=[made], new=1)
    site.run(NOW)
    standing = site.stand()
    assert (standing.condition, standing.silent_days, standing.usual_pause) == ("silent", 7, 1)


def test_the_last_run_that_ended_by_itself_counts(site: Site) -> None:
    site.run(NOW - 5 * HOUR, new=3)
    site.run(NOW - 4 * HOUR, status=3, why="1 dns", away__dns=1)
    site.run(NOW - 3 * HOUR, status=143)
    site.run(NOW - 2 * HOUR, status=3, why="1 dns", away__dns=1)
    site.run(NOW - HOUR, status=130)
    standing = site.stand()
    assert (standing.condition, standing.status) == ("dead", 130)
    assert standing.since == NOW - 4 * HOUR
    assert standing.reason == "its host name is not known: 1 dns"
    site.run(NOW, new=1)
    assert site.stand().condition == "well"


@pytest.mark.parametrize(
    ("status", "counts", "condition", "words"),
    [
        (1, {"new": 3}, "bug", "bug"),
        (3, {}, "dead", "no way in shows any article"),
        (3, {"away__tls": 1}, "dead", "certificate"),
        (3, {"found": 9, "rejected__http_503": 7, "rejected__no_text": 2}, "dead", "server answers with errors"),
        (3, {"found": 9, "rejected__repeated_text": 7}, "dead", "one and the same notice"),
        (3, {"blocked__forbidden": 1}, "blocked", "1 forbidden"),
        (3, {"blocked__parked": 4, "blocked__login": 1}, "parked", "another page"),
        (4, {"blocked__challenge": 12}, "blocked", "12 challenge"),
        (5, {"new": 3}, "doubtful", "a gate, in words"),
    ],
)
def test_what_a_run_ended_with(site: Site, status: int, counts: dict[str, int], condition: str, words: str) -> None:
    site.run(NOW, status=status, why="a gate, in words" if status == 5 else None, **counts)
    standing = site.stand()
    assert standing.condition == condition
    assert words in standing.reason
    assert standing.advice
    gates = [failure.gate for failure in report_site(site.data, KEY, standing=standing).failures]
    assert gates == ([] if condition == "doubtful" else [condition])


def test_a_run_that_was_killed_and_one_that_is_active(site: Site) -> None:
    site.run(NOW - HOUR)
    program = f"""
import time
from datetime import datetime
from pathlib import Path
from mapexpress.dataset.store import SiteStore
now = datetime.fromisoformat({NOW.isoformat()!r})
store = SiteStore.open(Path({str(site.data)!r}), {KEY!r}, run="now", clock=lambda: now)
print("open", flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as active:
        assert active.stdout is not None
        assert active.stdout.readline() == "open\n"
        assert (site.stand().running, site.stand().condition) == (True, "well")
        active.kill()
        active.wait()
    assert (site.stand().running, site.stand().condition) == (False, "unfinished")
    site.run(NOW + HOUR)
    assert site.stand(NOW + HOUR).condition == "well"


def test_a_damaged_site_hides_no_other(site: Site) -> None:
    site.run(NOW, new=1)
    Site(site.data, "other.example").run(NOW, new=1)
    Layout(site.data, KEY).state.write_bytes(b"no database" * 500)
    first, second = standings(site.data, site.data / "none", NOW)
    assert (first.site, first.condition, second.condition) == (KEY, "damaged", "well")
    assert "verify --repair" in first.advice
    report = report_site(site.data, KEY, standing=first)
    assert len(report.summary.faults) == 1
    assert report.failures == []


def test_schedules_that_reach_a_site_no_more(site: Site) -> None:
    path = site.file()
    begun = (NOW - HOUR).timestamp()
    os.utime(path, (begun, begun))
    assert (site.stand().condition, site.stand().reason) == ("well", "not crawled yet")
    os.utime(path, (begun - 90_000, begun - 90_000))
    assert site.stand().condition == "never_run"
    for n in range(6, 0, -1):
        site.run(NOW - n * 2 * HOUR)
    assert site.stand().condition == "well"
    assert site.stand(NOW + DAY).condition == "overdue"
    assert "every 2 hours" in site.stand(NOW + DAY).reason
    path.unlink()
    assert site.stand(NOW + DAY).condition == "well", "a site without a file has no schedule"


def test_usual_pauses() -> None:
    last = date(2026, 11, 24)
    daily = [last - timedelta(days=n) for n in range(60)]
    assert usual_pause(daily) == 1
    assert usual_pause([day for day in daily if not 10 <= (last - day).days < 24]) == 1, "one holiday is not usual"
    monthly = [date(2026, month, 1) for month in range(11, 0, -1)]
    assert usual_pause(monthly) == 31
    assert usual_pause(daily[:2]) == 30


def test_counts_by_month_join_all_kinds() -> None:
    runs = [
        Run.read({"run": str(n), "ended": f"2026-{month}-01T00:00:00+00:00", "status": 0, "counts": counts})
        for n, (month, counts) in enumerate(
            [("10", {"new": 2, "returned": 1}), ("11", {"new": 1, "gone": 1}), ("11", {"revised": 3, "unchanged": 9})]
        )
    ]
    runs.append(Run.read({"counts": {"new": "many"}, "ended": 3, "status": "0"}))  # a stranger's line
    months = by_month(runs)
    assert list(months)[:2] == ["2026-11", "2026-10"]
    assert months["2026-11"] == {"runs": 2, "new": 1, "gone": 1, "revised": 3, "unchanged": 9}
    assert months["2026-10"] == {"runs": 1, "new": 2, "back": 1}
