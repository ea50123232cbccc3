"""Lines that the disk no longer holds: what the state must forget of them, and how their articles come back.

An article that lost its latest revision falls back to the one before. One that lost its only revision is as if it had
never been seen: it is put into the frontier of the next run, which makes it from its stored response where there is one
and asks the site for it where there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import orjson

from mapexpress.dataset.files.parts import part_rows, read_part
from mapexpress.dataset.near_duplicates.index import DuplicateIndex
from mapexpress.dataset.state.frontier import NEW, Entry, Frontier
from mapexpress.dataset.state.tables import Outcome, known_of
from mapexpress.errors import StorageError
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

T = TypeVar("T")
_AT_ONCE = 500  # values of one SQL statement
LONG_AGO = "1970-01-01T00:00:00+00:00"


def lose_lines(layout: Layout, state: State, part: int, numbers: Iterable[int]) -> int:
    """Forget lines of a part by their numbers, in the open transaction; how many articles are to come back."""
    lost: dict[int, tuple[str, str | None]] = {}  # id and address by slot, of those whose latest revision is lost
    for number in numbers:
        row = state.one("SELECT slot FROM lines WHERE part = ? AND line = ?", part, number)
        state.write("DELETE FROM lines WHERE part = ? AND line = ?", part, number)
        latest = row and state.one(
            "SELECT slot, id, url FROM records WHERE slot = ? AND part = ? AND line = ?", row[0], part, number
        )
        if latest:
            slot, record_id, url = latest
            lost[int(str(slot))] = str(record_id), None if url is None else str(url)
    for slot, article in _earlier(layout, state, lost.keys()):
        if article.id == lost[slot][0]:
            note_outcomes(state, article)
            del lost[slot]
    index = DuplicateIndex(layout, state)
    for slot, (record_id, _) in lost.items():
        state.write("DELETE FROM records WHERE slot = ?", slot)
        index.drop(record_id)
    for ids in _chunks([record_id for record_id, _ in lost.values()]):
        state.write(f"DELETE FROM urls WHERE record_id IN ({_marks(ids)})", *ids)
    ask_again(state, [url for _, url in lost.values() if url])
    return len(lost)


def _earlier(layout: Layout, state: State, slots: Collection[int]) -> Iterator[tuple[int, Article]]:
    """The revisions that stand before lost ones, with the state's row put back to them."""
    for chunk in _chunks(list(slots)):
        rows = state.all(
            f"SELECT slot, part, line, max(revision) FROM lines WHERE slot IN ({_marks(chunk)}) GROUP BY slot", *chunk
        )
        for slot, part, line, _ in rows:
            (row,) = part_rows(state, "part = ?", int(str(part)))
            path = row.path(layout) if row.sealed else row.open_path(layout)
            try:
                found = next(islice(read_part(path, layout.limits), int(str(line)), None), None)
                article = from_json(found, Article) if found else None
            except (StorageError, ValueError):
                continue
            if article is not None:
                state.put_known(known_of(article, row.run, row.part, int(str(line))))
                yield int(str(slot)), article


def note_outcomes(state: State, article: Article) -> None:
    """Note a record's addresses as its line tells of them."""
    when = article.fetched_at or LONG_AGO
    for url in (article.url, article.canonical_url, *article.page_urls):
        if url:
            old = state.outcome(url)
            state.put_outcome(
                Outcome(
                    url=url,
                    kind="gone" if article.status == "gone" else "stored",
                    record_id=article.id,
                    http_status=article.http_status,
                    etag=article.etag if url == article.url else None,
                    last_modified=article.last_modified if url == article.url else None,
                    first_seen=old.first_seen if old else when,
                    checked_at=when,
                    changed_at=when,
                    version=article.extractor_version,
                )
            )


def ask_again(state: State, urls: Collection[str]) -> None:
    """Put articles into the frontier of the next run, and their stored responses where it looks for them."""
    keys = {identity(url) for url in urls}
    if not keys:
        return
    for url, response in state.all(
        "SELECT url, id FROM responses WHERE content = 'article' AND http_status = 200 ORDER BY fetched_at"
    ):
        if (key := identity(str(url))) in keys:
            state.write("REPLACE INTO pending VALUES (?, ?, ?)", key, str(url), str(response))
    Frontier(state, NEW).add(Entry(url=url, kind="article", via="archive") for url in urls)


def has_response(state: State, line: bytes) -> bool:
    """Whether a line, as far as it can be believed, can be made again from its stored response."""
    name = orjson.loads(line).get("warc_record_id")
    return isinstance(name, str) and state.response(name) is not None


def without_outcome(state: State) -> list[str]:
    """Addresses of stored article responses that nothing is known to have come of."""
    found = {}
    for (url,) in state.all("SELECT url FROM responses WHERE content = 'article' AND http_status = 200"):
        if state.outcome(str(url)) is None:
            found[identity(str(url))] = str(url)
    return list(found.values())


def _chunks(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
