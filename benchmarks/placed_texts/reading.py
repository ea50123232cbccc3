"""What a crawl does with a page and a home, and what that takes."""

from __future__ import annotations

import signal
import time
from types import FrameType

from scrapy.settings import Settings

from benchmarks.placed_texts.places import HOME_PLACES, URL
from mapexpress import settings as of_project
from mapexpress.crawl.requests.plan import Plan
from mapexpress.crawl.requests.plan_from_arguments import read_plan
from mapexpress.crawl.ways.shown import read_shown
from mapexpress.dataset.state.frontier import Entry
from mapexpress.extraction.next_pages import article_pages
from mapexpress.model.document import Document
from mapexpress.model.record import Rejection
from mapexpress.record.build import explain, read_page
from mapexpress.record.lesson import Lesson, publication_window

FRONT = "https://news.example/"


def plan() -> Plan:
    """That of a crawl of the site whose page and home `places` has."""
    own = {name: value for name, value in vars(of_project).items() if name.isupper()}
    return read_plan({"url": FRONT}, Settings(own))


def read(place: str, markup: str, of: Plan) -> None:
    """Read a page as an article, its further pages and what it teaches; or a home, and what it leads to."""
    body = markup.encode("utf-8", "replace")
    if place in HOME_PLACES:
        front = Entry(url=FRONT, kind="home")
        shown = read_shown(of, front, body, url=FRONT, content_type="text/html; charset=utf-8")
        list(of.expand(front, shown.found, sections=shown.sections))
        return
    document = Document(body=body, url=URL, content_type="text/html; charset=utf-8", status=200)
    article_pages(read_page(document), first=URL)
    explanation = explain([document], site=of.site, options=of.options)
    if not isinstance(explanation.record, Rejection):
        Lesson.of(explanation)
    publication_window(explanation)


class _TooLongError(Exception):
    """A text has taken more seconds than it was given."""


def seconds(place: str, markup: str, of: Plan, *, most: float) -> float:
    """CPU seconds that it takes, infinite past `most`; in the main thread, on systems with timers of CPU time."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    start = time.thread_time()
    try:
        read(place, markup, of)
        return time.thread_time() - start
    except _TooLongError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
