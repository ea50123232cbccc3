"""Pages that never come to their end: the run goes on, and ends when it is told to."""

import time
from collections import Counter
from pathlib import Path

from fixtures.posts import Case
from fixtures.server import SiteServer
from tests.end_to_end.support import Runner

GENEROUS = 60  # seconds; without an end the page has days


def test_a_page_that_holds_the_interpreter_is_read_in_the_confined_process(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    run = runner.run(
        site.url, tmp_path, MAPEXPRESS_PAGE_SECONDS="3", EXTENSIONS='{"tests.end_to_end.faulty.PageInCircles": 0}'
    )
    assert run.status == 0, run.output
    assert "not at its end after 3 seconds" in run.output
    assert Counter(run.urls) == Counter(stored.keys())


def test_a_page_that_the_confined_process_does_not_read_either_is_given_up(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    run = runner.run(
        site.url,
        tmp_path,
        MAPEXPRESS_PAGE_SECONDS="3",
        MAPEXPRESS_EXTRACTION_SECONDS="0.001",
        EXTENSIONS='{"tests.end_to_end.faulty.PageInALoop": 0}',
    )
    assert run.status == 0, run.output
    slow = {url for url, reason in run.rejections.items() if reason == "too_slow"}
    assert len(slow) == 1
    assert Counter(run.urls) == Counter(set(stored) - slow)


def test_a_listing_that_is_not_read_in_time_ends_nothing(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    run = runner.run(
        site.url,
        tmp_path,
        "via=listing",
        "lang=fr",
        MAPEXPRESS_PAGE_SECONDS="3",
        EXTENSIONS='{"tests.end_to_end.faulty.ListingsInCircles": 0}',
    )
    assert run.status == 0, run.output
    assert "too_slow" in run.output
    assert set(run.urls) <= set(stored)
    assert run.urls


def test_sigterm_ends_a_run_whose_page_holds_the_interpreter(
    runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path
) -> None:
    began = time.monotonic()
    run = runner.run(
        site.url,
        tmp_path,
        MAPEXPRESS_PAGE_SECONDS="1000",
        EXTENSIONS='{"tests.end_to_end.faulty.StopAtAPageInCircles": 0}',
    )
    assert time.monotonic() - began < GENEROUS
    assert run.status == 143, run.output
    assert "Traceback" not in run.output
    again = runner.run(site.url, tmp_path)
    assert again.status == 0, again.output
    assert Counter(again.urls) == Counter(stored.keys())
