"""What a run asks of state goes to the rows it is about: a site's age does not make a run dearer."""

from datetime import UTC, datetime, timedelta

from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import KINDS, Entry, Frontier
from mapexpress.dataset.store import SiteStore

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROWING = ("responses", "records", "lines", "urls")  # a row for each page there ever was


def test_no_statement_of_a_run_reads_a_growing_table_whole(tmp_path, article, rejection, exchange):
    said = set()
    for day, run in enumerate(("20261120T120000Z-aaaa", "20261121T120000Z-bbbb")):
        now = DAY + timedelta(days=day)
        with SiteStore.open(tmp_path, "news.example", run=run, clock=lambda now=now: now) as store:
            store.state._db.set_trace_callback(said.add)
            for n in range(day * 4, day * 4 + 4):
                captured = store.capture(exchange(n, b"<p>%d</p>" % n, fetched_at=now.isoformat()))
                store.write(article(n, warc_record_id=captured, fetched_at=now.isoformat()))
            store.write(rejection(90 + day))
            if day:
                captured = store.capture(exchange(1, b"<p>1</p>", fetched_at=now.isoformat()))
                store.checked(article(1, warc_record_id=captured, fetched_at=now.isoformat()))
                store.checked(url=article(2).url)
            store.seal()
            store.compact()
            store.state._db.set_trace_callback(None)
            plans = {sql: _plan(store.state, sql) for sql in said if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    assert any(sql.startswith("UPDATE responses") for sql in plans)
    assert [sql for sql, plan in plans.items() if any(f"SCAN {table}" in plan for table in GROWING)] == []


def test_the_next_entries_are_taken_without_sorting_the_walk(tmp_path):
    state, said = State(tmp_path / "state.sqlite"), []
    frontier = Frontier(state, "all")
    frontier.begin(Entry(url=f"https://news.example/{n}", kind="article", position=n) for n in range(50))
    state._db.set_trace_callback(said.append)
    for kinds in (("home", "feed", "rest", "sitemap"), ("listing",), ("article",), KINDS):
        frontier.take(kinds, 10)
    state._db.set_trace_callback(None)
    plans = [_plan(state, sql) for sql in said if sql.startswith("SELECT")]
    assert len(plans) == 4
    assert [plan for plan in plans if "frontier_next (walk=? AND state=? AND kind=?)" not in plan] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
    state.close()


def test_a_limit_is_applied_again_only_when_addresses_came(tmp_path):
    state, said = State(tmp_path / "state.sqlite"), []
    frontier = Frontier(state, "new")
    frontier.begin(Entry(url=f"https://news.example/{n}", kind="article", position=n) for n in range(5))
    state._db.set_trace_callback(said.append)
    for _ in range(3):
        frontier.keep_newest(3)
    assert len([sql for sql in said if sql.startswith("UPDATE")]) == 1
    frontier.add([Entry(url="https://news.example/newer", kind="article", published=2e9)])
    frontier.keep_newest(3)
    assert [entry.url[-5:] for entry in frontier.take(["article"], 9)] == ["newer", "ple/0", "ple/1"]
    state.close()


def _plan(state, sql):
    return " | ".join(row[3] for row in state._db.execute(f"EXPLAIN QUERY PLAN {sql}"))
