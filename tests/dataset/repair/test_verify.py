import gzip
import json
import subprocess
import sys

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.repair import repair
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.state.frontier import NEW, Frontier
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget
from mapexpress.errors import BusyError, StorageError

SITE = "news.example"


@pytest.fixture
def layout(tmp_path, article, rejection, exchange):
    for run in range(2):
        with SiteStore.open(tmp_path, SITE, run=f"20261124T00000{run}Z-aaaa") as store:
            for n in range(run * 3, run * 3 + 3):
                store.write(article(n, warc_record_id=store.capture(exchange(n))))
            store.write(rejection(90 + run))
            store.seal()
    return Layout(tmp_path, SITE)


def parts(layout):
    return sorted(layout.dataset.glob("*/*.gz"))


def records(layout):
    return [line for path in parts(layout) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_a_sound_dataset_has_no_faults(layout):
    found = verify(layout)
    assert (found.faults, found.records, found.parts, found.responses) == ([], 6, 4, 6)


def damage_flip(layout):
    data = bytearray(parts(layout)[0].read_bytes())
    data[len(data) // 2] ^= 0x10
    parts(layout)[0].write_bytes(data)


def damage_cut(layout):
    parts(layout)[0].write_bytes(parts(layout)[0].read_bytes()[:-9])


def damage_delete(layout):
    parts(layout)[0].unlink()


def damage_torn_line(layout):
    lines = gzip.decompress(parts(layout)[0].read_bytes())
    parts(layout)[0].write_bytes(gzip.compress(lines[:-20]))


def damage_state_removed(layout):
    layout.state.unlink()


def damage_warc(layout):
    path = sorted(layout.warc.iterdir())[0]
    path.write_bytes(path.read_bytes()[:-400])


def damage_manifest(layout):
    next(layout.manifests.iterdir()).write_text("{")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (damage_flip, "sha256"),
        (damage_cut, "cut off"),
        (damage_delete, "missing, 3 lines"),
        (damage_torn_line, "torn"),
        (damage_state_removed, "state.sqlite: missing"),
        (damage_warc, "cut off: no record"),
        (damage_manifest, "json is damaged"),
    ],
)
def test_each_damage_is_named(layout, damage, told):
    damage(layout)
    faults = verify(layout).faults
    assert any(told in fault for fault in faults), faults
    assert all("\n" not in fault for fault in faults)


def test_a_removed_state_is_made_again(layout, article, tmp_path):
    layout.state.unlink()
    assert "6 records and 6 responses" in rebuild_state(layout, "rebuild")
    assert verify(layout).faults == []
    with SiteStore.open(tmp_path, SITE, run="later") as store:
        assert store.outcome(article(4).url).kind == "stored"
        assert store.write(article(5)) == "unchanged"
        assert store.response(store.known(article(2).id).warc_record_id).body.startswith(b"<p>")
        assert store.write(article(5, "Il neige.")) == "revised"
        store.seal()
    assert verify(layout).faults == []


@pytest.mark.parametrize(
    "damage", [damage_flip, damage_cut, damage_delete, damage_torn_line, damage_state_removed, damage_manifest]
)
def test_what_can_be_repaired_is_and_what_is_lost_comes_back(layout, article, damage):
    damage(layout)
    told = repair(layout, "repair")
    assert verify(layout).faults == []
    left = {line["id"] for line in map(json.loads, records(layout))}
    assert f"{6 - len(left)} articles come back" in told[-1]
    lost = [article(n) for n in range(6) if article(n).id not in left]
    with SiteStore.open(layout.data, SITE, run="later") as store:
        waiting = {entry.url for entry in Frontier(store.state, NEW).take(("article",), 10)}
        assert waiting == {made.url for made in lost}
        for made in lost:
            assert store.outcome(made.url) is None
            (pending,) = [p for p in store.unprocessed() if p.url == made.url]
            assert store.response(pending.warc_record_id).body.startswith(b"<p>")
            assert store.write(made) == "new"
        store.seal()
    assert verify(layout).faults == []
    assert len(records(layout)) == 6


@pytest.mark.parametrize("rebuilt", [False, True])
def test_no_line_of_a_part_with_a_wrong_checksum_is_believed(layout, article, rebuilt):
    """A flipped bit may leave valid lines that tell of another article."""
    lines = gzip.decompress(parts(layout)[0].read_bytes())
    data = bytearray(gzip.compress(lines.replace(article(1).id.encode(), b"0" * 32)))
    data[-8] ^= 1  # the checksum
    parts(layout)[0].write_bytes(data)
    if rebuilt:
        layout.state.unlink()
    assert "3 articles come back" in repair(layout, "repair")[-1] or rebuilt
    assert verify(layout).faults == []
    with SiteStore.open(layout.data, SITE, run="later") as store:
        assert store.known("0" * 32) is None
        assert len(list(store.unprocessed())) == 3


def test_a_lost_revision_falls_back_to_the_one_before(layout, article):
    with SiteStore.open(layout.data, SITE, run="20261125T000000Z-aaaa") as store:
        assert store.write(article(1, "Il neige.")) == "revised"
        store.seal()
    parts(layout)[-1].unlink()
    assert "1 missing ones struck off" in repair(layout, "repair")[-1]
    assert verify(layout).faults == []
    with SiteStore.open(layout.data, SITE, run="later") as store:
        known = store.known(article(1).id)
        assert (known.revision, known.content_hash) == (1, article(1).content_hash)
        assert store.latest(known).text == article(1).text
        assert store.write(article(1, "Il vente.")) == "revised"
        store.seal()
    assert verify(layout).faults == []


