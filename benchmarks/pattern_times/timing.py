"""How an expression's time grows with the length of a text, in CPU seconds, whatever else the machine does."""

from __future__ import annotations

import re
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from benchmarks.pattern_times.probes import Probe, probes

Expression = re.Pattern[str] | re.Pattern[bytes]
Call = Callable[[str | bytes], object]

LENGTHS = (12, 24, 48, 128, 512, 4096)
# Seconds below which no growth is told. At the last length a quadratic expression takes 8,000,000 steps of a nanosecond
# and more, a linear one mostly a tenth of this.
FLOOR = 0.0004
# Times as long for four times the length: 4 for a linear expression, 16 for a quadratic one
MOST_AT_FOUR = 9.0
MOST_AT_TWO = 2.8
BEARABLE = 0.01
ENDLESS = 1.0  # seconds: a linear expression would take a quarter of a millisecond for each character
_SURE = 0.05  # seconds that a linear expression does not take for the lengths that are tried
_RUNS = 3  # the shortest of so many counts
_LONG = 0.2  # seconds after which one run is enough


class _EndlessError(Exception):
    """An expression has taken `ENDLESS` seconds for one text."""


@dataclass(frozen=True, slots=True)
class Slow:
    """A text that an expression takes more than linear time for, and its growth from one length to four times of it."""

    use: str
    probe: Probe
    length: int
    seconds: float
    growth: float  # infinite where it did not come to its end


def slowest(expression: Expression, uses: frozenset[str], *, thorough: bool, most: int | None = None) -> Slow | None:
    """The first text that an expression takes more than linear time for, by one of the ways it is used, or None.

    `uses` are among search, match, fullmatch and finditer, which stands for sub, split and findall too. Runs in the
    main thread, on systems with timers of CPU time. An expression that is given at most `most` characters may take
    `BEARABLE` seconds for them, however its time grows.
    """
    calls = [(use, _call(expression, use)) for use in sorted(uses)]
    with _interrupted():
        for probe in probes(expression, thorough=thorough):
            if most is not None:
                text = _of_kind(expression, probe.text(most))
                for use, call in calls:
                    if (took := _least(call, text)) > BEARABLE:
                        return Slow(use, probe, most, took, float("nan"))
                continue
            for length in LENGTHS:
                text = _of_kind(expression, probe.text(length))
                for use, call in calls:
                    took = _once(call, text)
                    if took == float("inf"):
                        return Slow(use, probe, length, ENDLESS, took)
                    if took > FLOOR and _once(call, _of_kind(expression, probe.text(2 * length))) > MOST_AT_TWO * took:
                        found = _growth(expression, use, call, probe, length)
                        if found is not None:
                            return found
    return None


def _growth(expression: Expression, use: str, call: Call, probe: Probe, length: int) -> Slow | None:
    """What is told of a text for which growth can be told, where it is more than linear.

    What grows only until a bound of the expression is reached (`.{0,80}`) is linear: longer texts are tried until what
    is left cannot be such a bound.
    """
    while True:
        base, twice, four = (_of_kind(expression, probe.text(n * length)) for n in (1, 2, 4))
        least = _least(call, base)
        if least == float("inf"):
            return Slow(use, probe, length, ENDLESS, least)
        if least < FLOOR or _least(call, twice) < MOST_AT_TWO * least:
            return None
        longest = _least(call, four)
        least = _least(call, base)  # again: both were taken on the same machine
        if longest <= MOST_AT_FOUR * least:
            return None
        if longest > _SURE:
            return Slow(use, probe, length, least, longest / least)
        length *= 4


def _call(expression: Expression, use: str) -> Call:
    if use == "finditer":
        return lambda text: deque(expression.finditer(text), maxlen=0)  # type: ignore[arg-type]
    method: Call = getattr(expression, use)
    return method


def _of_kind(expression: Expression, text: str) -> str | bytes:
    return text.encode("latin-1", "replace") if isinstance(expression.pattern, bytes) else text


def _least(call: Call, text: str | bytes) -> float:
    best = _once(call, text)
    for _ in range(_RUNS - 1):
        if best > _LONG:
            break
        best = min(best, _once(call, text))
    return best


def _once(call: Call, text: str | bytes) -> float:
    """CPU seconds of one call; infinite for one that was interrupted."""
    signal.setitimer(signal.ITIMER_VIRTUAL, ENDLESS)
    start = time.thread_time()
    try:
        call(text)
        return time.thread_time() - start
    except _EndlessError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def _interrupted() -> Iterator[None]:
    """Let a timer of CPU time end a match, which `re` looks for every few thousand steps."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)
