"""Compaction leaves few files and a dataset that verifies, whatever moment it is cut short at."""

from datetime import UTC, datetime, timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from mapexpress.dataset.change.compaction import compact
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.store import SiteStore

SITE = "news.example"
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path, article, rejection, exchange):
    """Four runs of one day: each two articles, a rejection, and the answer of a feed."""
    for run in range(4):
        with SiteStore.open(tmp_path, SITE, run=f"20261120T12000{run}Z-aaaa", clock=lambda: DAY) as store:
            store.capture(exchange(1000, b"<rss/>", content="feed"))
            for n in range(run * 2, run * 2 + 2):
                captured = store.capture(exchange(n, b"<p>%d</p>" % n, fetched_at=DAY.isoformat()))
                store.write(article(n, warc_record_id=captured, fetched_at=DAY.isoformat()))
            store.write(rejection(90 + run))
            store.seal()
    return Layout(tmp_path, SITE)


def open_store(layout, run="after"):
    return SiteStore.open(layout.data, SITE, run=run, clock=lambda: TODAY)


def test_few_files_hold_every_line_and_every_response(layout, article, lines):
    before = lines(layout)
    with open_store(layout) as store:
        ids = {n: store.known(article(n).id).warc_record_id for n in range(8)}
        assert str(store.compact()) == "6 parts and 4 WARC files fewer"
        assert str(store.compact()) == "0 parts and 0 WARC files fewer"
        assert store.latest(store.known(article(5).id)).title == "Dépêche 5"
        assert {n: store.response(ids[n]).body for n in ids} == {n: b"<p>%d</p>" % n for n in ids}
    assert lines(layout) == before
    assert len(list(layout.dataset.glob("*/*"))) == 1
    assert len(list(layout.manifests.iterdir())) == 1
    (warc,) = layout.warc.iterdir()
    assert warc.name == "merged-202611-0.warc.gz"
    with warc.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo"] + ["response", "request"] * 8
    assert verify(layout).faults == []


def test_later_days_go_into_the_same_file_of_a_month(layout, article, exchange):
    with open_store(layout) as store:
        store.compact()
        captured = store.capture(exchange(20))
        store.write(article(20, warc_record_id=captured))
        store.seal()
    with SiteStore.open(layout.data, SITE, run="next", clock=lambda: TODAY + timedelta(days=1)) as store:
        assert store.compact().warcs == 1
        assert store.response(captured).body == exchange(20).body
    assert [path.name for path in layout.warc.iterdir()] == ["merged-202611-0.warc.gz"]
    assert verify(layout).responses == 9


def test_the_running_day_is_left_alone(layout):
    with open_store(layout) as store:
        assert str(compact(layout, store.state, DAY, SOFTWARE)) == "0 parts and 0 WARC files fewer"


def test_one_that_is_asked_to_end_goes_on_later(layout):
    with open_store(layout) as store:
        assert store.compact(go_on=lambda: False).parts == 3
        assert store.compact().parts == 3


def test_old_responses_are_dropped_where_the_setting_says_so(layout, article):
    with SiteStore.open(layout.data, SITE, run="later", clock=lambda: datetime(2026, 12, 25, tzinfo=UTC)) as store:
        known = store.known(article(1).id)
        store.compact(keep_days=30)
        assert store.response(known.warc_record_id) is not None, "a month's file stays until its last day is old"
        compact(layout, store.state, datetime(2027, 1, 5, tzinfo=UTC), SOFTWARE, keep_days=30)
        assert store.response(known.warc_record_id) is None
    assert list(layout.warc.iterdir()) == []
    assert verify(layout).faults == []


def test_a_state_is_made_again_beside_merged_files(layout, article):
    with open_store(layout) as store:
        store.compact()
        place = store.state.response(store.known(article(3).id).warc_record_id)
    layout.state.unlink()
    rebuild_state(layout, "rebuild")
    assert verify(layout).faults == []
    with open_store(layout, "again") as store:
        again = store.state.response(place.id)
        assert (again.position, again.url) == (place.position, place.url)


def test_a_page_that_showed_an_article_unchanged_is_left_out(layout, article, exchange):
    with SiteStore.open(layout.data, SITE, run="check", clock=lambda: DAY + timedelta(days=1)) as store:
        store.checked(article(2, warc_record_id=store.capture(exchange(2))))
        store.seal()
    with open_store(layout) as store:
        store.compact()
        assert store.state.one("SELECT count(*) FROM responses") == (8,)
    assert verify(layout).faults == []


def test_a_file_that_is_cut_off_is_left_for_verify_to_name(layout, article):
    """Nothing of it is dropped and the others are merged; so it is with one that is gone."""
    short, gone, *_ = sorted(layout.warc.iterdir())
    data = short.read_bytes()
    short.write_bytes(data[:-40])
    gone.rename(layout.data / "elsewhere")
    with open_store(layout) as store:
        assert store.compact().warcs == 2
        kept = store.response(store.known(article(0).id).warc_record_id)
        assert kept.body == b"<p>0</p>"
    assert [path.name for path in sorted(layout.warc.iterdir())] == [short.name, "merged-202611-0.warc.gz"]
    faults = verify(layout).faults
    assert {
        name
        for name in (short.name, gone.name)
        for fault in faults
        if f"{name} is cut off" in fault or f"{name}:" in fault
    } == {short.name, gone.name}
    assert sum(fault.startswith("record ") for fault in faults) == 2  # one response of each
    short.write_bytes(data)
    (layout.data / "elsewhere").rename(gone)
    with open_store(layout, "again") as store:
        assert store.compact().warcs == 2
    assert (verify(layout).faults, verify(layout).responses) == ([], 8)


def test_a_merged_file_that_is_short_is_not_appended_to(layout, article, exchange):
    with open_store(layout) as store:
        store.compact()
        captured = store.capture(exchange(20))
        store.write(article(20, warc_record_id=captured))
        store.seal()
    merged = layout.warc / "merged-202611-0.warc.gz"
    merged.write_bytes(merged.read_bytes()[:-40])
    with SiteStore.open(layout.data, SITE, run="next", clock=lambda: TODAY + timedelta(days=1)) as store:
        assert store.compact().warcs == 1
        assert store.response(captured).body == exchange(20).body
    assert sorted(path.name for path in layout.warc.iterdir()) == [merged.name, "merged-202611-1.warc.gz"]


def test_a_number_of_a_merged_file_is_never_given_twice(layout, article, exchange):
    """The older of two files of a month is gone, as retention drops it where a rebuilt state knows its days."""
    with open_store(layout) as store:
        store.compact()
        store.state.write("UPDATE warcs SET name = 'merged-202611-1.warc.gz', committed = ?", 2**30)
        store.state.commit()
        (layout.warc / "merged-202611-0.warc.gz").rename(layout.warc / "merged-202611-1.warc.gz")
        captured = store.capture(exchange(20))
        store.write(article(20, warc_record_id=captured))
        store.seal()
    before = (layout.warc / "merged-202611-1.warc.gz").read_bytes()
    with SiteStore.open(layout.data, SITE, run="next", clock=lambda: TODAY + timedelta(days=1)) as store:
        store.compact()
    assert (layout.warc / "merged-202611-1.warc.gz").read_bytes() == before
    assert (layout.warc / "merged-202611-0.warc.gz").exists()
