"""What each day brought, counted by the runs themselves: the memory that quality gates judge a run against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from mapexpress.dataset.state.database import State

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout

RATE_DAYS = 14  # two of each weekday
FEW_DATES = 10  # fewer that are close together are a busy hour, not a rate
KEPT_DAYS = 400  # a year, and the weeks that a weekday is compared with

MIGRATIONS = (
    """
    CREATE TABLE ledger (
        day TEXT NOT NULL,          -- YYYY-MM-DD in UTC, the day of the run
        figure TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (day, figure)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE notices (
        day TEXT NOT NULL,          -- YYYY-MM-DD in UTC, the day of the run
        kind TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (day, kind, message)
    ) WITHOUT ROWID;
    """,
)
KEPT_NOTICES = 200
NoticeKind = Literal["quality", "layout"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Notice:
    """What a run found wrong: a quality gate that failed, or a change of the site's layout."""

    day: str
    kind: NoticeKind
    message: str


class Ledger:
    """Daily counts of one site, in its state. Changes join the state's open transaction."""

    def __init__(self, state: State) -> None:
        state.migrate("ledger", MIGRATIONS)
        self.state = state

    def add(self, day: str, figures: Mapping[str, int]) -> None:
        """Add a run's counts to its day, and forget the days that are too old to tell anything."""
        self.state.write_many(
            "INSERT INTO ledger VALUES (?, ?, ?)"
            " ON CONFLICT (day, figure) DO UPDATE SET count = count + excluded.count",
            [(day, name, count) for name, count in figures.items()],
        )
        self.state.write(
            "DELETE FROM ledger WHERE day NOT IN (SELECT DISTINCT day FROM ledger ORDER BY day DESC LIMIT ?)", KEPT_DAYS
        )

    def note(self, day: str, kind: NoticeKind, messages: Sequence[str]) -> None:
        """Keep what a run found wrong; the oldest notices are forgotten."""
        self.state.write_many(
            "INSERT OR IGNORE INTO notices VALUES (?, ?, ?)", [(day, kind, message) for message in messages]
        )
        self.state.write(
            "DELETE FROM notices WHERE day <"
            " (SELECT min(day) FROM (SELECT day FROM notices ORDER BY day DESC LIMIT ?))",
            KEPT_NOTICES,
        )

    def days(self, newest: int = KEPT_DAYS) -> dict[str, Counter[str]]:
        """Counts by day, the newest day first."""
        rows = self.state.all(
            "SELECT day, figure, count FROM ledger WHERE day IN"
            " (SELECT DISTINCT day FROM ledger ORDER BY day DESC LIMIT ?) ORDER BY day DESC",
            newest,
        )
        found: dict[str, Counter[str]] = {}
        for day, figure, count in rows:
            found.setdefault(str(day), Counter())[str(figure)] = int(str(count))
        return found


def read_ledger(layout: Layout) -> tuple[dict[str, Counter[str]], list[Notice]]:
    """Counts by day and notices, both newest first, for who only reads; empty where no run has counted yet.

    Raises StorageError for a state that cannot be read.
    """
    if not layout.state.exists():
        return {}, []
    state = State(layout.state, readonly=True)
    try:
        known = {str(row[0]) for row in state.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        days: dict[str, Counter[str]] = {}
        for day, figure, count in (
            state.all("SELECT day, figure, count FROM ledger ORDER BY day DESC") if "ledger" in known else ()
        ):
            days.setdefault(str(day), Counter())[str(figure)] = int(str(count))
        rows = state.all("SELECT day, kind, message FROM notices ORDER BY day DESC") if "notices" in known else ()
        return days, [
            Notice(day=str(day), kind="layout" if kind == "layout" else "quality", message=str(message))
            for day, kind, message in rows
        ]
    finally:
        state.close()


def articles_a_day(state: State, now: datetime) -> float:
    """How often a site publishes, as the dates of its articles of the last `RATE_DAYS` tell. Reads only.

    What was stored when tells nothing: a first run, or a walk back, brings years at once. Where fewer than half of the
    articles have a date it is the mean of what the last days with a run brought, without the first of them.
    """
    if is_dated(state):
        return _published_a_day(state, now)
    if state.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger'") is None:
        return 0.0
    rows = state.all(
        "SELECT count FROM ledger WHERE figure = 'articles' AND (day > (SELECT min(day) FROM ledger)"
        " OR (SELECT count(DISTINCT day) FROM ledger) = 1) ORDER BY day DESC LIMIT ?",
        RATE_DAYS,
    )
    return sum(int(str(row[0])) for row in rows) / len(rows) if rows else 0.0


def is_dated(state: State) -> bool:
    """Whether half of the articles and more have a date of publication."""
    row = state.one("SELECT count(*), count(date_published) FROM records")
    stored, dated = (int(str(n)) for n in row) if row else (0, 0)
    return stored > 0 and 2 * dated >= stored


def _published_a_day(state: State, now: datetime) -> float:
    first = now - timedelta(days=RATE_DAYS)
    rows = state.all(
        "SELECT date_published FROM records WHERE date_published >= ?", (first - timedelta(days=1)).date().isoformat()
    )
    moments = sorted(m for row in rows if (m := _moment(str(row[0]))) is not None and first <= m <= now)
    if len(moments) < FEW_DATES:
        return len(moments) / RATE_DAYS
    # A feed that shows the newest only has shown no more than the time that it reaches back
    return len(moments) / max((now - moments[0]) / timedelta(days=1), 1 / 24)


def _moment(date: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:  # a month or a year
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
