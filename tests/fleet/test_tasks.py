"""One message: who may take a site's turn, what stops a crawl, and what becomes of a message that comes twice."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.many_sites import ManySites, serve_many
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.fleet import crawling, tasks
from mapexpress.fleet.config import FleetConfig
from mapexpress.fleet.heartbeats import beat_heart
from mapexpress.fleet.ownership import OwnedSite, fleet_lock
from mapexpress.fleet.reading import heads
from mapexpress.fleet.shared_store import open_store
from mapexpress.fleet.tasks import take_turn
from mapexpress.fleet.turns import read_turn

KEY, SERVER = "s0000", "127.1.0.1"


@pytest.fixture
def config(tmp_path: Path) -> FleetConfig:
    ManySites(count=1, articles=3, port=1, hits=tmp_path / "hits.log").write_files(tmp_path / "sites")
    store = str(tmp_path / "store")
    return FleetConfig(host="a", data=tmp_path / "a", sites=tmp_path / "sites", broker="", store=store)


@pytest.fixture
def served(config: FleetConfig, tmp_path: Path) -> Iterator[ManySites]:
    with serve_many(1, 3, tmp_path / "hits.log") as many:
        many.write_files(config.sites)
        yield many


def take(config: FleetConfig, number: int = 0, **more: str) -> str:
    return take_turn(config, open_store(config.store), KEY, number, server=SERVER, **more)


@pytest.mark.crawl
def test_a_message_that_comes_twice_crawls_once(config, served):
    config = replace(config, crawl_settings={"MAPEXPRESS_ALLOW_HOSTS": served.allowed}, per_server=2)
    first = SiteLock(config.folder / "servers" / f"{SERVER}-0.lock", "fleet")
    first.acquire()  # the other place at the server is free
    assert take(config) == "0"
    first.release()
    requests = served.hits.read_text()
    assert take(config) == "old"
    assert served.hits.read_text() == requests
    (head,) = heads(open_store(config.store))
    assert (head.host, head.turn["status"], head.turn["number"]) == ("a", 0, 1)
    assert read_turn(config.folder, KEY).next_at > datetime.now(UTC)


def test_a_site_that_is_being_crawled_is_left_to_its_task(config, monkeypatch):
    monkeypatch.setattr(tasks, "_PATIENCE", 0.0)
    lock = fleet_lock(Layout(config.data, KEY))
    lock.acquire()
    assert take(config) == "held"
    lock.release()
    assert read_turn(config.folder, KEY).number == 0


def test_a_site_waits_while_another_of_its_server_is_crawled(config):
    lock = SiteLock(config.folder / "servers" / f"{SERVER}-0.lock", "fleet")
    lock.acquire()
    assert take(config) == "busy"
    lock.release()
    turn = read_turn(config.folder, KEY)
    assert (turn.number, turn.status) == (1, 7)
    assert (turn.next_at - datetime.now(UTC)).total_seconds() <= 10
    assert not list(heads(open_store(config.store)))


def test_the_site_of_another_live_host_is_left_alone(config):
    store = open_store(config.store)
    beat_heart(store, "b", datetime.now(UTC), 1)
    OwnedSite(Layout(config.data.with_name("b"), KEY), store, "b").hold(lambda _: True)
    assert take(config) == "elsewhere"
    (head,) = heads(store)
    assert head.host == "b"


HOLDER = """
import sys, time
from pathlib import Path
from mapexpress.dataset.files.layout import Layout
from mapexpress.fleet.ownership import fleet_lock
fleet_lock(Layout(Path(sys.argv[1]), sys.argv[2])).acquire()
print("held", flush=True)
time.sleep(600)
"""


def test_a_holder_that_hangs_longer_than_a_task_may_last_is_killed(config, monkeypatch):
    monkeypatch.setattr(tasks, "_PATIENCE", 0.0)
    lock = Layout(config.data, KEY).site / "fleet.lock"
    command = [sys.executable, "-c", HOLDER, str(config.data), KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert take(config, action="release") == "held"
        assert holder.poll() is None
        old = time.time() - config.hard_limit - 61
        os.utime(lock, (old, old))
        assert take(config, action="release") == "released"
        assert holder.wait() == -9


@pytest.mark.parametrize(
    ("script", "stopping", "status"),
    [
        ("exit 4", False, 4),
        ("sleep 600", False, 143),  # the slice is over
        ("sleep 600", True, 143),  # the worker was told to end
        ("trap '' TERM; echo ready; while :; do sleep 1; done", False, 137),  # it does not end within the grace
    ],
)
def test_a_crawl_ends_by_itself_or_is_ended(config, script, stopping, status):
    config = replace(config, slice=600 if stopping or status == 4 else 0.5, grace=0.5 if status == 137 else 600)
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
        if "ready" in script:
            assert process.stdout is not None
            process.stdout.readline()  # before, the signal would end it
        assert crawling._wait(config, KEY, process, lambda: stopping) == status
