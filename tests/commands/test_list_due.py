"""`scrapy list-due` over sites that ran at different times and rates."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.between_runs.next_run import LONGEST, due
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.store import SiteStore

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
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "list-due", *arguments, *settings],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
