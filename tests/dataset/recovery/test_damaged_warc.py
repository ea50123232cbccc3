"""What of a WARC file does not read is set aside and named, and nothing that reads is lost with it."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.repair import repair
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget

pytestmark = pytest.mark.slow

SITE = "news.example"
LATER = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(params=["days", "month"])
def layout(request, tmp_path, article, exchange):
    """Nine articles of three runs: a WARC file a run, or merged into that of the month."""
    for run in range(3):
        name = f"20261124T00000{run}Z-aaaa"
        with SiteStore.open(tmp_path, SITE, run=name, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC)) as store:
            for n in range(run * 3, run * 3 + 3):
                body = f"<p>Il pleut sur Rabat, {n}.</p>".encode() * 60
                store.write(article(n, warc_record_id=store.capture(exchange(n, body))))
            store.seal()
    if request.param == "month":
        with SiteStore.open(tmp_path, SITE, run="merge", clock=lambda: LATER) as store:
            store.compact()
    return Layout(tmp_path, SITE)


def place(layout, article, n):
    """File, position and length of an article's response."""
    with SiteStore.open(layout.data, SITE, run="look") as store:
        found = store.state.response(store.known(article(n).id).warc_record_id)
        name = store.state.one("SELECT name FROM warcs WHERE warc = ?", found.warc)[0]
    return layout.warc / name, found.position, found.length


def flip(layout, article, n, at=150):
    path, position, _ = place(layout, article, n)
    data = bytearray(path.read_bytes())
    data[position + at] ^= 0x55
    path.write_bytes(data)


def zeros(layout, article, n):
    path, position, length = place(layout, article, n)
    data = bytearray(path.read_bytes())
    data[position : position + length] = bytes(length)
    path.write_bytes(data)


