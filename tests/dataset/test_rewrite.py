"""Forgetting leaves a dataset that verifies, and nothing of what is forgotten."""

import gzip
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from mapexpress.dataset.forget import forget
from mapexpress.dataset.layout import Layout
from mapexpress.dataset.store import SOFTWARE, SiteStore
from mapexpress.dataset.verify import verify

SITE = "news.example"


@pytest.fixture
def layout(tmp_path, article, rejection, exchange):
    for run in range(4):
        clock = lambda: datetime(2026, 11, 20, 12, tzinfo=UTC)  # noqa: E731
        with SiteStore.open(tmp_path, SITE, run=f"20261120T12000{run}Z-aaaa", clock=clock) as store:
            for n in range(run * 2, run * 2 + 2):
                store.write(article(n, warc_record_id=store.capture(exchange(n))))
            store.write(rejection(90 + run))
            store.seal()
    return Layout(tmp_path, SITE)


def lines(layout):
    return [
        line
        for path in sorted(layout.dataset.glob("*/*.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def open_store(layout, run="later"):
    return SiteStore.open(layout.data, SITE, run=run)


@pytest.mark.parametrize("merged", [False, True])
def test_what_is_forgotten_is_nowhere_and_stays_away(layout, article, exchange, rejection, merged):
    with open_store(layout) as store:
        if merged:
            store.compact()
        assert "1 lines and 1 responses erased" in forget(store, url=article(3).url, software=SOFTWARE)
        forget(store, url=rejection(91).url, software=SOFTWARE)
    assert [b"/actualite/3/" in line for line in lines(layout)] == [False] * 7
    for path in layout.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            plain = gzip.decompress(data) if path.suffix == ".gz" else data
            assert b"actualite/3/" not in plain, path
            assert article(3).id.encode() not in plain, path
    assert verify(layout).faults == []
    with open_store(layout, "again") as store:
        assert store.outcome(article(3).url).kind == "forgotten"
        assert store.write(article(3)) == "forgotten"
        assert store.write(rejection(3)) == "forgotten"
        assert store.response(store.known(article(7).id).warc_record_id).body == exchange(7).body


def test_the_commands(layout, article):
    def run(*options):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *options, "--data", layout.data],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    assert run("compact").stdout == "news.example: 6 parts and 4 WARC files fewer\n"
    assert "1 responses erased; 1 addresses never fetched again" in run("forget", "--id", article(2).id).stdout
    assert run("verify").returncode == 0
    assert run("forget").returncode == 2
    assert run("forget", "--id", "unknown").returncode == 2
    assert run("forget", "--site", SITE, "--all").returncode == 0
    assert not layout.site.exists()
    assert not layout.dataset.exists()
