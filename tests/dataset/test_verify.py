import gzip
import subprocess
import sys

import pytest

from mapexpress.dataset.layout import Layout
from mapexpress.dataset.rebuild_state import rebuild_state
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.verify import verify

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


def test_the_command_names_faults_and_ends_with_8(layout):
    command = [sys.executable, "-m", "scrapy", "verify", "--data", layout.data]
    sound = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (sound.returncode, sound.stderr) == (0, "")
    damage_flip(layout)
    broken = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert broken.returncode == 8
    assert "sha256" in broken.stdout
    assert "Traceback" not in broken.stderr
    nowhere = subprocess.run([*command, "--site", "other"], capture_output=True, text=True, timeout=60, check=False)
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)
