"""What a site's state tells of how the site stands: its last run, its articles, its rhythm. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mapexpress.dataset.between_runs.ledger import articles_a_day
from mapexpress.dataset.between_runs.rhythm import Rhythm, rhythm
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.run_log import AHEAD
from mapexpress.dataset.state.database import State


@dataclass(slots=True, frozen=True, kw_only=True)
class SiteState:
    """`run` is the id of the last run, which began at `started`; `first` is when the first one began that is known."""

    run: str | None = None
    started: datetime | None = None
    ended: bool = True
    first: datetime | None = None
    articles: int = 0
    newest: int = 0  # articles that `newest_gone` is a part of
    newest_gone: int = 0
    rhythm: Rhythm = Rhythm(newest=None, pause=0)  # noqa: RUF009  (frozen)
    articles_a_day: float = 0.0


def read_site_state(layout: Layout, now: datetime, newest: int) -> SiteState:
    """Read it at `now`, with the `newest` articles by date of publication. Raises StorageError."""
    if not layout.state.exists():
        return SiteState()
    state = State(layout.state, readonly=True)
    try:
        run = state.one(
            "SELECT run, started, ended FROM runs WHERE started <= ? ORDER BY started DESC LIMIT 1",
            (now + AHEAD).astimezone(UTC).isoformat(),
        )
        first = state.one("SELECT min(started) FROM runs")
        (articles,) = state.one("SELECT count(*) FROM records") or (0,)
        statuses = [
            row[0] for row in state.all("SELECT status FROM records ORDER BY date_published DESC LIMIT ?", newest)
        ]
        return SiteState(
            run=str(run[0]) if run else None,
            started=datetime.fromisoformat(str(run[1])) if run else None,
            ended=run is None or run[2] is not None,
            first=datetime.fromisoformat(str(first[0])) if first and first[0] else None,
            articles=int(str(articles)),
            newest=len(statuses),
            newest_gone=statuses.count("gone"),
            rhythm=rhythm(state, now),
            articles_a_day=articles_a_day(state, now),
        )
    finally:
        state.close()