def cut(layout, article, n):
    path, position, length = place(layout, article, n)
    path.write_bytes(path.read_bytes()[: position + length // 3])


def read_by_others(layout):
    """How many responses warcio finds, which stops where a member does not read."""
    count = 0
    for path in sorted(layout.warc.iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                record.raw_stream.read()
                count += record.rec_type == "response"
    return count


def lose_state(layout):
    layout.state.unlink()


def keep_state(layout):
    """The state knows where each response was."""


DAMAGE = {
    "first": ([0], flip),
    "last": ([8], flip),
    "apart": ([1, 7], flip),
    "adjacent": ([3, 4], flip),
    "zeros": ([4], zeros),
    "cut": ([8], cut),
}


@pytest.mark.parametrize("state", [keep_state, lose_state])
@pytest.mark.parametrize("way", ["repair", "rebuild"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_costs_itself(layout, article, damage, way, state):
    hit, how = DAMAGE[damage]
    for n in hit:
        how(layout, article, n)
    state(layout)
    assert verify(layout).faults
    if way == "repair":
        repair(layout, "mend")
    else:
        rebuild_state(layout, "mend")
        # what nothing tells of any more is a fault until a repair has said so
        assert all("is not in the state" in fault for fault in verify(layout).faults)
        repair(layout, "mend")
    found = verify(layout)
    assert (found.faults, found.records, found.responses) == ([], 9, 9 - len(hit))
    assert sorted(note.split()[1].rstrip(":") for note in found.notes) == sorted(article(n).id for n in hit)
    assert read_by_others(layout) == 9 - len(hit)
    with SiteStore.open(layout.data, SITE, run="later") as store:
        for n in range(9):
            response = store.response(store.known(article(n).id).warc_record_id)
            assert (response is None) == (n in hit)
            assert response is None or f", {n}.".encode() in response.body
        assert list(store.unprocessed()) == []
        assert store.write(article(2)) == "unchanged"


@pytest.mark.parametrize("state", [keep_state, lose_state])
def test_what_is_set_aside_is_the_bytes_as_they_were(layout, article, state):
    path, position, length = place(layout, article, 4)
    flip(layout, article, 4)
    damaged = path.read_bytes()[position : position + length]
    state(layout)
    assert "set aside" in " ".join(repair(layout, "mend"))
    (piece,) = [p for p in layout.damaged.iterdir() if p.suffix != ".jsonl"]
    assert piece.read_bytes() == damaged[: piece.stat().st_size]
    (note,) = verify(layout).notes
    assert str(piece if state is keep_state else piece.parent) in note
    before = {p: p.read_bytes() for p in layout.data.rglob("*") if p.is_file() and "state" not in p.name}
    assert "set aside" not in " ".join(repair(layout, "again"))
    after = {p: p.read_bytes() for p in layout.data.rglob("*") if p.is_file() and "state" not in p.name}
    changed = {p.name for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    assert changed <= {"lock", "generation"}


@pytest.mark.parametrize("at", [0, 1, 2, 3])
@pytest.mark.parametrize("state", [keep_state, lose_state])
def test_a_damaged_gzip_head_is_mended(layout, article, state, at):
    flip(layout, article, 4, at)
    state(layout)
    repair(layout, "mend")
    found = verify(layout)
    assert (found.faults, found.notes, found.responses) == ([], [], 9)
    assert read_by_others(layout) == 9


def test_a_file_that_holds_nothing_that_reads_goes_as_a_whole(layout, article):
    path, *_ = place(layout, article, 0)
    size = path.stat().st_size
    path.write_bytes(bytes(size))
    repair(layout, "mend")
    assert verify(layout).faults == []
    assert not path.exists()
    assert sum(p.stat().st_size for p in layout.damaged.iterdir() if p.suffix != ".jsonl") == size


def test_a_file_that_is_gone_is_named_and_no_fault_after_a_repair(layout, article):
    path, *_ = place(layout, article, 8)
    path.unlink()
    assert any("cannot read" in fault for fault in verify(layout).faults)
    repair(layout, "mend")
    found = verify(layout)
    assert found.faults == []
    assert any("nothing is left of it" in note for note in found.notes)


def test_what_is_damaged_between_the_responses_is_named_too(layout):
    path = sorted(layout.warc.iterdir())[0]
    data = bytearray(path.read_bytes())
    data[60] ^= 0x55  # in the record that tells of the file itself
    path.write_bytes(data)
    (fault,) = verify(layout).faults
    assert "is damaged from byte 0" in fault
    repair(layout, "mend")
    assert (verify(layout).faults, verify(layout).responses) == ([], 9)
    assert read_by_others(layout) == 9


def test_an_erasure_takes_what_was_set_aside(layout, article):
    flip(layout, article, 4)
    repair(layout, "mend")
    with SiteStore.open(layout.data, SITE, run="forget") as store:
        forget(store, url=article(4).url, software=SOFTWARE)
    assert [p.name for p in layout.damaged.iterdir()] == ["responses.jsonl"]
    for path in layout.data.rglob("*"):
        assert not path.is_file() or article(4).url.encode() not in path.read_bytes(), path
    assert verify(layout).faults == []
    assert verify(layout).notes == []


def test_a_file_of_another_time_is_moved_aside_not_dropped(layout, article):
    """A WARC file that was restored from a backup, and that the state knows nothing of any more."""
    path, *_ = place(layout, article, 8)
    whole = path.read_bytes()
    path.unlink()
    repair(layout, "mend")
    path.write_bytes(whole)
    SiteStore.open(layout.data, SITE, run="later").close()
    assert not path.exists()
    assert (layout.damaged / path.name).read_bytes() == whole
    # put back in its place, a rebuild takes it in again
    (layout.damaged / path.name).replace(path)
    rebuild_state(layout, "again")
    assert (verify(layout).faults, verify(layout).notes) == ([], [])


def test_the_command_tells_it_and_ends_well(layout, article):
    flip(layout, article, 4)
    command = [sys.executable, "-m", "scrapy", "verify", "--data", layout.data]
    broken = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert broken.returncode == 8
    assert "is damaged" in broken.stdout
    mended = subprocess.run([*command, "--repair"], capture_output=True, text=True, timeout=120, check=False)
    assert (mended.returncode, mended.stderr) == (0, "")
    assert f"record {article(4).id}" in mended.stdout
    assert "1 lost, 0 faults" in mended.stdout
    lines = [json.loads(line) for line in (layout.damaged / "responses.jsonl").read_bytes().splitlines()]
    assert [line["url"] for line in lines] == [article(4).url]
