"""`scrapy list-due` over sites that ran at different times and rates."""

import subprocess
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.between_runs.next_run import LONGEST, due
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, content_hash
from tests import forked

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "list-due" not in entry_points(group="scrapy.commands").names,
        reason="the package is not installed: make install",
    ),
]


def run(data: Path, key: str, ended: datetime, a_day: int) -> None:
    with SiteStore.open(data, key, run=f"{ended:%Y%m%dT%H%M%SZ}-0000", clock=lambda: ended, warc=False) as store:
        ledger = Ledger(store.state)
        for back in range(3):
            ledger.add((ended - timedelta(days=back)).date().isoformat(), {"articles": a_day})
        store.seal()


def list_due(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = ("-s", f"MAPEXPRESS_SITES={folder / 'sites'}", "-s", f"MAPEXPRESS_DATA={folder / 'data'}")
    return forked.scrapy("list-due", *arguments, *settings)


def test_sites_come_in_the_order_of_their_turn(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    for name in ("new", "busy", "slow", "rested"):
        home = f'[[editions]]\nhome = "https://{name}.example/"\n'
        (tmp_path / f"sites/{name}.toml").write_text(home, "utf-8")
    run(tmp_path / "data", "busy", NOW - timedelta(minutes=40), 60)
    run(tmp_path / "data", "slow", NOW - timedelta(hours=3), 4)
    run(tmp_path / "data", "rested", NOW - timedelta(hours=30), 0)
    done = list_due(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["rested", "busy", "new"]
    table = list_due(tmp_path, "--all").stdout.splitlines()
    assert [line.split()[0] for line in table] == ["rested", "busy", "new", "slow"]
    assert "never" in table[2]


def test_no_site_files_are_a_line_that_says_what_to_do(tmp_path: Path) -> None:
    done = list_due(tmp_path)
    assert done.returncode == 2
    assert "addsite" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_first_run_is_no_rate(tmp_path: Path) -> None:
    """What a site shows at once is days of articles; only the days after it tell how often it publishes."""
    with SiteStore.open(tmp_path, "x", run="20260501T000000Z-0000", clock=lambda: NOW, warc=False) as store:
        ledger = Ledger(store.state)
        ledger.add("2026-05-01", {"articles": 900})
        for day in range(2, 9):
            ledger.add(f"2026-05-{day:02}", {"articles": 1})
        store.seal()
    turn = due(Layout(tmp_path, "x"), NOW)
    assert turn.articles_a_day == 1
    assert turn.interval == LONGEST


def published(days_ago: float, number: int) -> Article:
    url = f"https://news.example/{number}/"
    date = (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")
    return Article(
        id=f"{number:032}", site="x", url=url, canonical_url=url, title="Port", text="Il pleut.", date_published=date,
        content_hash=content_hash("Port", "Il pleut."), extractor_version="1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days_ago", "rate"),
    [
        ([400 + n for n in range(194)], 0),  # an archive of a site that is silent, taken in today
        ([400 + n for n in range(194)] + [n / 24 for n in range(1, 25)], 24),  # and of one that is not
        ([14 * n / 28 for n in range(28)], 2),
        ([0.1, 0.2, 0.3], 3 / 14),
        ([-30, 500], 0),  # dates of the future are none
    ],
    ids=["silent", "busy", "steady", "few", "future"],
)
def test_dates_of_publication_tell_how_often_a_site_publishes(
    tmp_path: Path, days_ago: list[float], rate: float
) -> None:
    with SiteStore.open(tmp_path, "x", run="20260501T000000Z-0000", clock=lambda: NOW, warc=False) as store:
        for number, age in enumerate(days_ago):
            store.write(published(age, number))
        Ledger(store.state).add(NOW.date().isoformat(), {"articles": len(days_ago)})
        store.seal()
    assert due(Layout(tmp_path, "x"), NOW).articles_a_day == pytest.approx(rate, rel=0.1)


def test_a_run_that_did_not_end_is_due_at_once(tmp_path: Path) -> None:
    SiteStore.open(tmp_path, "x", run="20260501T000000Z-0000", clock=lambda: NOW, warc=False).close()
    assert due(Layout(tmp_path, "x"), NOW).at(NOW) == NOW


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=400)])
def test_a_run_of_the_future_keeps_no_site_from_its_turn(tmp_path: Path, ahead: timedelta) -> None:
    run(tmp_path, "x", NOW - timedelta(hours=30), 1)
    run(tmp_path, "x", NOW + ahead, 0)
    assert due(Layout(tmp_path, "x"), NOW).at(NOW) <= NOW
    run(tmp_path, "x", NOW - timedelta(minutes=1), 0)
    assert due(Layout(tmp_path, "x"), NOW).last == (NOW - timedelta(minutes=1)).replace(microsecond=0)


def test_its_clock_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/x.toml").write_text('[[editions]]\nhome = "https://x.example/"\n', "utf-8")
    run(tmp_path / "data", "x", NOW - timedelta(minutes=5), 0)
    assert list_due(tmp_path).stdout == ""
    later = (NOW + timedelta(hours=13)).isoformat()
    assert list_due(tmp_path, "-s", f"MAPEXPRESS_NOW={later}").stdout == "x\n"
