"""Pages are read in the main thread, the event loop runs in another: only there a signal ends what a page is at.

Python runs the handlers of signals in the main thread, and its regular expressions, which let no other thread run
while they search, look for signals too. So an alarm reaches a page that has turned in circles, at the latest when the
call into C that it is in comes to its end.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mapexpress.errors import PageTooSlowError
from mapexpress.page.memory import uncollected

if TYPE_CHECKING:
    from types import FrameType

P = ParamSpec("P")
T = TypeVar("T")

# The first alarm finds hardly a page at work, each further one gives the loop its turn beside one that holds the
# interpreter
FIRST, NEXT = 0.5, 0.1  # seconds
PATIENCE = (
    10  # a deadline is CPU time, so that a busy machine loses no page; past so many times of it the wall clock is
)


class EndedError(BaseException):
    """Raised in the midst of a page's work past its deadline; nothing of it takes it for an error of its own."""


@dataclass(slots=True)
class _Work:
    """One call, and who waits for it."""

    call: Callable[[], Any]
    future: Future[Any]
    dropped: bool = False


@dataclass(slots=True)
class MainThread(Executor):
    """Does work in the main thread while `serve` runs there, one call at a time, each within `seconds` of CPU time."""

    seconds: float = 10.0
    _queue: SimpleQueue[_Work | None] = field(default_factory=SimpleQueue)
    _at: _Work | None = None
    _began: tuple[float, float] = (0.0, 0.0)  # CPU time of this thread, wall clock

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The future raises PageTooSlowError where the deadline passed."""
        work = _Work(lambda: fn(*args, **kwargs), Future())
        self._queue.put(work)
        return work.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 (Executor's)
        """Take back what waits, and end what is under way; nobody waits for either. `serve` goes on."""
        left = []
        while not self._queue.empty():
            left.append(self._queue.get())
        for work in left:
            if work is None:
                self._queue.put(None)
            else:
                work.future.cancel()
        at = self._at
        if at is not None:
            at.dropped = True
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def serve(self, beside: Callable[[], None]) -> None:
        """Run `beside` in a thread of its own, and do the work that comes of it until it ends. Raises what it raises.

        To be called in the main thread, where nothing else has set an alarm.
        """
        raised: list[BaseException] = []

        def run() -> None:
            try:
                beside()
            except BaseException as error:
                raised.append(error)
            finally:
                self._queue.put(None)

        global _serving
        _serving, before = self, signal.signal(signal.SIGALRM, self._alarm)
        thread = threading.Thread(target=run, name="loop")
        thread.start()
        try:
            while (work := self._queue.get()) is not None:
                with uncollected():  # out of the alarm's reach, which may end any other on its way out
                    self._do(work)
        finally:
            thread.join()
            _serving = None
            signal.signal(signal.SIGALRM, before)
        if raised:
            raise raised[0]

    def _do(self, work: _Work) -> None:
        if not work.future.set_running_or_notify_cancel():
            return
        try:
            self._began, self._at = (time.thread_time(), time.monotonic()), work
            signal.setitimer(signal.ITIMER_REAL, FIRST, NEXT)
            try:
                made = work.call()
            finally:
                self._at = None  # from here on the alarm ends nothing
                signal.setitimer(signal.ITIMER_REAL, 0)
        except EndedError:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._at = None
            work.future.set_exception(PageTooSlowError(f"not at its end after {self.seconds:g} seconds"))
        except BaseException as error:
            work.future.set_exception(error)
        else:
            work.future.set_result(made)

    def _alarm(self, _number: int, frame: FrameType | None) -> None:
        work = self._at
        if work is None:
            return
        cpu, wall = time.thread_time() - self._began[0], time.monotonic() - self._began[1]
        late = work.dropped or cpu >= self.seconds or wall >= self.seconds * PATIENCE
        if late and not imports(frame):
            raise EndedError


def imports(frame: FrameType | None) -> bool:
    """Whether a module is being loaded: ended half-way it would be half a module for the rest of the process."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


_serving: MainThread | None = None


def serving() -> MainThread | None:
    """The one that does work for this process at the moment; None where the event loop has the main thread."""
    return _serving
