import json
from datetime import UTC, datetime

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.run_log import append_run, drop_old_runs
from mapexpress.dataset.store import SiteStore

NOW = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)


def test_a_run_leaves_one_line_a_torn_one_stays_alone(tmp_path):
    layout = Layout(tmp_path, "news.example")
    path = layout.runs / "2026-11.jsonl"
    layout.runs.mkdir(parents=True)
    path.write_bytes(b'{"run":"to')
    for run in ("r1", "r2"):
        with SiteStore.open(tmp_path, layout.key, run=run, clock=lambda: NOW) as store:
            store.note_run({"status": 0})
    torn, first, second = path.read_bytes().splitlines()
    assert torn == b'{"run":"to'
    assert [json.loads(line)["run"] for line in (first, second)] == ["r1", "r2"]
    assert json.loads(first) == {"run": "r1", "started": NOW.isoformat(), "ended": NOW.isoformat(), "status": 0}


def test_a_year_of_months_is_kept(tmp_path):
    layout = Layout(tmp_path, "news.example")
    for year, month in ((2025, 9), (2025, 10), (2025, 11), (2026, 11)):
        append_run(layout, datetime(year, month, 1, tzinfo=UTC), {})
    drop_old_runs(layout, NOW)
    assert sorted(path.stem for path in layout.runs.iterdir()) == ["2025-10", "2025-11", "2026-11"]
