import gzip
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.tables import MIGRATIONS
from mapexpress.dataset.store import SiteStore
from mapexpress.errors import BusyError, StorageError, UsageError

SITE = "news.example"


def lines(data: Path, pattern: str = "dataset/*/*/*.jsonl.gz") -> list[dict]:
    return [json.loads(line) for path in sorted(data.glob(pattern)) for line in gzip.open(path)]


def test_stores_seals_and_remembers(tmp_path, article, rejection):
    with SiteStore.open(tmp_path, SITE, run="r1", clock=lambda: datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) as store:
        assert [store.write(article(n)) for n in range(3)] == ["new"] * 3
        assert store.write(rejection(9)) == "rejected"
        manifest = store.seal()
    assert manifest["counts"] == {"new": 3}
    assert manifest["rejected"] == {"no_text": 1}
    assert [line["title"] for line in lines(tmp_path)] == ["Dépêche 0", "Dépêche 1", "Dépêche 2"]
    assert [p.parent.name for p in tmp_path.glob("dataset/*/*/*")] == ["ingested=2026-11-24"]
    assert not list(Layout(tmp_path, SITE).open.iterdir())
    with SiteStore.open(tmp_path, SITE, run="r2") as store:
        assert store.outcome(article(1).url).kind == "stored"
        assert store.outcome("http://www.news.example/actualite/1").record_id == article(1).id
        assert store.outcome(rejection(9).url).reason == "no_text"
        assert store.outcome("https://news.example/never/") is None
        assert store.write(article(1)) == "unchanged"
        assert store.write(rejection(9)) == "unchanged"
        assert store.seal() is None


def test_changed_text_becomes_the_next_revision(tmp_path, article):
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        store.write(article(1))
        changed = article(1, "Il neige sur Ifrane.")
        assert store.write(changed) == "revised"
        store.seal()
    assert [(r["revision"], r["previous_hash"]) for r in lines(tmp_path)] == [(1, None), (2, article(1).content_hash)]


def test_a_rejection_does_not_unstore_an_article(tmp_path, article, rejection):
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        store.write(article(1))
        store.write(rejection(1, "timeout"))
        store.write(rejection(1, "timeout"))
        outcome = store.outcome(article(1).url)
        assert (outcome.kind, outcome.reason, outcome.attempts) == ("stored", "timeout", 2)


def test_responses_without_an_outcome_are_listed_until_they_have_one(tmp_path, article, exchange):
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        ids = [store.capture(exchange(n)) for n in range(2)]
        store.capture(exchange(5, content="feed"))
        store.write(article(0, warc_record_id=ids[0]))
    with SiteStore.open(tmp_path, SITE, run="r2") as store:
        assert [p.url for p in store.unprocessed()] == [article(1).url]
        assert store.response(ids[1]).body == exchange(1).body
        store.settle(article(1).url, like=article(0).url)
        assert not list(store.unprocessed())


def test_a_write_that_fails_anywhere_ends_all_writing(tmp_path, article):
    """SQLite may undo the whole transaction: a record that was to be committed with it is not committed later."""
    told = []
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        store.write(article(1))
        store.flush()
        store.on_failure(told.append)
        (pages,) = store.state.one("PRAGMA page_count")
        store.state.one(f"PRAGMA max_page_count = {pages}")
        store.write(article(2))
        with pytest.raises(StorageError, match="free space"):
            store.state.write("INSERT INTO meta VALUES ('large', zeroblob(100000))")
        for write in (store.flush, store.seal, lambda: store.write(article(3)), store.state.commit):
            with pytest.raises(StorageError, match="free space"):
                write()
        assert len(told) == 1
    with SiteStore.open(tmp_path, SITE, run="r2") as store:
        assert [store.write(article(n)) for n in (1, 2, 3)] == ["unchanged", "new", "new"]
        store.seal()
    assert sorted(line["id"] for line in lines(tmp_path)) == sorted(article(n).id for n in (1, 2, 3))


def test_what_was_not_flushed_never_was(tmp_path, article):
    code = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, content_hash
store = SiteStore.open(Path(sys.argv[1]), "{SITE}", run="r1")
for n in range(6):
    u = f"https://news.example/actualite/{{n}}/"
    store.write(Article(id=str(n), site="{SITE}", url=u, title="T", text="t", content_hash=content_hash("T", "t")))
    if n == 3:
        store.flush()
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == -signal.SIGKILL
    open_part = next(Layout(tmp_path, SITE).open.iterdir())
    with open_part.open("ab") as file:
        file.write(b'{"torn')
    with SiteStore.open(tmp_path, SITE, run="r2") as store:
        assert [r["id"] for r in lines(tmp_path)] == ["0", "1", "2", "3"]
        assert store.outcome(article(3).url).kind == "stored"
        assert store.outcome(article(4).url) is None
        assert store.seal() is None
    assert json.loads((Layout(tmp_path, SITE).manifests / "r1.json").read_text())["counts"] == {"new": 4}


def test_an_open_part_cut_by_others_costs_only_the_cut_articles(tmp_path, article):
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        for n in range(4):
            store.write(article(n))
    part = next(Layout(tmp_path, SITE).open.iterdir())
    os.truncate(part, part.stat().st_size - 10)
    with SiteStore.open(tmp_path, SITE, run="r2") as store:
        assert store.outcome(article(2).url).kind == "stored"
        assert store.outcome(article(3).url) is None
        assert store.write(article(3)) == "new"
        store.seal()
    assert sorted(r["title"] for r in lines(tmp_path)) == [f"Dépêche {n}" for n in range(4)]


