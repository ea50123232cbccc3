"""A state that is not the one of the files beside it is made again before all else; the right one never."""

import logging
import shutil
import sqlite3
from contextlib import closing

import pytest

from mapexpress.dataset.change.generation import generation_of, noted_generation
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.repair import repair
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.revisions import tombstone
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget
from mapexpress.errors import StorageError
from mapexpress.model.record import Rejection

SITE = "news.example"


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "data", SITE)


@pytest.fixture
def run(layout, article, exchange, rejection):
    """Store these articles in a run of its own, which begins and ends as a crawl does."""
    count = 0

    def store_all(*numbers, text="Il pleut sur Rabat."):
        nonlocal count
        count += 1
        with SiteStore.open(layout.data, layout.key, run=f"20261124T00000{count}Z-aaaa") as store:
            store.capture(exchange(500 + count, content="feed"))
            written = [store.write(article(n, text, warc_record_id=store.capture(exchange(n)))) for n in numbers]
            store.write(rejection(90 + count))
            store.seal()
        return written

    return store_all


def back_up(layout, target):
    with closing(sqlite3.connect(layout.state)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def warnings(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


@pytest.mark.parametrize("kept", ["empty", "tables only"])
def test_an_empty_state_is_made_again(layout, run, article, caplog, kept):
    run(0, 1, 2)
    run(1, 3, text="Il neige.")
    layout.state.unlink()
    if kept == "empty":
        layout.state.write_bytes(b"")
    else:
        State(layout.state).close()
    assert any("the state knows nothing of the files beside it" in fault for fault in verify(layout).faults)
    assert run(0, 2) == ["unchanged", "unchanged"]
    assert run(4) == ["new"]
    assert run(1, text="Il vente.") == ["revised"]
    (line,) = warnings(caplog)
    assert line.endswith("it is made again from parts and responses")
    found = verify(layout)
    assert (found.faults, found.records) == ([], 7)
    with SiteStore.open(layout.data, SITE, run="look") as store:
        assert store.known(article(1).id).revision == 3


def test_a_backup_from_before_other_runs_is_made_again(layout, run, article, tmp_path, caplog):
    run(0, 1)
    back_up(layout, tmp_path / "backup")
    run(1, 2, text="Il neige.")
    with SiteStore.open(layout.data, SITE, run="20261125T000000Z-aaaa") as store:
        gone = store.latest(store.known(article(0).id))
        assert store.write(tombstone(gone, _gone(article(0)))) == "gone"
        store.seal()
    responses = verify(layout).responses
    shutil.copy(tmp_path / "backup", layout.state)
    with SiteStore.open(layout.data, SITE, run="look") as store:
        assert store.outcome(article(0).url).kind == "gone"
        assert (store.known(article(0).id).revision, store.known(article(0).id).status) == (2, "gone")
        assert store.known(article(1).id).revision == 2
        assert store.write(article(2, "Il neige.")) == "unchanged"
        assert list(store.unprocessed()) == []
    assert len(warnings(caplog)) == 1
    found = verify(layout)
    assert (found.faults, found.responses) == ([], responses)


def _gone(article):
    return Rejection(url=article.url, stage="fetch", reason="http_410", http_status=410, site=SITE)


def test_a_backup_taken_while_a_run_was_active_is_made_again(layout, run, article, exchange, tmp_path, caplog):
    run(0)
    with SiteStore.open(layout.data, SITE, run="20261125T000000Z-aaaa") as store:
        store.write(article(1, warc_record_id=store.capture(exchange(1))))
        store.flush()
        back_up(layout, tmp_path / "backup")
        store.write(article(2, warc_record_id=store.capture(exchange(2))))
        store.seal()
    shutil.copy(tmp_path / "backup", layout.state)
    with SiteStore.open(layout.data, SITE, run="look") as store:
        assert [store.outcome(article(n).url).kind for n in range(3)] == ["stored"] * 3
    assert len(warnings(caplog)) == 1
    found = verify(layout)
    assert (found.faults, found.records, found.responses) == ([], 3, 3)


def test_a_backup_from_before_an_erasure_does_not_bring_back_what_was_erased(layout, run, article, tmp_path):
    run(0, 1, 2)
    back_up(layout, tmp_path / "backup")
    with SiteStore.open(layout.data, SITE, run="forget") as store:
        forget(store, url=article(1).url, software=SOFTWARE)
    shutil.copy(tmp_path / "backup", layout.state)
    with SiteStore.open(layout.data, SITE, run="look") as store:
        assert store.outcome(article(1).url).kind == "forgotten"
    assert not layout.state.with_name("state.sqlite.old").exists(), "it told of what was erased"
    left = [path for path in layout.site.iterdir() if path.is_file() and article(1).url.encode() in path.read_bytes()]
    assert left == []
    assert run(1) == ["forgotten"]
    assert verify(layout).faults == []


def test_the_state_of_another_folder_is_made_again(layout, run, article, exchange, tmp_path, caplog):
    run(0, 1)
    with SiteStore.open(tmp_path / "other", "other.example", run="r1") as store:
        for n in range(10, 15):
            store.write(article(n, site="other.example", warc_record_id=store.capture(exchange(n))))
        store.seal()
    for n in range(4):  # further on than this one
        SiteStore.open(tmp_path / "other", "other.example", run=f"r{n + 2}").close()
    shutil.copy(Layout(tmp_path / "other", "other.example").state, layout.state)
    assert any("not the one of the files" in fault for fault in verify(layout).faults)
    assert run(0, 1) == ["unchanged", "unchanged"]
    assert run(10) == ["new"]
    assert len(warnings(caplog)) == 1
    assert verify(layout).faults == []


@pytest.mark.parametrize("cut", [100, 5000, "half"])
def test_a_state_that_is_cut_off_is_refused_and_mended(layout, run, cut):
    run(*range(20))
    data = layout.state.read_bytes()
    layout.state.write_bytes(data[: len(data) // 2 if cut == "half" else cut])
    with pytest.raises(StorageError, match="rebuild it with scrapy verify --rebuild-state"):
        SiteStore.open(layout.data, SITE, run="look")
    repair(layout, "mend")
    assert verify(layout).faults == []
    assert run(*range(20)) == ["unchanged"] * 20


def drop_generations(layout):
    """As a version left it that knew of none."""
    layout.generation.unlink()
    with closing(sqlite3.connect(layout.state)) as db, db:
        db.execute("DELETE FROM meta WHERE key = 'generation'")


def test_a_folder_from_before_there_were_generations_goes_on_without_a_word(layout, run, caplog):
    run(0, 1)
    run(2)
    drop_generations(layout)
    assert verify(layout).faults == []
    before = layout.state.stat().st_ino
    assert run(0, 3) == ["unchanged", "new"]
    assert warnings(caplog) == []
    assert layout.state.stat().st_ino == before
    assert verify(layout).faults == []
    assert noted_generation(layout) is not None


def test_a_folder_from_before_there_were_generations_is_told_from_its_manifests(layout, run, tmp_path, caplog):
    run(0)
    drop_generations(layout)
    back_up(layout, tmp_path / "backup")
    run(1)
    drop_generations(layout)
    shutil.copy(tmp_path / "backup", layout.state)
    assert run(0, 1) == ["unchanged", "unchanged"]
    assert "manifests" in warnings(caplog)[0]
    assert verify(layout).faults == []


def test_a_backup_from_before_an_erasure_is_told_without_generations_too(layout, run, article, tmp_path):
    run(0, 1)
    back_up(layout, tmp_path / "backup")
    with SiteStore.open(layout.data, SITE, run="forget") as store:
        forget(store, url=article(1).url, software=SOFTWARE)
    shutil.copy(tmp_path / "backup", layout.state)
    drop_generations(layout)
    assert any("forgotten" in fault for fault in verify(layout).faults)
    assert run(1) == ["forgotten"]
    assert verify(layout).faults == []


@pytest.mark.parametrize("noted", [None, b"", b"\x00\xff nonsense"])
def test_a_lost_note_is_made_again(layout, run, caplog, noted):
    run(0)
    layout.generation.unlink()
    if noted is not None:
        layout.generation.write_bytes(noted)
    assert verify(layout).faults == []
    assert run(0) == ["unchanged"]
    assert warnings(caplog) == []
    state = State(layout.state, readonly=True)
    assert generation_of(state) == noted_generation(layout)
    state.close()


def test_a_state_ahead_of_its_note_is_right(layout, run, caplog):
    """Killed between the two."""
    run(0)
    noted = layout.generation.read_bytes()
    run(1)
    layout.generation.write_bytes(noted)
    assert verify(layout).faults == []
    assert run(0, 1) == ["unchanged", "unchanged"]
    assert warnings(caplog) == []


def test_a_rebuild_is_the_first_generation_of_a_new_line(layout, run, tmp_path):
    run(0)
    back_up(layout, tmp_path / "backup")
    rebuild_state(layout, "mend")
    assert verify(layout).faults == []
    shutil.copy(tmp_path / "backup", layout.state)
    assert any("not the one of the files" in fault for fault in verify(layout).faults)
    repair(layout, "mend")
    assert verify(layout).faults == []
    assert run(0) == ["unchanged"]