def test_an_open_part_outlives_the_loss_of_the_state(layout, article, exchange):
    store = SiteStore.open(layout.data, SITE, run="20261126T000000Z-aaaa")
    store.write(article(7, warc_record_id=store.capture(exchange(7))))
    store.close()  # neither sealed nor lost, as by kill -9
    layout.state.unlink()
    rebuild_state(layout, "rebuild")
    with SiteStore.open(layout.data, SITE, run="later") as store:
        assert store.outcome(article(7).url).kind == "stored"
    assert verify(layout).faults == []
    assert len(records(layout)) == 7


def test_what_was_forgotten_stays_so_when_the_state_is_made_again(layout, article):
    with SiteStore.open(layout.data, SITE, run="forget") as store:
        forget(store, url=article(3).url, software=SOFTWARE)
    layout.state.unlink()
    rebuild_state(layout, "rebuild")
    with SiteStore.open(layout.data, SITE, run="later") as store:
        assert store.outcome(article(3).url).kind == "forgotten"
        assert store.write(article(3)) == "forgotten"
        assert list(store.unprocessed()) == []


def test_nothing_is_called_a_fault_that_an_active_run_may_be_moving(layout):
    code = (
        "import sys, time; from pathlib import Path; from mapexpress.dataset.files.lock import SiteLock;"
        "SiteLock(Path(sys.argv[1]), 'crawl').acquire(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, layout.lock], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            assert verify(layout).faults == []
            damage_flip(layout)
            with pytest.raises(BusyError, match="run crawl"):
                verify(layout)
        finally:
            holder.kill()
    assert len(verify(layout).faults) > 0


@pytest.mark.slow
def test_the_command_names_faults_and_ends_with_8(layout):
    command = [sys.executable, "-m", "scrapy", "verify", "--data", layout.data]
    sound = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (sound.returncode, sound.stderr) == (0, "")
    damage_flip(layout)
    broken = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert broken.returncode == 8
    assert "--repair" in broken.stderr
    assert "sha256" in broken.stdout
    assert "Traceback" not in broken.stderr
    mended = subprocess.run([*command, "--repair"], capture_output=True, text=True, timeout=60, check=False)
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "come back by the next run" in mended.stdout
    nowhere = subprocess.run([*command, "--site", "other"], capture_output=True, text=True, timeout=60, check=False)
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "name",
    [
        "ingested=2026-11-24/foo.gz",
        "ingested=2026-11-24/part-20261124T000000Z-aaaa-x.jsonl.gz",
        "ingested=2026-11-24/part-20261124T000000Z-aaaa-²0.jsonl.gz",
        "ingested=2026-11-24/part-20261124T000000Z-aaaa-00.jsonl.gz",
        "ingested=2026-11-24/part-r-99999999999999999999.jsonl.gz",
        "ingested=yesterday/part-20261124T000000Z-aaaa-7.jsonl.gz",
        "copy/part-20261124T000000Z-aaaa-0.jsonl.gz",
        "ingested=2020-01-01/part-20261124T000000Z-aaaa-0.jsonl.gz",  # where copies are looked at, this is the first
    ],
)
@pytest.mark.parametrize("kind", ["dataset", "rejections"])
def test_a_file_that_is_no_part_is_named_and_left_out(layout, article, name, kind):
    folder = getattr(layout, kind)
    stray = folder / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(next(iter(folder.glob("*/*-0.jsonl.gz"))).read_bytes())
    for mend in (rebuild_state, repair):
        mend(layout, "mend")
        assert any(str(stray) in fault for fault in verify(layout).faults)
    stray.unlink()
    assert verify(layout).faults == []
    with SiteStore.open(layout.data, SITE, run="later") as store:
        assert [store.write(article(n)) for n in range(6)] == ["unchanged"] * 6


def test_a_folder_in_a_parts_place_is_named_and_left_out(layout):
    stray = parts(layout)[0].with_name("part-20261130T000000Z-aaaa-0.jsonl.gz")
    stray.mkdir()
    assert "6 records" in rebuild_state(layout, "mend")
    assert any(str(stray) in fault for fault in verify(layout).faults)
    stray.rmdir()
    assert verify(layout).faults == []


def test_a_strangers_file_among_the_responses_does_not_stop_a_rebuild(layout):
    for name in ("réponses.warc.gz", "line\nbreak.warc.gz"):
        (layout.warc / name).write_bytes(gzip.compress(b"WARC/1.1\r\n"))
    assert "6 records and 6 responses" in rebuild_state(layout, "mend")
    with SiteStore.open(layout.data, SITE, run="later") as store:
        assert len(list(store.unprocessed())) == 0
    assert verify(layout).faults == []


def test_a_state_that_cannot_be_opened_is_a_failure_of_the_disk_and_no_fault(layout):
    # as on a full disk, where SQLite cannot make what it keeps beside; a folder in its place does the same
    layout.state.with_name("state.sqlite-wal").mkdir()
    with pytest.raises(StorageError, match="unable to open database file; check the disk"):
        verify(layout)


@pytest.mark.parametrize("damage", [damage_flip, damage_cut, damage_delete, damage_torn_line])
def test_a_part_and_the_manifests_that_should_list_it_are_mended_together(layout, damage):
    damage(layout)
    for manifest in layout.manifests.iterdir():
        manifest.write_text("{")
    assert any("2 manifests written anew" in line for line in repair(layout, "repair"))
    assert verify(layout).faults == []
    told = [json.loads(path.read_bytes())["parts"] for path in layout.manifests.iterdir()]
    assert sorted(part["path"] for listed in told for part in listed) == [
        path.relative_to(layout.data).as_posix()
        for path in sorted([*layout.dataset.glob("*/*.gz"), *layout.rejections.rglob("*.gz")])
    ]
