"""What a run asks of state goes to the rows it is about: a site's age does not make a run dearer."""

from datetime import UTC, datetime, timedelta

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
            plans = {sql: _plan(store, sql) for sql in said if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    assert any(sql.startswith("UPDATE responses") for sql in plans)
    assert [sql for sql, plan in plans.items() if any(f"SCAN {table}" in plan for table in GROWING)] == []


def _plan(store, sql):
    return " | ".join(row[3] for row in store.state._db.execute(f"EXPLAIN QUERY PLAN {sql}"))
