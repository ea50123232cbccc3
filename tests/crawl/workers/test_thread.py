"""Pages are read beside the event loop."""

import asyncio
import gc
import re
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest

from mapexpress.crawl.article_answers import judged
from mapexpress.crawl.workers.main_thread import MainThread
from mapexpress.crawl.workers.thread import PageThread
from mapexpress.errors import PageTooSlowError, ReadingCancelledError

PATIENCE = 30  # seconds: only a loop that is held lets them pass
T = TypeVar("T")


def beside(act: Callable[[PageThread], Awaitable[T]]) -> T:
    async def main() -> T:
        thread = PageThread()
        try:
            return await act(thread)
        finally:
            thread.stop()

    return asyncio.run(main())


def test_the_loop_goes_on_while_a_page_is_read() -> None:
    let_go = threading.Event()

    async def act(thread: PageThread) -> bool:
        asyncio.get_running_loop().call_soon(let_go.set)
        return await thread.run(let_go.wait, PATIENCE)

    assert beside(act)


def test_stop_drops_what_is_under_way_and_what_waits() -> None:
    begun, let_go, ended = (threading.Event() for _ in range(3))
    done: list[int] = []

    def read() -> None:
        begun.set()
        let_go.wait(PATIENCE)
        ended.set()

    async def act(thread: PageThread) -> None:
        pages = [asyncio.ensure_future(thread.run(read)), asyncio.ensure_future(thread.run(done.append, 1))]
        while not begun.is_set():
            await asyncio.sleep(0)
        thread.stop()
        for page in pages:
            with pytest.raises(ReadingCancelledError):
                await page
        assert not ended.is_set()
        with pytest.raises(ReadingCancelledError):
            await thread.run(done.append, 2)
        let_go.set()

    beside(act)
    assert ended.wait(PATIENCE)
    assert done == []


def test_whoever_waits_may_be_cancelled_by_others() -> None:
    begun, let_go = threading.Event(), threading.Event()

    async def act(thread: PageThread) -> str:
        page = asyncio.ensure_future(thread.run(lambda: (begun.set(), let_go.wait(PATIENCE))))
        while not begun.is_set():
            await asyncio.sleep(0)
        page.cancel()
        with pytest.raises(asyncio.CancelledError):
            await page
        let_go.set()
        return await thread.run(str.upper, "the next page")

    assert beside(act) == "THE NEXT PAGE"


def test_an_error_is_raised_where_the_page_is_waited_for() -> None:
    async def act(thread: PageThread) -> int:
        with pytest.raises(ValueError, match="no number"):
            await thread.run(int, "no number")
        return await thread.run(int, "7")

    assert beside(act) == 7


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_looked_for_again_afterwards_as_before(enabled: bool) -> None:
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        assert not beside(lambda thread: thread.run(gc.isenabled))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_what_was_read_with_a_snapshot_that_was_replaced_meanwhile_is_read_again() -> None:
    learning = SimpleNamespace(snapshot=None)
    seen: list[str | None] = []

    def read(*, snapshot: str | None) -> str:
        seen.append(snapshot)
        learning.snapshot = "learned" if len(seen) == 1 else learning.snapshot
        return f"read with {snapshot}"

    async def act(thread: PageThread) -> str:
        made: str = await judged(read, thread, lambda: learning.snapshot)
        return made

    assert beside(act) == "read with learned"
    assert seen == [None, "learned"]


def in_circles() -> None:
    while True:
        time.sleep(0)


def deaf() -> None:
    """Takes every exception for one of its own."""
    while True:
        with suppress(Exception):
            time.sleep(0)


@pytest.mark.parametrize("work", [in_circles, deaf])
def test_past_its_deadline_nobody_waits_for_a_page(work: Callable[[], None]) -> None:
    async def act(thread: PageThread) -> str:
        thread.seconds = 0.1
        with pytest.raises(PageTooSlowError):
            await thread.run(work)
        return await thread.run(str.upper, "the next page")

    assert beside(act) == "THE NEXT PAGE"


def served(act: Callable[[PageThread], Awaitable[T]]) -> T:
    """With the loop in a thread and the pages in this one, as `scrapy crawl` has them."""
    made: list[T] = []

    async def main() -> None:
        thread = PageThread(0.2)
        try:
            made.append(await act(thread))
        finally:
            thread.stop()

    MainThread().serve(lambda: asyncio.run(main()))
    return made[0]


def searches() -> None:
    re.fullmatch(r"(?:a+)+", "a" * 60 + "b")


@pytest.mark.parametrize("work", [in_circles, deaf, searches])
def test_the_main_thread_ends_a_page_at_its_deadline(work: Callable[[], None]) -> None:
    async def act(thread: PageThread) -> tuple[str, bool]:
        with pytest.raises(PageTooSlowError):
            await thread.run(work)
        return await thread.run(str.upper, "the next page"), await thread.run(gc.isenabled)

    assert served(act) == ("THE NEXT PAGE", False)
    assert gc.isenabled()


def test_garbage_is_looked_for_after_what_was_ended_before_it_could_switch_that_on() -> None:
    def ended() -> None:
        gc.disable()
        in_circles()

    main = MainThread(seconds=0.1)
    raised: list[BaseException | None] = []
    main.serve(lambda: raised.append(main.submit(ended).exception()))
    assert isinstance(raised[0], PageTooSlowError)
    assert gc.isenabled()


def test_the_loop_has_its_turns_beside_a_page_that_holds_the_interpreter() -> None:
    async def act(thread: PageThread) -> int:
        thread._served.seconds = PATIENCE  # type: ignore[union-attr]
        page = asyncio.ensure_future(thread.run(searches))
        turns = 0
        while turns < 5 and not page.done():
            await asyncio.sleep(0.2)
            turns += 1
        assert not page.done()
        thread.stop()
        with pytest.raises(ReadingCancelledError):
            await page
        return turns

    assert served(act) == 5


def test_what_the_loop_raises_is_raised() -> None:
    async def act(_thread: PageThread) -> None:
        raise OSError("no such port")

    with pytest.raises(OSError, match="no such port"):
        served(act)


def test_a_module_that_is_being_loaded_is_loaded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_load.py").write_text("import time\nend = time.monotonic() + 1.5\n"
                                              "while time.monotonic() < end: pass\nwhole = True\n")  # fmt: skip
    monkeypatch.syspath_prepend(tmp_path)

    async def act(thread: PageThread) -> bool:
        with suppress(PageTooSlowError):
            await thread.run(import_module, "slow_to_load")
        return bool(import_module("slow_to_load").whole)

    assert served(act)
