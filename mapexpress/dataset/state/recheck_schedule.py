"""When an address that has an outcome is asked again; the tables stand in docs/dataset.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mapexpress.dataset.state.tables import Outcome

# A stored article by its age: most corrections of a dispatch come within hours; after a month next to none.
RECHECKS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=3), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(hours=3)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=7)),
    (timedelta(days=365), timedelta(days=60)),
)
ABSENT = (404, 410)
RARELY = timedelta(days=365)
ABSENT_AGAIN = timedelta(days=1)  # a stored article that answered 404 or 410: whatever broke is mended by then, or not
# One that is gone, by the time since it is: what a site lost by mistake it brings back within days
RETURNS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(days=2), timedelta(hours=6)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=7)),
    (timedelta(days=365), timedelta(days=60)),
)
CHANGED = timedelta(minutes=5)  # one that a way in calls changed; 5 hours where it never was
# A rejection by its reason: what the network did passes soon, what a site refuses later, what a page is hardly ever.
NO_RESOURCES = "no_resources"  # the machine had no memory, file or process for it
LAYOUT_CHANGED = "layout_changed"  # a revision that waits for the template
HOST_DOWN = "host_down"  # nothing was asked, for the whole host did not answer
RETRIES: dict[str, timedelta] = {
    HOST_DOWN: timedelta(hours=1),
    LAYOUT_CHANGED: timedelta(hours=3),
    NO_RESOURCES: timedelta(minutes=15),
    # A page may have done it, or a machine that was short of memory and killed the process
    "extraction_memory": timedelta(hours=1),
    "extraction_crashed": timedelta(hours=1),
    "http_304": timedelta(hours=1),  # of what was never fetched
    "timeout": timedelta(minutes=15),
    "truncated": timedelta(minutes=15),
    "repeated_text": timedelta(hours=1),
    "dns": timedelta(hours=1),
    "unreachable": timedelta(hours=1),
    "tls": timedelta(hours=1),
    "connection": timedelta(minutes=15),
    "robots_unreachable": timedelta(hours=1),
    "forbidden": timedelta(days=1),
    "too_many_requests": timedelta(hours=1),
    "challenge": timedelta(days=1),
    "captcha": timedelta(days=1),
    "consent": timedelta(days=1),
    "login": timedelta(days=7),
    "parked": timedelta(days=1),  # an owner who forgot to pay is back within days
    "robots": timedelta(days=7),
    "offsite": timedelta(days=7),
    "tdm_reserved": timedelta(days=30),
    "http_401": timedelta(days=7),
    "http_403": timedelta(days=1),
    "http_404": timedelta(days=1),  # shown and not there: permalinks that are broken for a day are whole the next
    "http_410": timedelta(days=60),
    "http_429": timedelta(hours=1),
}
_SERVER_ERROR = timedelta(hours=1)
_PAGE = timedelta(days=60)  # "not an article" is a judgement of the page, and pages seldom change their kind
_MAX_DOUBLINGS = 6
# What the network or this machine does, and what a site asks for by waiting: until it is given up, an article is still
# waited for
_PASSING = frozenset(
    {"timeout", "truncated", "dns", "unreachable", "tls", "connection", "robots_unreachable", "http_429", "http_403"}
    | {HOST_DOWN, LAYOUT_CHANGED, NO_RESOURCES, "extraction_memory", "extraction_crashed", "http_304", "repeated_text"}
    | {"forbidden", "too_many_requests", "challenge", "captcha", "parked"}
)
_GIVEN_UP = timedelta(days=30)


def passes(reason: str) -> bool:
    """Whether a rejection tells of the network, the server or this machine, and nothing of the page.

    >>> passes("timeout"), passes("http_503"), passes("no_text")
    (True, True, False)
    """
    return reason in _PASSING or reason.startswith("http_5")


def is_passing(outcome: Outcome, now: datetime) -> bool:
    """Whether a fetch failed for a reason that may pass, so lately that the article is still waited for."""
    reason = outcome.reason or ""
    return (
        outcome.kind == "rejected" and passes(reason) and now - datetime.fromisoformat(outcome.first_seen) < _GIVEN_UP
    )


def born(outcome: Outcome, published: str | None) -> datetime:
    """When the age of an article begins: at its publication, else when it was first seen.

    A date of publication later than the first sight, or none that can be read, is not believed.

    >>> seen = Outcome(url="https://news.example/a/", kind="stored", first_seen="2026-05-20T12:00:00+00:00")
    >>> [born(seen, day).date().isoformat() for day in ("2015-03-01", "2027-01-01", "", None)]
    ['2015-03-01', '2026-05-20', '2026-05-20', '2026-05-20']
    """
    seen = datetime.fromisoformat(outcome.first_seen)
    try:
        day = datetime.fromisoformat(published or "")
    except ValueError:
        return seen
    return min(seen, day.replace(tzinfo=day.tzinfo or UTC))


def is_due(
    outcome: Outcome, now: datetime, version: str, *, modified: float | None = None, published: str | None = None
) -> bool:
    """Whether an address shall be asked again now; `version` is that of the code that would decide.

    `published` is a stored article's date: an archive that was taken in today is as old as its articles are.

    `modified` (seconds since 1970) is the last change that a feed, a sitemap or REST gives. One after the last check
    is looked at soon; the more often it proved to be none, the later, so that a site that calls everything changed at
    every moment is not asked for everything in every run.

    Each further result of the same kind doubles the wait of a rejection, 64 times at most. A page rejected by another
    version of the code is due at once: the fault may have been ours, and so is one that another version called gone.
    What was forgotten is never due.
    """
    if outcome.kind == "forgotten":
        return False
    checked = datetime.fromisoformat(outcome.checked_at)
    if checked > now:  # by a clock that was ahead: nobody knows when
        return True
    if modified is not None and modified > checked.timestamp() and not is_passing(outcome, now):
        tries: int = 2 ** min(outcome.attempts - 1, _MAX_DOUBLINGS)
        if now - checked >= CHANGED * tries:
            return True
    if outcome.kind == "rejected":
        reason = outcome.reason or ""
        judged = (reason not in RETRIES or reason.startswith("extraction_")) and not reason.startswith("http_")
        if judged and outcome.version != version:
            return True
        wait = RETRIES.get(reason, _SERVER_ERROR if reason.startswith("http_5") else _PAGE)
        doublings: int = 2 ** min(outcome.attempts - 1, _MAX_DOUBLINGS)
        return now - checked >= wait * doublings
    if outcome.kind == "gone":
        age = now - datetime.fromisoformat(outcome.changed_at)
        wait = next((wait for limit, wait in RETURNS if age < limit), RARELY)
        return outcome.version != version or now - checked >= wait
    if outcome.http_status in ABSENT:
        return now - checked >= ABSENT_AGAIN
    age = now - born(outcome, published)
    return now - checked >= next((wait for limit, wait in RECHECKS if age < limit), RARELY)
