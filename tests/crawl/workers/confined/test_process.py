"""The confined process keeps its limits on documents that really break them."""

import asyncio
import os
import resource
import signal
from pathlib import Path

import orjson
import pytest

from mapexpress.crawl.workers.confined.messages import (
    Asked,
    Reading,
    read_asked,
    read_reading,
    write_asked,
    write_reading,
)
from mapexpress.crawl.workers.confined.process import Confined, is_heavy, refused
from mapexpress.crawl.workers.confined.worker import read
from mapexpress.errors import ReadingCancelledError, StorageError
from mapexpress.limits import DEFAULTS
from mapexpress.model.link import Found, Link
from mapexpress.model.options import Options
from mapexpress.model.record import Article
from mapexpress.record.build import Document, build
from mapexpress.sites import load_site

pytestmark = pytest.mark.slow

PROSE = "<p>La coopérative a livré ses comptes, et le conseil les a examinés pendant deux longues heures.</p>"
PAGE = f"<html><head><title>Comptes</title></head><body><article><h1>Comptes</h1>{PROSE * 6}</article></body></html>"
URL = "https://news.example/economie/comptes/"


def asked(body: bytes | str = PAGE) -> Asked:
    return Asked(task="article", documents=(Document(body=body, url=URL),))


def test_the_same_record_as_where_it_is_read_at_once() -> None:
    async def both() -> tuple[Reading, Reading]:
        confined = Confined(seconds=60)
        try:
            return await confined.read(asked()), await confined.read(asked(PAGE.encode()))
        finally:
            await confined.close()

    first, second = asyncio.run(both())
    assert first.record == second.record == build([Document(body=PAGE, url=URL)])


def test_too_slow_is_killed_and_replaced() -> None:
    async def run() -> tuple[Reading, Reading]:
        confined = Confined(seconds=60)
        try:
            await confined.read(asked())
            confined.seconds = 0.01
            slow = await confined.read(asked("<p>a" * 40_000))
            confined.seconds = 60
            return slow, await confined.read(asked())
        finally:
            await confined.close()

    slow, after = asyncio.run(run())
    assert slow.problem == "extraction_timeout"
    assert after.record is not None


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited on Linux only")
def test_too_much_memory_ends_the_document_not_the_crawl() -> None:
    async def run() -> tuple[Reading, Reading]:
        confined = Confined(seconds=60, megabytes=4)
        try:
            greedy = await confined.read(asked("<p>" + "<b><i>mot</i></b>" * 20_000))
            confined.megabytes = 320
            return greedy, await confined.read(asked())
        finally:
            await confined.close()

    greedy, after = asyncio.run(run())
    assert greedy.problem in ("extraction_memory", "extraction_crashed")
    assert after.record is not None


def test_a_process_that_dies_is_replaced_and_stop_ends_it() -> None:
    async def run() -> tuple[Reading, Reading]:
        confined = Confined(seconds=60)
        await confined.read(asked())
        assert confined._process is not None
        os.kill(confined._process.pid, signal.SIGSTOP)
        reading = asyncio.ensure_future(confined.read(asked()))
        await asyncio.sleep(0.2)
        os.kill(confined._process.pid, signal.SIGKILL)
        died, after = await reading, await confined.read(asked())
        await confined.close()
        with pytest.raises(ReadingCancelledError):
            await confined.read(asked())
        return died, after

    died, after = asyncio.run(run())
    assert died.problem == "extraction_crashed"
    assert after.record is not None


def test_a_full_folder_for_temporary_files_is_an_error_of_the_disk() -> None:
    async def read() -> None:
        confined = Confined()
        try:
            await confined.read(asked(PAGE))
        finally:
            await confined.close()

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StorageError, match="cannot write"):
            asyncio.run(read())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_it_holds_no_descriptor_of_ours_and_ends_with_its_parent(tmp_path: Path) -> None:
    async def run() -> tuple[int, list[str]]:
        with (tmp_path / "lock").open("w") as lock:
            os.set_inheritable(lock.fileno(), True)
            confined = Confined(seconds=60)
            await confined.read(asked())
            process = confined._process
            assert process is not None
            assert process.stdin is not None
            folder = Path(f"/proc/{process.pid}/fd")
            held = [str(fd.readlink()) for fd in folder.iterdir()] if folder.exists() else []
            process.stdin.close()  # what is left of a parent that is gone
            await asyncio.wait_for(process.wait(), 30)
            await confined.close()
            return process.pid, held

    pid, held = asyncio.run(run())
    assert not any("lock" in name for name in held)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_messages_carry_all_that_a_record_depends_on() -> None:
    work = Asked(
        task="article",
        documents=(Document(body=b"\x00\xff", url=URL, headers={"etag": "x"}, status=200), Document(body="é")),
        site=load_site("mapexpress"),
        options=Options(captions=True, without=frozenset({"phrases", "template"})),
    )
    message = write_asked(work)
    size = int.from_bytes(message[:8], "big")
    head = orjson.loads(message[8 : 8 + size])
    bodies, at = [], 8 + size
    for document in head["documents"]:
        bodies.append(message[at : at + document["length"]])
        at += document["length"]
    assert read_asked(head, bodies) == work
    found = Reading(found=Found(links=(Link(url=URL, via="feed"),), changed={URL: "2026-06-12"}), pages=("a",))
    assert read_reading(write_reading(found)[8:]) == found


def test_evidence_that_is_switched_off_is_not_heard_in_the_confined_process_either() -> None:
    documents = (Document(body=PAGE.replace("</article>", "<p>Partager l'article:</p></article>"), url=URL),)
    options = Options(without=frozenset({"platforms", "structure", "candidates", "phrases"}))
    alone = read(Asked(task="article", documents=documents, options=options)).record
    whole = read(Asked(task="article", documents=documents)).record
    assert (alone, whole) == (build(documents, options=options), build(documents))
    assert isinstance(alone, Article)
    assert isinstance(whole, Article)
    assert ("Partager" in alone.text, "Partager" in whole.text) == (True, False)


@pytest.mark.parametrize("answer", [b"[]", b"{}", b'{"pages": [], "problem": "", "article": {"id": 3}}', b"\x80\x04."])
def test_an_answer_that_is_no_reading_is_not_believed(answer: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_reading(answer)


def test_what_is_heavy_and_what_is_refused() -> None:
    assert not is_heavy([Document(body=PAGE)], DEFAULTS)
    assert is_heavy([Document(body="<p>" * 4_001)] * 2, DEFAULTS)  # an article's pages together
    assert refused([Document(body=b"<p>" * 50_001)], DEFAULTS) == "too_many_elements"
    assert refused([Document(body=b"a" * (8 << 20) + b"a")], DEFAULTS) == "too_large"
