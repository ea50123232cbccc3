"""Crawls started with closed or full standard streams store all the same."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.server import SiteServer

ROOT = Path(__file__).parents[2]


def crawl(site: SiteServer, data: Path, redirected: str, *options: str) -> tuple[int, str, str, int]:
    """Status, what came on both streams, and the number of records that are stored."""
    settings = {
        "MAPEXPRESS_DATA": str(data), "MAPEXPRESS_ALLOW_HOSTS": site.url.removeprefix("http://"),
        "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    command = [sys.executable, "-m", "scrapy", "crawl", "mapexpress", "-a", f"base_url={site.url}", "-a", "limit=3"]
    command += [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    done = subprocess.run(
        ["bash", "-c", f"{shlex.join([*command, *options])} {redirected}"],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    lines = 0
    for part in data.glob("sites/*/manifest/*.json"):
        lines += sum(e["lines"] for e in json.loads(part.read_bytes())["parts"] if e["kind"] == "records")
    return done.returncode, done.stdout, done.stderr, lines


@pytest.mark.parametrize("redirected", ["2>&-", ">&- 2>&- <&-", "2>/dev/full"])
def test_nobody_listens(site: SiteServer, tmp_path: Path, redirected: str) -> None:
    status, out, err, stored = crawl(site, tmp_path, redirected)
    assert (status in (0, 5), out, err, stored) == (True, "", "", 3)


def test_records_for_an_output_that_is_full_are_stored_and_the_status_says_so(site: SiteServer, tmp_path: Path) -> None:
    status, _, err, stored = crawl(site, tmp_path, ">/dev/full", "-O", "-:jsonl")
    assert (status, "Traceback" in err, stored >= 1) == (6, False, True), err
    assert err.splitlines()[-1].startswith("scrapy crawl: cannot write to standard output: No space left")


def test_a_reader_of_records_that_has_seen_enough_ends_nothing(site: SiteServer, tmp_path: Path) -> None:
    status, _, err, stored = crawl(site, tmp_path, "| true; exit ${PIPESTATUS[0]}", "-O", "-:jsonl")
    assert (status in (0, 5), "Traceback" in err, stored) == (True, False, 3), err
