"""A real broker, real workers, real crawls: hosts that share sites, die, and are taken over from."""

import gzip
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.broker import Broker, broker, why_not
from fixtures.bucket import bucket_options, bucket_store
from fixtures.fleet import Host, fleet
from fixtures.many_sites import ManySites, serve_many
from mapexpress.fleet.reading import heads, parts, pull, sweep
from mapexpress.fleet.shared_store import Store, open_store

SITES, ARTICLES = 4, 6
PATIENCE = 600.0  # seconds on a machine that does much else; some twenty on a free one

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "a broker can be started"),
]


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ManySites]:
    with serve_many(SITES, ARTICLES, tmp_path / "hits.log") as many:
        many.write_files(tmp_path / "sites")
        yield many


@pytest.fixture
def host(tmp_path: Path, own_broker: Broker, served: ManySites) -> Callable[..., Host]:
    def make(name: str, **settings: object) -> Host:
        told = {
            "MAPEXPRESS_FLEET_BROKER": own_broker.url,
            "MAPEXPRESS_FLEET_STORE": tmp_path / "store",
            "MAPEXPRESS_FLEET_HOST_TIMEOUT": 12,
            "MAPEXPRESS_FLEET_FIRST_RETRY": 1,
            "MAPEXPRESS_SITES": tmp_path / "sites",
            "MAPEXPRESS_ALLOW_HOSTS": served.allowed,
            **{f"MAPEXPRESS_FLEET_{name}": value for name, value in settings.items()},
        }
        # the name of the test's folder makes the queue's name its own
        own = f"{name}-{tmp_path.name.replace('_', '-')}"
        return Host(own, tmp_path / name, told, workers=1, concurrency=2)

    return make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def done(store: Store) -> dict[str, int]:
    """The status of the last run of each site that was crawled to its end."""
    return {h.site: int(h.turn["status"]) for h in heads(store) if h.turn and h.turn["status"] in (0, 5)}


def until(condition: Callable[[], bool], *hosts: Host) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        logs = "\n".join(host.log(role)[-2000:] for host in hosts for role in ("beat", "worker0"))
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} s:\n{logs}"
        time.sleep(0.3)


def records(store: Store, folder: Path) -> Counter:
    """Ids in the dataset as readers see it."""
    for _ in pull(store, folder, responses=False):
        pass
    found = folder.glob("dataset/*/*/*.gz")
    return Counter(json.loads(line)["id"] for part in found for line in gzip.decompress(part.read_bytes()).splitlines())


def test_hosts_share_sites_and_a_lost_ones_are_taken_over(host, store, tmp_path):
    a, b = host("a"), host("b")
    with fleet([a, b]) as running:
        until(lambda: len(done(store)) == SITES, a, b)
        # none: just given back by the host that was the first one up
        assert {head.host for head in heads(store)} <= {a.name, b.name, None}
        assert records(store, tmp_path / "first").most_common(1)[0][1] == 1
        running.lose(b)
        until(lambda: {head.host for head in heads(store)} == {a.name}, a)
    found = records(store, tmp_path / "second")
    assert len(found) == SITES * ARTICLES
    assert set(found.values()) == {1}
    assert len(list(parts(store))) >= SITES
    assert sweep(store).commits == 0


def test_killed_workers_and_a_killed_broker_lose_nothing(host, store, tmp_path, own_broker):
    a = host("a")
    with fleet([a]):
        until(lambda: any((a.data / "sites").glob("*/warc/*")), a)  # in the middle of a crawl
        a.signal("worker0", signal.SIGKILL)
        until(lambda: len(done(store)) >= 1, a)
        own_broker.kill()
        a.signal("beat", signal.SIGKILL)
        own_broker.start()
        until(lambda: len(done(store)) == SITES, a)
    found = records(store, tmp_path / "out")
    assert len(found) == SITES * ARTICLES
    assert set(found.values()) == {1}


def test_a_frozen_child_of_a_worker_is_killed_by_its_limit(host, store, tmp_path):
    a = host("a", SLICE=14, GRACE=3, UPLOAD=3)
    with fleet([a]):
        until(lambda: any((a.data / "sites").glob("*/warc/*")), a)
        worker = a.running["worker0"].pid
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGSTOP)
        until(lambda: len(done(store)) == SITES, a)
    found = records(store, tmp_path / "out")
    assert len(found) == SITES * ARTICLES
    assert set(found.values()) == {1}


def test_a_worker_that_is_told_to_end_stores_and_uploads_what_it_has(host, store, tmp_path):
    for path in (tmp_path / "sites").glob("*.toml"):
        path.write_text(path.read_text().replace("delay = 0", "delay = 2"))
    a = host("a")
    with fleet([a]):
        until(lambda: any((a.data / "sites").glob("*/warc/*")), a)
    statuses = {head.site: head.turn["status"] for head in heads(store) if head.turn}
    assert 143 in statuses.values()
    stored = [head for head in heads(store) if head.files]  # another site's crawl may have been told while it started
    assert stored
    assert all(head.state is not None for head in stored)


def test_hosts_that_share_a_bucket(host, bucket_server, tmp_path):
    """The clients of a bucket are made in each process that a worker forks, and a lost host's sites come from there."""
    options = bucket_options(bucket_server)
    bucket = bucket_store("s3://fleet/main", bucket_server)
    a, b = (host(name, STORE="s3://fleet/main", STORE_OPTIONS=json.dumps(options)) for name in "ab")
    with fleet([a, b]) as running:
        until(lambda: len(done(bucket)) == SITES, a, b)
        running.lose(b)
        until(lambda: {head.host for head in heads(bucket)} == {a.name}, a)
    found = records(bucket, tmp_path / "out")
    assert len(found) == SITES * ARTICLES
    assert set(found.values()) == {1}


def test_sites_on_one_server_are_crawled_one_after_the_other(host, store, tmp_path):
    """Two sites at two ports of one address, and workers for both."""
    with serve_many(1, ARTICLES, tmp_path / "one") as one, serve_many(1, ARTICLES, tmp_path / "two") as two:
        for path in (tmp_path / "sites").glob("*.toml"):
            path.unlink()
        one.write_files(tmp_path / "sites")
        text = (tmp_path / "sites" / "s0000.toml").read_text()
        text = text.replace('key = "s0000"', 'key = "other"').replace(f":{one.port}/", f":{two.port}/")
        (tmp_path / "sites" / "other.toml").write_text(text)
        a = host("a")
        a.settings = {**a.settings, "MAPEXPRESS_ALLOW_HOSTS": f"{one.allowed},{two.allowed}"}
        with fleet([a]):
            until(lambda: len(done(store)) == 2, a)
        times = [[at for at, _ in many.asked()["s0000"]] for many in (one, two)]
    first, second = sorted(times)
    assert len(first) > ARTICLES
    assert len(second) > ARTICLES
    assert max(first) < min(second)


def test_two_beats_on_one_host_are_refused(host):
    a = host("a")
    with fleet([a]):
        until(lambda: "Starting" in a.log("beat"), a)
        second = Host(a.name, a.data, a.settings)
        second.start("beat")
        assert second.running["beat"].wait(PATIENCE) == 7
