"""The protocol of docs/scale.md, case by case: who owns a site, what counts, what is fetched again."""

import gzip
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget
from mapexpress.errors import BusyError, StorageError
from mapexpress.fleet.commits import KEPT_COMMITS, FencedError, OwnedElsewhereError, SiteLog
from mapexpress.fleet.ownership import OwnedSite, is_noted
from mapexpress.fleet.reading import heads, parts, pull, sweep
from tests.fleet.conftest import KEY, address


def published(store, folder: Path) -> Counter:
    """Titles in the dataset as a reader sees it, with how often each is there."""
    for _ in pull(store, folder, responses=True):
        pass
    lines = [
        line for part in folder.glob("dataset/*/*/*.gz") for line in gzip.decompress(part.read_bytes()).splitlines()
    ]
    return Counter(json.loads(line)["title"] for line in lines)


def titles(*numbers: int) -> Counter:
    return Counter(f"Titre {n}" for n in numbers)


def test_what_a_run_stored_is_what_readers_see(machine, store, tmp_path):
    a = machine("a")
    a.turn(1, 2)
    a.turn(2, 3)
    assert published(store, tmp_path / "out") == titles(1, 2, 3)
    (head,) = heads(store)
    assert (head.number, head.epoch, head.host) == (3, 1, "a")
    # nothing was uploaded twice: the first run's files have the first run's mark
    assert {name.split("-0000")[1][:6] for name in head.objects()} == {"000002", "000003"}


def test_another_host_leaves_the_site_of_a_live_one_alone(machine):
    machine("a").turn(1)
    with pytest.raises(OwnedElsewhereError, match="host a"):
        machine("b").hold()


def test_the_sites_of_a_lost_host_are_taken_over_from_the_last_upload(machine, store, tmp_path):
    a, b = machine("a"), machine("b")
    a.turn(1, 2)
    a.hold()
    a.crawl(3, 4)  # never uploaded
    a.die()
    b.hold()
    assert b.crawl(1, 2, 3, 4) == ["unchanged", "unchanged", "new", "new"]
    b.hold().upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1, 2, 3, 4)
    assert verify(Layout(tmp_path / "out", KEY)).faults == []


def test_a_host_that_was_thought_dead_cannot_add_to_its_successors_site(machine, store, tmp_path):
    a, b = machine("a"), machine("b")
    a.turn(1)
    site = a.hold()
    a.crawl(2, 3)
    a.die()
    b.turn(2)
    with pytest.raises(FencedError):
        site.upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1, 2)
    assert not is_noted(a.layout)
    assert not a.layout.dataset.exists()  # nobody may take what is left there for the dataset
    assert sweep(store).objects > 0
    assert published(store, tmp_path / "again") == titles(1, 2)


def test_a_fenced_host_notices_before_it_crawls(machine):
    a, b = machine("a"), machine("b")
    a.turn(1)
    a.die()
    b.turn(2)
    with pytest.raises(OwnedElsewhereError):
        a.hold()
    assert not is_noted(a.layout)


def test_a_released_site_moves_with_all_it_has(machine, store, tmp_path):
    a, b = machine("a"), machine("b")
    a.turn(1, 2)
    a.hold().upload({"status": 0}, release=True)
    assert not a.layout.state.exists()
    b.turn(2, 3)
    assert published(store, tmp_path / "out") == titles(1, 2, 3)
    (head,) = heads(store)
    assert (head.epoch, head.host) == (2, "b")
    with pytest.raises(OwnedElsewhereError):
        a.hold()


def test_a_host_without_its_disk_restores_its_sites(machine, store, tmp_path):
    a = machine("a")
    a.turn(1, 2)
    shutil.rmtree(a.data)
    a.hold()
    assert a.crawl(1, 2, 3) == ["unchanged", "unchanged", "new"]
    a.hold().upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1, 2, 3)


def test_a_restored_site_has_its_responses(machine):
    a, b = machine("a"), machine("b")
    a.turn(1)
    a.crawl(2)
    a.hold().upload({"status": 0})
    a.die()
    b.hold()
    with SiteStore.open(b.data, KEY, run="look") as site:
        for number in (1, 2):
            known = site.known(site.outcome(address(number)).record_id)
            assert site.response(known.warc_record_id).body == b"<p>text</p>" * 50


def test_killed_before_the_commit_leaves_nothing_that_counts(machine, store, tmp_path, monkeypatch):
    a = machine("a")
    a.turn(1)
    site = a.hold()
    a.crawl(2)
    with monkeypatch.context() as patch:
        patch.setattr(SiteLog, "append", _killed)
        with pytest.raises(KeyboardInterrupt):
            site.upload({"status": 0})
    assert published(store, tmp_path / "before") == titles(1)
    a.hold().upload({"status": 0})
    assert published(store, tmp_path / "after") == titles(1, 2)
    assert sweep(store).objects >= 3  # part, manifest and state of the first try


def test_killed_between_commit_and_note_goes_on_from_the_commit(machine, store, tmp_path, monkeypatch):
    a = machine("a")
    a.turn(1)
    site = a.hold()
    a.crawl(2)
    with monkeypatch.context() as patch:
        patch.setattr(OwnedSite, "_note", _killed)
        with pytest.raises(KeyboardInterrupt):
            site.upload({"status": 0})
    again = a.hold()
    assert again.head.number == 3
    assert again.head.epoch == 1
    a.crawl(3)
    again.upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1, 2, 3)


