"""Both kinds of store do the same; a bucket is served by moto on loopback."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixtures.bucket import bucket_options, bucket_store
from mapexpress.errors import StorageError, UsageError
from mapexpress.fleet.shared_store import FolderStore, Store, check_store, open_store


@pytest.fixture(params=["folder", "bucket"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    endpoint = request.getfixturevalue("bucket_server")
    return bucket_store(f"s3://fleet-{tmp_path.name.replace('_', '-')[:40].lower().rstrip('-')}/some/prefix", endpoint)


def test_only_the_first_creates(any_store):
    assert any_store.create("log/1", b"first")
    assert not any_store.create("log/1", b"second")
    assert any_store.get("log/1") == b"first"
    check_store(any_store)


def test_of_many_at_once_one_creates(any_store):
    def create(n: int) -> bool:
        return any_store.create("log/7", str(n).encode())

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(24)))
    assert made.count(True) == 1
    assert any_store.get("log/7") == str(made.index(True)).encode()


def test_files_come_back_as_they_were(any_store, tmp_path):
    source = tmp_path / "part"
    source.write_bytes(b"0123456789" * 1000)
    any_store.upload(source, "files/whole")
    any_store.upload(source, "files/rest", start=9000)
    target = tmp_path / "back"
    target.touch()
    assert any_store.download("files/whole", target, 2**20)
    assert target.read_bytes() == source.read_bytes()
    assert any_store.get("files/rest") == source.read_bytes()[9000:]
    assert not any_store.download("files/none", target, 2**20)
    assert any_store.get("files/none") is None


def test_names_and_removal(any_store):
    for name in ("sites/a/log/1", "sites/a/log/2", "sites/b/log/1"):
        any_store.put(name, b"x")
    assert any_store.names("sites") == ["sites/a", "sites/b"]
    assert any_store.names("sites/a/log") == ["sites/a/log/1", "sites/a/log/2"]
    assert any_store.names("sites", deep=True) == ["sites/a/log/1", "sites/a/log/2", "sites/b/log/1"]
    any_store.remove("sites/a/log/1")
    any_store.remove("sites/a/log/1")
    assert any_store.names("sites/a/log") == ["sites/a/log/2"]
    assert any_store.names("nothing") == []


def test_a_store_that_overwrites_is_refused(tmp_path):
    class Overwriting(FolderStore):
        def create(self, name: str, data: bytes) -> bool:
            self.put(name, data)
            return True

    with pytest.raises(UsageError, match="second writer"):
        check_store(Overwriting(tmp_path))


def test_other_places_are_refused():
    with pytest.raises(UsageError, match="give a folder"):
        open_store("ftp://host/folder")


def test_a_bucket_that_is_not_there_is_told_in_one_line(bucket_server):
    store = open_store("s3://no-such-bucket/prefix", bucket_options(bucket_server))
    with pytest.raises(StorageError) as told:
        store.put("name", b"x")
    assert "\n" not in str(told.value)


def test_a_site_moves_between_hosts_through_a_bucket(any_store, machine):
    a, b = machine("a"), machine("b")
    a.store = b.store = any_store
    a.turn(1, 2)
    a.die()
    b.hold()
    assert b.crawl(1, 2, 3) == ["unchanged", "unchanged", "new"]
    b.hold().upload({"status": 0})
