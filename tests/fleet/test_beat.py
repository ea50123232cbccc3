"""What a beat knows of the messages that it sent."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from fixtures.many_sites import ManySites
from mapexpress.dataset.files.layout import Layout
from mapexpress.fleet.app import make_app
from mapexpress.fleet.beat import SiteScheduler, _Sent
from mapexpress.fleet.config import FleetConfig
from mapexpress.fleet.heartbeats import heartbeats
from mapexpress.fleet.ownership import fleet_lock
from mapexpress.fleet.servers import ServerNames
from mapexpress.fleet.turns import Turn, write_turn

ONE, TWO = "s0000", "s0001"


@pytest.fixture
def beat(tmp_path: Path) -> SiteScheduler:
    ManySites(count=2, articles=1, port=1, hits=tmp_path / "hits.log").write_files(tmp_path / "sites")
    config = FleetConfig(host="a", data=tmp_path, sites=tmp_path / "sites", broker="amqp://", store=str(tmp_path / "s"))
    made = SiteScheduler(make_app(config), fleet=config, store=config.open_store())
    made._read_sites()
    now = time.monotonic()
    made.sent = {ONE: _Sent(0, ONE, now - 2, "crawl"), TWO: _Sent(0, TWO, now - 1, "crawl")}
    return made


def taken(beat: SiteScheduler, key: str) -> None:
    """A worker notes the end of the turn."""
    write_turn(beat.fleet.folder, key, Turn(number=1, next=datetime.now(UTC).isoformat()))
    beat._take_back()


def late(beat: SiteScheduler) -> float:
    """A moment at which whatever was under way has ended."""
    return time.monotonic() + beat.fleet.hard_limit + 61


def test_a_turn_that_was_taken_is_no_longer_waited_for(beat):
    taken(beat, ONE)
    assert beat.sent.keys() == {TWO}
    beat._forget_lost(late(beat), is_empty=False)
    assert beat.sent.keys() == {TWO}  # nothing that was sent later was taken: it waits in the queue


def test_a_message_that_others_overtook_is_sent_again_also_when_the_queue_never_empties(beat):
    taken(beat, TWO)
    beat._forget_lost(time.monotonic(), is_empty=False)
    assert beat.sent.keys() == {ONE}  # a worker may be at it
    beat._forget_lost(late(beat), is_empty=False)
    assert not beat.sent


def test_what_a_broker_lost_is_sent_again_when_the_queue_stays_empty(beat):
    beat._forget_lost(time.monotonic(), is_empty=True)
    assert beat.sent.keys() == {ONE, TWO}
    beat._forget_lost(late(beat), is_empty=True)
    assert not beat.sent


@pytest.fixture
def holder(beat: SiteScheduler) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that is at the first site."""
    code = (
        "import pathlib, sys, time; from mapexpress.dataset.files.lock import SiteLock;"
        "SiteLock(pathlib.Path(sys.argv[1]), 'x').acquire(); print('held', flush=True); time.sleep(600)"
    )
    path = fleet_lock(Layout(beat.fleet.data, ONE)).path
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_message_is_missed_after_a_minute_when_nobody_is_at_its_site(beat, holder):
    now = time.monotonic()
    beat._forget_lost(now, is_empty=True)
    beat._forget_lost(now + 61, is_empty=True)
    assert beat.sent.keys() == {ONE}  # its worker is at it, and has declined the second delivery
    holder.kill()
    holder.wait()
    beat._forget_lost(now + 62, is_empty=True)
    assert beat.sent.keys() == {ONE}
    beat._forget_lost(now + 124, is_empty=True)
    assert not beat.sent


def test_a_site_is_nobodys_while_its_server_is_being_looked_up(beat, monkeypatch):
    answered = Event()
    beat._names = ServerNames(beat.store, lambda _: answered.wait() and [])
    Layout(beat.fleet.data, TWO).site.mkdir(parents=True)
    (Layout(beat.fleet.data, TWO).site / "owned.json").touch()
    monkeypatch.setattr(beat, "_channel", lambda: None)
    monkeypatch.setattr(beat, "_miss", lambda _: None)
    published = []
    monkeypatch.setattr(beat, "_publish", lambda _, site, action: published.append((site.name, action)))
    beat.sent.clear()
    beat.tick()
    assert [one.host for one in heartbeats(beat.store)] == ["a"]  # its host lives all the same
    assert published == []
    answered.set()
    end = time.monotonic() + 60
    while len(published) < 2 and time.monotonic() < end:
        beat.tick()
    assert sorted(published) == [(ONE, "crawl"), (TWO, "crawl")]
    beat.close()


def test_a_site_whose_file_the_first_host_lacks_is_told(beat, caplog):
    beat.store.put("servers.json", b'{"s0000": ["192.0.2.1", "2026-05-01T12:00:00+00:00"]}')
    for _ in range(2):
        assert not caplog.messages
        beat._read_servers(datetime.now(UTC), first=False)
    assert caplog.messages == ["a, which looks servers up, has none of s0001 yet"]
    assert (beat.sites[ONE].server, beat.sites[TWO].server) == ("192.0.2.1", "")


def test_a_site_whose_file_has_another_name_is_sent_under_it(beat):
    (beat.fleet.sites / f"{ONE}.toml").rename(beat.fleet.sites / "renamed.toml")
    beat._read_sites()
    assert beat.sent.keys() == {TWO}
    assert beat.sites[ONE].name == "renamed"
