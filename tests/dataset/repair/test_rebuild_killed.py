"""A rebuild or a repair that is killed before any change of a file is finished or undone by the next command."""

import gzip
import json
import os
import shutil
import signal
import sys

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.repair import repair
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.store import SiteStore

pytestmark = pytest.mark.slow

SITE = "news.example"
_EVENTS = {"os.remove", "os.rename", "os.link", "os.mkdir", "os.truncate", "open"}


@pytest.fixture
def whole(tmp_path, article, rejection, exchange):
    for run in range(2):
        with SiteStore.open(tmp_path / "whole", SITE, run=f"20261124T00000{run}Z-aaaa") as store:
            for n in range(run * 3, run * 3 + 3):
                store.write(
                    article(n, warc_record_id=store.capture(exchange(n, f"<p>Il pleut, {n}.</p>".encode() * 50)))
                )
            store.write(rejection(90 + run))
            store.seal()
    with SiteStore.open(tmp_path / "whole", SITE, run="20261125T000000Z-aaaa") as store:
        store.write(article(1, "Il neige.", warc_record_id=store.capture(exchange(1))))
        store.seal()
    return Layout(tmp_path / "whole", SITE)


def sound(layout):
    """Nothing is wrong."""


def damaged(layout):
    parts = sorted(layout.dataset.glob("*/*.gz"))
    data = bytearray(parts[0].read_bytes())
    data[len(data) // 2] ^= 0x10
    parts[0].write_bytes(data)
    parts[1].write_bytes(parts[1].read_bytes()[:-9])
    next(layout.manifests.iterdir()).unlink()
    warc = sorted(layout.warc.iterdir())[1]
    data = bytearray(warc.read_bytes())
    data[len(data) // 2] ^= 0x55
    warc.write_bytes(data)


def emptied(layout):
    layout.state.write_bytes(b"")


def lines(layout):
    found = [
        line for p in sorted(layout.dataset.glob("*/*.gz")) for line in gzip.decompress(p.read_bytes()).splitlines()
    ]
    return sorted((value["id"], value["revision"]) for value in map(json.loads, found))


def killed_at(number, layout, command):
    """Run a command in a process of its own that dies before its change of that number; whether it came so far."""
    child = os.fork()
    if child == 0:
        count = 0

        def watch(event, arguments):
            nonlocal count
            if event not in _EVENTS or not str(arguments[0]).startswith(str(layout.data)):
                return
            if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            command(layout, "mend")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def go_on(layout, article):
    """What a crawl does: make the articles that are to come back from their responses."""
    with SiteStore.open(layout.data, SITE, run="20261130T000000Z-aaaa") as store:
        for waiting in list(store.unprocessed()):
            made = article(int(waiting.url.rstrip("/").rpartition("/")[2]), warc_record_id=waiting.warc_record_id)
            assert store.write(made) == "new"
        store.seal()


@pytest.mark.parametrize(
    ("prepare", "command"),
    [(sound, rebuild_state), (sound, repair), (damaged, repair), (emptied, rebuild_state), (emptied, repair)],
)
@pytest.mark.parametrize("after", ["the same", "a run"])
def test_killed_anywhere_it_is_finished_or_undone(whole, article, tmp_path, prepare, command, after):
    prepare(whole)
    reference = Layout(tmp_path / "reference", SITE)
    shutil.copytree(whole.data, reference.data)
    command(reference, "mend")
    go_on(reference, article)
    expected = lines(reference)
    assert verify(reference).faults == []
    number = 1
    while True:
        layout = Layout(tmp_path / f"t{number}", SITE)
        shutil.copytree(whole.data, layout.data)
        was_killed = killed_at(number, layout, command)
        begun = layout.repairing.exists() or prepare is not damaged
        if after == "the same":
            command(layout, "again")
        go_on(layout, article)
        if begun or after == "the same":
            assert verify(layout).faults == [], number
            assert lines(layout) == expected, number
        assert [p for p in layout.data.rglob("*") if p.name.endswith(".tmp") or p.name.startswith("state.new")] == []
        shutil.rmtree(layout.data)
        if not was_killed:
            break
        number += 1
    assert number > 10
