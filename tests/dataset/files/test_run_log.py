import json
from datetime import UTC, datetime

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.run_log import append_run, drop_old_runs, runs_back
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


def test_runs_are_read_the_newest_first_without_what_tells_nothing(tmp_path):
    """A torn line, lines that are none of ours, and a run whose clock was a year ahead."""
    layout = Layout(tmp_path, "news.example")
    for month, day in ((10, 30), (11, 2), (11, 3)):
        moment = datetime(2026, month, day, tzinfo=UTC)
        append_run(layout, moment, {"run": f"{month}-{day}", "started": moment.isoformat()})
    ahead = NOW.replace(year=2027)
    append_run(layout, ahead, {"run": "ahead", "started": ahead.isoformat()})
    with (layout.runs / "2026-11.jsonl").open("ab") as file:
        file.write(b'{"run":"to\n[1]\n{"started": 3}\n{"started": "2026-11-04"}\n"word"\n')
    assert [told["run"] for told in runs_back(layout, NOW)] == ["11-3", "11-2", "10-30"]
    assert list(runs_back(Layout(tmp_path, "other.example"), NOW)) == []