WRITER = """
import sys, random
from pathlib import Path
from mapexpress.dataset.store import SiteStore, new_run_id
from mapexpress.dataset.files.warc import Exchange
from mapexpress.model.record import Article, content_hash
store = SiteStore.open(Path(sys.argv[1]), "news.example", run=new_run_id())
for n in range(400):
    url = f"https://news.example/actualite/{n}/"
    if store.outcome(url):
        continue
    when = "2026-11-24T00:00:00+00:00"
    kept = store.capture(Exchange(url=url, status=200, body=b"x" * random.randrange(3000), fetched_at=when))
    store.write(Article(id=f"{n:032}", site="news.example", url=url, canonical_url=url, title="T", text="t" * 500,
                        content_hash=content_hash("T", "t" * 500), warc_record_id=kept))
    print(n, flush=True)
    if n % 7 == 0:
        store.flush()
store.seal()
store.close()
print("complete", flush=True)
"""


@pytest.mark.slow
def test_killed_at_random_moments_every_record_is_there_once(tmp_path):
    moments, kills, out = random.Random(1), 0, b""
    while b"complete" not in out:
        process = subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "data"], stdout=subprocess.PIPE)
        read = 0
        while read < moments.randrange(60, 120) and (out := process.stdout.readline()) and b"complete" not in out:
            read += 1
        time.sleep(moments.random() * 0.01)
        process.kill()
        process.wait()
        process.stdout.close()
        kills += 1
    stored = lines(tmp_path / "data")
    assert kills >= 4
    assert sorted(r["id"] for r in stored) == [f"{n:032}" for n in range(400)]
    with SiteStore.open(tmp_path / "data", SITE, run="check") as store:
        assert all(store.response(r["warc_record_id"]) is not None for r in stored)
        assert not list(store.unprocessed())


def _write_many(store, article):
    for n in range(1, 2000):
        store.write(article(n, "x" * 2000))
        if n % 10 == 0:
            store.flush()


def test_full_disk_is_one_message_and_damages_nothing(tmp_path, article):
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        store.write(article(0))
        store.seal()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = SiteStore.open(tmp_path, SITE, run="r2")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
        with pytest.raises(StorageError, match="and run the same command again") as told:
            _write_many(store, article)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(told.value)
    with pytest.raises(StorageError) as again:
        store.write(article(1))
    assert str(again.value) == str(told.value)
    store.close()
    with SiteStore.open(tmp_path, SITE, run="r3") as store:
        for n in range(100):
            store.write(article(n, "x" * 2000) if n else article(0))
        store.seal()
    assert sorted(r["title"] for r in lines(tmp_path)) == sorted(f"Dépêche {n}" for n in range(100))


def test_unwritable_folder_is_one_line(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageError, match="set MAPEXPRESS_DATA to a folder") as told:
        SiteStore.open(tmp_path / "data", SITE, run="r1")
    assert "\n" not in str(told.value)


def test_second_run_is_refused_with_the_holder_named(tmp_path):
    with (
        SiteStore.open(tmp_path, SITE, run="first"),
        pytest.raises(BusyError, match=f"run first, process {os.getpid()}"),
    ):
        SiteStore.open(tmp_path, SITE, run="second")
    SiteStore.open(tmp_path, SITE, run="third").close()


def test_the_lock_dies_with_its_process_while_a_forked_worker_lives(tmp_path):
    code = f"""
import os, sys, time
from pathlib import Path
from mapexpress.dataset.store import SiteStore
store = SiteStore.open(Path(sys.argv[1]), "{SITE}", run="first")
if os.fork() == 0:
    time.sleep(20)
    os._exit(0)
print("held", flush=True)
time.sleep(20)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"run first, process {process.pid}"):
            SiteStore.open(tmp_path, SITE, run="second")
        process.kill()
        process.wait()
        SiteStore.open(tmp_path, SITE, run="third").close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()


@pytest.mark.parametrize("readonly", [False, True])
def test_state_of_an_older_version_is_brought_up_to_date_on_open(tmp_path, readonly):
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        old.execute("INSERT INTO meta VALUES ('kept', 'yes')")
    old.close()
    state = State(path, readonly=readonly)
    assert state.meta("kept") == "yes"
    assert state.one("PRAGMA user_version") == (len(MIGRATIONS),)
    assert state.one("SELECT count(*) FROM sqlite_schema WHERE name = 'urls_young'") == (1,)
    state.close()


def test_state_of_a_newer_version_or_none_at_all_is_refused(tmp_path, article):
    path = Layout(tmp_path, SITE).state
    with SiteStore.open(tmp_path, SITE, run="r1") as store:
        store.write(article(1))
        store.seal()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StorageError, match="newer"):
        SiteStore.open(tmp_path, SITE, run="r2")
    path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(StorageError, match="damaged: rebuild it with scrapy verify --rebuild-state"):
        SiteStore.open(tmp_path, SITE, run="r2")
    path.unlink()
    with pytest.raises(StorageError, match="missing; rebuild it"):
        SiteStore.open(tmp_path, SITE, run="r2")


def test_bad_run_id_is_refused(tmp_path):
    with pytest.raises(UsageError, match="bad run id"):
        SiteStore.open(tmp_path, SITE, run="../r1")
