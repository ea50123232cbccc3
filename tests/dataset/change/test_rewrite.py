"""Forgetting leaves a dataset that verifies, and nothing of what is forgotten."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.state.frontier import Entry
from mapexpress.dataset.state.visits import Visit, Visits
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget
from mapexpress.errors import UsageError

SITE = "news.example"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


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


def open_store(layout, run="later"):
    return SiteStore.open(layout.data, SITE, run=run)


@pytest.mark.parametrize("merged", [False, True])
def test_what_is_forgotten_is_nowhere_and_stays_away(layout, article, exchange, rejection, merged, lines):
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


def test_answers_that_show_what_is_forgotten_go_too(layout, article, exchange):
    """Today's answers of ways in, what is remembered of them, and the state that a rebuild kept aside."""
    feed = b"<rss><link>https://news.example/actualite/3/</link><link>https://news.example/actualite/5/</link></rss>"
    with open_store(layout) as store:
        kept = store.capture(exchange(900, b"<rss/>", content="feed"))
        shown = store.capture(exchange(901, feed, content="feed"))
        entries = tuple(Entry(url=article(n).url, kind="article") for n in (3, 5))
        Visits(store.state).put(Visit(url="https://news.example/feed/", asked="", checked_at=NOW, entries=entries))
        store.seal()
    layout.state.with_name("state.sqlite.old").write_bytes(b"actualite/3/")
    with open_store(layout, "forget") as store:
        forget(store, url=article(3).url, software=SOFTWARE)
        assert store.response(kept) is not None
        assert store.response(shown) is None
        assert Visits(store.state).last("https://news.example/feed/", "").entries == entries[1:]
    for path in layout.data.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"actualite/3/" not in (gzip.decompress(data) if path.suffix == ".gz" else data), path


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"<b>Notice</b>: printed by a plugin\n"])
def test_a_rest_answer_loses_only_the_post_that_is_forgotten(tmp_path, article, exchange, before):
    posts = [{"id": n, "link": article(n).url, "content": {"rendered": f"texte {n}"}} for n in (1, 2)]
    headers = [("Content-Type", "application/json")]
    with SiteStore.open(tmp_path, SITE, run="rest") as store:
        answer = store.capture(exchange(0, before + json.dumps(posts).encode(), headers=headers, content="rest"))
        for n in (1, 2):
            store.write(article(n, warc_record_id=answer, source_id=str(n), extractor="rest"))
        store.seal()
        assert "1 responses" in forget(store, url=article(1).url, software=SOFTWARE)
        assert [post["id"] for post in json.loads(store.response(answer).body)] == [2]
    layout = Layout(tmp_path, SITE)
    assert verify(layout).faults == []
    with SiteStore.open(tmp_path, SITE, run="tomorrow", clock=lambda: datetime.now(UTC) + timedelta(days=1)) as store:
        store.compact()
    assert (verify(layout).faults, verify(layout).responses) == ([], 1)


@pytest.mark.slow
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
    assert run("forget", "--site", SITE).returncode == 0
    assert sorted(path.name for path in layout.site.iterdir()) == ["forgotten", "lock"]
    assert not layout.dataset.exists()
    with pytest.raises(UsageError, match="forgotten on request"):
        open_store(layout)


def test_a_redirect_and_a_response_whose_file_is_gone_are_erased_too(layout, article, exchange):
    with open_store(layout) as store:
        head = [("Location", article(3).url), ("Content-Type", "text/html")]
        moved = store.capture(exchange(902, b"", status=301, headers=head, content="redirect"))
        warc = store.state.response(store.known(article(3).id).warc_record_id).warc
        (name,) = store.state.one("SELECT name FROM warcs WHERE warc = ?", warc)
        (layout.warc / name).unlink()
        forget(store, url=article(3).url, software=SOFTWARE)
        assert store.response(moved) is None
        assert store.state.one("SELECT 1 FROM responses WHERE url = ?", article(3).url) is None
    assert b"actualite/3/" not in layout.state.read_bytes()


def test_a_site_that_is_half_erased_is_erased_by_whoever_comes_next(layout):
    for reads in (True, False):
        (layout.site / "forgotten").write_text("the whole site\n")
        layout.warc.mkdir(exist_ok=True)
        (layout.warc / "left.warc.gz").write_bytes(b"left")
        if reads:
            assert verify(layout).faults == []
        else:
            with pytest.raises(UsageError, match="forgotten on request"):
                open_store(layout)
        assert sorted(path.name for path in layout.site.iterdir()) == ["forgotten", "lock"]
        assert not layout.dataset.exists()
