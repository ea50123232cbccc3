"""Pages are read beside the event loop."""

import asyncio
import gc
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from mapexpress.confined.process import ReadingCancelledError
from mapexpress.spiders.news import NewsSpider
from mapexpress.spiders.page_thread import PageThread

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
        spider: Any = NewsSpider()
        spider.learning, spider.thread = learning, thread
        made: str = await spider._judged(read)
        return made

    assert beside(act) == "read with learned"
    assert seen == [None, "learned"]
