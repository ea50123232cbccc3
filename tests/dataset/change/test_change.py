"""A change of several files and the state: made, taken back, or ended by whoever comes next, inside its site."""

import json
import subprocess
import sys

import pytest

from mapexpress.dataset.change.change import Change, finish_change, open_to_read, settle
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.errors import StorageError

SITE = "news.example"


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "data", SITE)
    SiteStore.open(layout.data, SITE, run="first").close()
    return layout


def died(layout, *, counts):
    """What a process leaves that died behind its journal: a new file, an old one of that name, one that is to go."""
    layout.warc.mkdir(exist_ok=True)
    layout.template.mkdir(exist_ok=True)
    (layout.warc / "a.warc.gz").write_bytes(b"old")
    (layout.warc / "b.warc.gz").write_bytes(b"goes")
    (layout.warc / ".a.warc.gz.0123.tmp").write_bytes(b"new")
    (layout.template / "current").write_bytes(b"goes")
    place = layout.warc.relative_to(layout.data).as_posix()
    removed = [f"{place}/b.warc.gz", (layout.template / "current").relative_to(layout.data).as_posix()]
    journal = {"id": "abc", "staged": {f"{place}/a.warc.gz": ".a.warc.gz.0123.tmp"}, "removed": removed, "erases": True}
    layout.journal.write_text(json.dumps(journal))
    state = State(layout.state)
    state.put_meta("change", "abc" if counts else "one before")
    state.commit()
    state.close()


def files(layout):
    return sorted(path.name for folder in (layout.warc, layout.template) for path in folder.iterdir())


def test_what_counts_is_made_by_the_next_reader(layout):
    died(layout, counts=True)
    open_to_read(layout).close()
    assert files(layout) == ["a.warc.gz"]
    assert (layout.warc / "a.warc.gz").read_bytes() == b"new"
    assert not layout.journal.exists()


def test_what_does_not_count_is_taken_back(layout):
    died(layout, counts=False)
    settle(layout)
    assert files(layout) == ["a.warc.gz", "b.warc.gz", "current"]
    assert (layout.warc / "a.warc.gz").read_bytes() == b"old"
    assert not layout.journal.exists()


@pytest.mark.parametrize("counts", [True, False])
def test_where_the_state_is_lost_too_the_change_is_made(layout, counts):
    died(layout, counts=counts)
    layout.state.unlink()
    finish_change(layout, None)
    finish_change(layout, None)
    assert (files(layout), (layout.warc / "a.warc.gz").read_bytes()) == (["a.warc.gz"], b"new")


def test_one_that_was_cut_short_between_its_moves_goes_on(layout):
    died(layout, counts=True)
    (layout.warc / ".a.warc.gz.0123.tmp").replace(layout.warc / "a.warc.gz")
    (layout.warc / "b.warc.gz").unlink()
    settle(layout)
    assert files(layout) == ["a.warc.gz"]


def test_a_reader_waits_for_one_that_is_being_made(layout):
    died(layout, counts=True)
    holder = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys; from pathlib import Path; from mapexpress.dataset.files.layout import Layout;"
            "from mapexpress.dataset.files.lock import SiteLock; "
            "from mapexpress.dataset.change.change import finish_change\n"
            "layout = Layout(Path(sys.argv[1]), sys.argv[2]); SiteLock(layout.lock, 'x').acquire()\n"
            "print('held', flush=True); sys.stdin.readline(); finish_change(layout, None)",
            layout.data, SITE,
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout.readline() == "held\n"
        holder.stdin.write("\n")
        holder.stdin.flush()
        settle(layout)
    assert files(layout) == ["a.warc.gz"]


def test_a_change_without_its_commit_has_not_happened(layout):
    state = State(layout.state)
    with Change(layout, state) as change:
        state.put_meta("name", "value")
        change.put_bytes(layout.manifests / "r.json", b"{}")
        change.remove(layout.lock)
    assert state.meta("name") is None
    state.close()
    assert layout.lock.exists()
    assert list(layout.manifests.iterdir()) == []


def test_the_last_word_on_a_place_counts(layout):
    state = State(layout.state)
    with Change(layout, state) as change:
        change.put_bytes(layout.manifests / "r.json", b"1")
        change.put_bytes(layout.manifests / "r.json", b"2")
        change.put_bytes(layout.manifests / "s.json", b"3")
        change.remove(layout.manifests / "s.json")
        change.commit()
    state.close()
    assert {path.name: path.read_bytes() for path in layout.manifests.iterdir()} == {"r.json": b"2"}


@pytest.mark.parametrize(
    "change",
    [
        {"removed": ["../precious"]},
        {"removed": ["sites/news.example/../../../precious"]},
        {"removed": ["/etc/hostname"]},
        {"removed": ["sites/other.example/state.sqlite"]},
        {"removed": ["sites/news.example/led/precious"]},  # a link that leads out
        {"staged": {"sites/news.example/forgotten": "../../../precious"}},
        {"staged": {"sites/news.example/forgotten": "lock"}},
        {"staged": ["a"]},
        {"removed": None},
    ],
)
def test_a_planted_journal_moves_nothing(layout, change):
    precious = layout.data.parent / "precious"
    precious.write_bytes(b"kept")
    (layout.site / "led").symlink_to(precious.parent)
    journal = {"id": "abc", "staged": {}, "removed": [], "erases": False} | change
    layout.journal.write_text(json.dumps(journal))
    with pytest.raises(StorageError, match="damaged") as told:
        finish_change(layout, None)
    assert "\n" not in str(told.value)
    assert precious.read_bytes() == b"kept"
    assert layout.lock.exists()


@pytest.mark.parametrize("data", [b"", b"[]", b'{"id": "abc"', b"\xff"])
def test_a_damaged_journal_is_one_line(layout, data):
    layout.journal.write_bytes(data)
    with pytest.raises(StorageError, match="remove it and run scrapy verify --repair"):
        SiteStore.open(layout.data, SITE, run="next")
