"""What somebody else put into the store reaches no file but the site's own."""

import os

import orjson
import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.verify import verify
from mapexpress.errors import StorageError
from mapexpress.fleet.commits import SiteLog
from mapexpress.fleet.heartbeats import heartbeats
from mapexpress.fleet.local_files import unpack_state
from mapexpress.fleet.reading import parts, pull, sweep
from mapexpress.fleet.shared_store import FolderStore
from mapexpress.fleet.turns import read_turn, turn_path

KEY = "news.example"
PRECIOUS = b"precious"


def plant(store, **changes):
    """Follow the head with a commit of somebody else's writing."""
    log = SiteLog.of(store, KEY)
    head = log.head()
    name = f"{log.folder}/log/{head.number + 1:010d}.json"
    value = orjson.loads(store.get(f"{log.folder}/log/{head.number:010d}.json"))
    value |= {"number": head.number + 1} | changes
    (store.root / name).write_bytes(orjson.dumps(value))
    return value


ENTRY = {"size": 1, "sha256": "0" * 64, "pieces": [[f"sites/{KEY}/files/x", 1]]}
NAMES = [
    "../authorized_keys",
    "/etc/cron.d/x",
    f"sites/{KEY}/../../x",
    f"sites/{KEY}/state.sqlite",
    f"sites/{KEY}/lock",
    "sites/other.example/warc/x.warc.gz",
    "dataset/site=other.example/ingested=1/part-x-0.jsonl.gz",
    "dataset/README.md",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_a_commit_is_its_site_s(store, machine, tmp_path, name):
    machine("a").turn(1, 2)
    value = plant(store, files={name: ENTRY})
    assert value["files"] == {name: ENTRY}
    with pytest.raises(StorageError, match="is not a commit"):
        list(pull(store, tmp_path / "pulled", responses=True))
    assert not (tmp_path / "pulled").exists()


@pytest.mark.parametrize("field", ["pieces", "trash", "state"])
@pytest.mark.parametrize(
    "name", ["../victim", "sites/other.example/files/x", f"sites/{KEY}/log/0000000001.json", "hosts/a"]
)
def test_an_object_of_a_commit_is_its_site_s(store, machine, tmp_path, field, name):
    machine("a").turn(1)
    (tmp_path / "victim").write_bytes(PRECIOUS)
    entry = ENTRY | {"pieces": [[name, 8]]}
    path = f"sites/{KEY}/warc/x.warc.gz"
    plant(
        store, **{"pieces": {"files": {path: entry}}, "trash": {"trash": {name: "1"}}, "state": {"state": entry}}[field]
    )
    for verb in (lambda: list(parts(store)), lambda: sweep(store), lambda: machine("b").hold()):
        with pytest.raises(StorageError, match="is not a commit"):
            verb()
    assert (tmp_path / "victim").read_bytes() == PRECIOUS


@pytest.mark.parametrize(
    "changes",
    [{"site": "other.example"}, {"number": 1}, {"epoch": "x"}, {"turn": {"next": "soon"}},
     {"turn": {"next": "2026-01-01"}}, {"turn": {"number": "x"}},
     {"lease": 1}, {"files": []}, {"files": {"x": 1}}, {"site": 5}],
)  # fmt: skip
def test_a_commit_of_another_shape_or_site_is_one_line(store, machine, changes):
    machine("a").turn(1)
    plant(store, **changes)
    with pytest.raises(StorageError, match=r"is not a commit|of another site"):
        SiteLog.of(store, KEY).head()


def test_a_name_or_a_link_leads_out_of_no_store(tmp_path):
    store = FolderStore(tmp_path / "store")
    (tmp_path / "victim").write_bytes(PRECIOUS)
    (tmp_path / "elsewhere").mkdir()
    store.put("sites/a/x", b"1")
    (tmp_path / "store/sites/a/link").symlink_to(tmp_path / "victim")
    (tmp_path / "store/sites/a/folder").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "store/sites/a/pipe")
    for name in ("../victim", "/etc/hostname", "sites/a/link", "sites/a/folder/x", "sites/../../victim"):
        for verb in (
            lambda name=name: store.get(name),
            lambda name=name: store.put(name, b"2"),
            lambda name=name: store.create(name, b"2"),
            lambda name=name: store.remove(name),
            lambda name=name: store.download(name, tmp_path / "back", 9),
        ):
            with pytest.raises(StorageError):
                verb()
    with pytest.raises(StorageError, match="no plain file"):
        store.get("sites/a/pipe")
    assert store.names("sites", deep=True) == ["sites/a/x"]
    assert ((tmp_path / "victim").read_bytes(), list((tmp_path / "elsewhere").iterdir())) == (PRECIOUS, [])


def test_no_more_is_fetched_than_was_uploaded(tmp_path):
    store = FolderStore(tmp_path / "store")
    store.put("x", b"12345")
    with pytest.raises(StorageError, match="more bytes"):
        store.download("x", tmp_path / "back", 4)
    assert store.download("x", tmp_path / "whole", 5)


def test_a_link_in_the_pulled_folder_is_not_followed(store, machine, tmp_path):
    machine("a").turn(1, 2)
    target = Layout(tmp_path / "pulled", KEY)
    list(pull(store, target.data, responses=True))
    assert verify(target).faults == []
    (part,) = target.dataset.glob("*/*.gz")
    (tmp_path / "victim").write_bytes(PRECIOUS)
    part.unlink()
    part.with_name(f".{part.name}.tmp").symlink_to(tmp_path / "victim")
    list(pull(store, target.data, responses=True))
    assert verify(target).faults == []
    (target.site / "warc").rename(tmp_path / "warc")
    (target.site / "warc").symlink_to(tmp_path / "warc")
    with pytest.raises(StorageError, match="is a link"):
        list(pull(store, target.data, responses=True))
    assert (tmp_path / "victim").read_bytes() == PRECIOUS


def test_a_state_that_is_a_bomb_is_not_unpacked(tmp_path):
    import zstandard

    (tmp_path / "packed").write_bytes(zstandard.compress(b"\x00" * 2**25))
    with pytest.raises(StorageError, match="100 times"):
        unpack_state(tmp_path / "packed", tmp_path / "state.sqlite")
    (tmp_path / "packed").write_bytes(b"no")
    with pytest.raises(StorageError, match="is damaged"):
        unpack_state(tmp_path / "packed", tmp_path / "state.sqlite")


@pytest.mark.parametrize("value", [{"when": "2026-01-01T00:00:00"}, {"host": "b"}, {"sites": "x"}, {"when": 5}])
def test_a_heartbeat_that_is_none_of_ours_is_no_host(tmp_path, value):
    store = FolderStore(tmp_path)
    beat = {"host": "a", "when": "2026-01-01T00:00:00+00:00", "sites": 1}
    store.put("hosts/a.json", orjson.dumps(beat | value))
    assert heartbeats(store) == []


@pytest.mark.parametrize("value", [{"next": "soon"}, {"number": "x"}, {"next": "2026-01-01"}, {"other": 1}])
def test_a_turn_that_is_none_of_ours_is_turn_0(tmp_path, value):
    path = turn_path(tmp_path, KEY)
    path.parent.mkdir()
    path.write_bytes(orjson.dumps({"number": 3} | value))
    assert read_turn(tmp_path, KEY).number == 0
