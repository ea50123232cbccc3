"""Signals at moments that no one hits by hand."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from fixtures.posts import Case
from fixtures.server import SiteServer
from tests.end_to_end.support import Runner


def test_a_signal_while_the_engine_starts_is_not_forgotten(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    run = runner.run(site.url, tmp_path, EXTENSIONS='{"tests.end_to_end.faulty.EarlySignal": 0}')
    assert run.status == 130, run.output
    assert "Traceback" not in run.output
    assert run.records == []


def test_what_came_before_a_signal_and_was_not_read_is_read_by_the_next_run(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    """Reading what waits would make the end take as long as there are pages: it is kept, and not asked for again."""
    run = runner.run(site.url, tmp_path, EXTENSIONS='{"tests.end_to_end.faulty.StopAtAnArticle": 0}')
    assert run.status == 143, run.output
    assert "Traceback" not in run.output
    assert run.records == []
    with closing(sqlite3.connect(tmp_path / "sites/mapexpress/state.sqlite")) as state:
        kept = {urlsplit(url).path for (url,) in state.execute("SELECT url FROM pending")}
    assert kept
    seen = len(site.hits)
    again = runner.run(site.url, tmp_path)
    assert again.status == 0, again.output
    assert Counter(again.urls) == Counter(stored.keys())
    assert not kept & {hit.target for hit in site.hits[seen:]}
    (month,) = (tmp_path / "sites/mapexpress/runs").iterdir()
    first, second = map(json.loads, month.read_text("utf-8").splitlines())
    assert (first["status"], first["reason"], first["counts"].get("stored", 0)) == (143, "shutdown", 0)
    assert (second["status"], second["reason"], second["counts"]["stored"]) == (0, "finished", len(stored))


def test_answers_and_signals_do_not_wait_for_the_page_that_is_being_read(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    run = runner.run(site.url, tmp_path, EXTENSIONS='{"tests.end_to_end.faulty.StopAtAPageThatStays": 0}')
    assert run.status == 143, run.output
    assert "Traceback" not in run.output
    assert "TimeoutError" not in run.output
    assert run.records == []  # nobody waits for it
    again = runner.run(site.url, tmp_path, EXTENSIONS='{"tests.end_to_end.faulty.PageThatWaits": 0}')
    assert again.status == 0, again.output
    assert Counter(again.urls) == Counter(stored.keys())
