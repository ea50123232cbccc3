from datetime import UTC, datetime, timedelta
from pathlib import Path

from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import Entry
from mapexpress.dataset.state.visits import Visit, Visits

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
FEED = "https://news.example/feed/"


def test_a_visit_is_read_as_it_was_put(tmp_path: Path) -> None:
    entries = (Entry(url="https://news.example/a/", kind="article", via="feed", modified=1.5, title_hint="Été"),)
    visit = Visit(url=FEED, asked="x", checked_at=NOON, etag='"1"', newest=1.5, entries=entries)
    state = State(tmp_path / "state.sqlite")
    Visits(state).put(visit)
    state.commit()
    state.close()
    again = State(tmp_path / "state.sqlite")
    assert Visits(again).last(FEED, "x") == visit
    assert Visits(again).last(FEED, "other arguments") is None
    again.close()


def test_what_is_absent_is_so_for_a_day() -> None:
    visit = Visit(url=FEED, asked="x", checked_at=NOON, status=404, etag='"1"')
    assert visit.is_absent(NOON + timedelta(hours=23))
    assert not visit.is_absent(NOON + timedelta(hours=25))
    assert visit.validators() == {}


def test_ways_that_are_no_longer_met_are_dropped(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    visits = Visits(state)
    visits.put(Visit(url=FEED, asked="x", checked_at=NOON))
    visits.drop_old(NOON + timedelta(days=59))
    assert visits.last(FEED, "x") is not None
    visits.drop_old(NOON + timedelta(days=61))
    assert visits.last(FEED, "x") is None
    state.close()
