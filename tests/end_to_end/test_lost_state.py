"""A crawl whose state is empty or from a backup: one line before anything is asked, and nothing is stored twice."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.verify import verify
from tests.end_to_end.support import Runner

OwnSite = Callable[[], SiteServer]
NOON, LATER = "2026-05-20T12:00:00+00:00", "2026-05-21T13:00:00+00:00"


@pytest.mark.parametrize("lost", ["empty", "backup"])
def test_a_state_that_is_not_the_one_of_the_files_costs_nothing(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path, lost: str
) -> None:
    server = own_site()
    layout = Layout(tmp_path, "mapexpress")
    hidden = {next(iter(stored.values())).name, "ar-khizana-hiwar"}
    server.website.hidden = hidden
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW=NOON)
    with closing(sqlite3.connect(layout.state)) as live, closing(sqlite3.connect(tmp_path / "backup")) as copy:
        live.backup(copy)
    server.website.hidden = set()
    server.website.gone = {"ar-hafila-tanja"}
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW=LATER)
    before = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-22T14:00:02+00:00")
    assert before.status == 0, before.output
    assert "gone" in {record["status"] for record in before.records}
    for suffix in ("-wal", "-shm"):
        layout.state.with_name(layout.state.name + suffix).unlink(missing_ok=True)
    if lost == "empty":
        layout.state.write_bytes(b"")
    else:
        shutil.copy(tmp_path / "backup", layout.state)
    again = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-22T14:10:00+00:00")
    assert again.status == 0, again.output
    assert sorted(again.lines()) == sorted(before.lines())
    told = [line for line in again.output.splitlines() if "is made again from parts and responses" in line]
    assert len(told) == 1
    assert again.output.index(told[0]) < again.output.index("articles found")
    assert verify(layout).faults == []