def test_killed_in_the_middle_of_a_restore_begins_it_again(machine, monkeypatch):
    a, b = machine("a"), machine("b")
    a.turn(1, 2)
    a.die()
    with monkeypatch.context() as patch:
        patch.setattr("mapexpress.fleet.ownership.unpack_state", _killed)
        with pytest.raises(KeyboardInterrupt):
            b.hold()
    assert not is_noted(b.layout)
    assert b.hold().head.epoch == 3
    assert b.crawl(1, 2) == ["unchanged", "unchanged"]


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_lost_answer_to_a_commit_is_no_lost_site(machine, store, monkeypatch):
    a = machine("a")
    site = a.hold()
    create = type(store).create

    def lost(self, name: str, data: bytes) -> bool:
        create(self, name, data)
        return False

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "create", lost)
        a.crawl(1)
        assert site.upload({"status": 0}).number == 2
    assert a.hold().head.number == 2


def test_an_open_part_of_a_killed_run_is_sealed_and_uploaded(machine, store, tmp_path):
    a = machine("a")
    site = a.hold()
    a.crawl(1, 2, seal=False)
    site.upload({"status": 137})
    assert published(store, tmp_path / "out") == titles(1, 2)


def test_nothing_is_uploaded_while_a_run_is_active(machine):
    a = machine("a")
    site = a.hold()
    with SiteStore.open(a.data, KEY, run="by-hand"), pytest.raises(BusyError):
        site.upload({"status": 0})


def test_compacted_parts_replace_those_they_were_made_of(machine, store, clock, tmp_path):
    a = machine("a")
    a.turn(1)
    a.turn(2)
    clock.forward(days=1)
    a.hold()
    with SiteStore.open(a.data, KEY, run="merge", clock=clock) as site:
        site.compact()
    a.hold().upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1, 2)
    assert len(list(parts(store))) == 1
    (head,) = heads(store)
    grown = next(file for name, file in head.files.items() if "/warc/merged" in name)
    a.turn(3)
    clock.forward(days=1)
    with SiteStore.open(a.data, KEY, run="merge2", clock=clock) as site:
        site.compact()
    a.hold().upload({"status": 0})
    (head,) = heads(store)
    longer = next(file for name, file in head.files.items() if "/warc/merged" in name)
    assert longer.pieces[:1] == grown.pieces  # only what was appended went to the store
    assert published(store, tmp_path / "out") == titles(1, 2, 3)


def test_what_no_commit_names_any_more_is_removed_an_hour_later(machine, store, clock):
    a = machine("a")
    a.turn(1)
    (head,) = heads(store)
    first_state = head.state.pieces[0][0]
    a.turn(2)
    assert store.get(first_state) is not None
    clock.forward(minutes=61)
    a.turn(3)
    assert store.get(first_state) is None


def test_a_forgotten_article_leaves_the_store(machine, store, clock, tmp_path):
    a = machine("a")
    a.turn(1, 2)
    a.hold()
    with SiteStore.open(a.data, KEY, run="forget") as site:
        forget(site, url=address(1), software=SOFTWARE)
    a.hold().upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(2)
    clock.forward(minutes=61)
    a.turn(3)
    held = [store.get(name) for name in store.names("dataset", deep=True)]
    assert not any(b"Titre 1" in gzip.decompress(data) for data in held)


def test_a_part_that_is_missing_on_the_host_stays_in_the_dataset(machine, store, tmp_path):
    a = machine("a")
    a.turn(1)
    shutil.rmtree(a.layout.dataset)
    with pytest.raises(StorageError, match=r"owned\.json"):
        a.hold().upload({"status": 0})
    assert published(store, tmp_path / "out") == titles(1)
    (a.layout.site / "owned.json").unlink()
    a.turn(2)
    assert published(store, tmp_path / "out") == titles(1, 2)


def test_old_commits_go_and_the_first_of_each_epoch_stays(machine, store):
    a, b = machine("a"), machine("b")
    for number in range(KEPT_COMMITS + 3):
        a.turn(number)
    sleeping = a.hold()
    a.die()
    for number in range(2 * KEPT_COMMITS):
        b.turn(number)
    kept = SiteLog.of(store, KEY).numbers()
    assert sleeping.head.number + 1 in kept  # where the sleeping host would write
    assert len(kept) <= 2 * KEPT_COMMITS + 3
    with pytest.raises(FencedError):
        sleeping.upload({"status": 0})


def test_a_damaged_object_is_found_before_it_is_used(machine, store):
    a, b = machine("a"), machine("b")
    a.turn(1)
    (name,) = parts(store)
    store.put(name, b"other bytes")
    a.die()
    with pytest.raises(StorageError, match="other bytes than were uploaded"):
        b.hold()


def test_the_copied_state_is_whole(machine):
    a, b = machine("a"), machine("b")
    a.turn(1, 2)
    a.die()
    b.hold()
    state = State(b.layout.state)
    assert state.integrity() is None
    state.close()
