"""`scrapy forget`: an article out of parts, rejections, WARC, templates and state, for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.duplicates import DuplicateIndex
from mapexpress.dataset.parts import part_rows
from mapexpress.dataset.rewrite import cut_warc, rewrite_part
from mapexpress.dataset.templates import SiteTemplates
from mapexpress.errors import UsageError
from mapexpress.urls import identity

if TYPE_CHECKING:
    from mapexpress.dataset.store import SiteStore


def forget(store: SiteStore, *, record_id: str | None = None, url: str | None = None, software: str) -> str:
    """Erase an article by its id or one of its addresses; one line says what went.

    All its addresses are noted by their digest and never taken in again. An address that is not known is noted all the
    same, so that it is never fetched. Repeating it is safe. Raises UsageError for an id that is not known.
    """
    state, layout = store.state, store.layout
    outcome = store.outcome(url) if url else None
    found = record_id or (outcome.record_id if outcome else None)
    known = store.known(found) if found else None
    if record_id and known is None and not state.is_forgotten(record_id):
        raise UsageError(f"no article {record_id} in site {layout.key}")
    urls = {u for u in (url, known and known.url, known and known.canonical_url) if u}
    if found:
        urls |= {str(row[0]) for row in state.all("SELECT url FROM urls WHERE record_id = ?", found)}
    keys = {identity(u) for u in urls}
    for name in (*keys, *((found,) if found else ())):
        state.forget(name)
    state.commit()

    def change(line: bytes) -> bytes | None:
        value = orjson.loads(line)
        if found and value.get("id") == found:
            return None
        if value.get("url") and identity(value["url"]) in keys:
            return None
        if found and value.get("duplicate_of") == found:
            return orjson.dumps(value | {"duplicate_of": None})
        return line

    lines = sum(rewrite_part(layout, state, row, change, software) for row in part_rows(state, "sealed = 1"))
    # a REST answer holds other articles too: erasing this one's words costs them their stored response
    responses = _responses(store, keys, known.warc_record_id if known else None)
    SiteTemplates(layout, state).forget(keys)
    _state(store, found, urls)
    return f"{layout.key}: {lines} lines and {responses} responses erased; {len(keys)} addresses never fetched again"


def _responses(store: SiteStore, keys: set[str], made_from: str | None) -> int:
    drop: defaultdict[int, set[str]] = defaultdict(set)
    for record_id, warc, url in store.state.all("SELECT id, warc, url FROM responses"):
        if identity(str(url)) in keys or record_id == made_from:
            drop[int(str(warc))].add(str(record_id))
    for warc, ids in drop.items():
        row = store.state.one("SELECT name FROM warcs WHERE warc = ?", warc)
        if row:
            cut_warc(store.layout, store.state, warc, str(row[0]), ids)
    return sum(map(len, drop.values()))


def _state(store: SiteStore, found: str | None, urls: set[str]) -> None:
    state = store.state
    if found:
        state.write("DELETE FROM urls WHERE record_id = ?", found)
        state.write("DELETE FROM records WHERE id = ?", found)
        state.write("UPDATE records SET duplicate_of = NULL WHERE duplicate_of = ?", found)
        DuplicateIndex(state).drop(found)
    has_frontier = state.one("SELECT 1 FROM sqlite_schema WHERE name = 'frontier'") is not None
    for url in urls:
        state.write("DELETE FROM urls WHERE url = ?", url)
        state.write("DELETE FROM pending WHERE identity = ?", identity(url))
        if has_frontier:
            state.write("DELETE FROM frontier WHERE key = ?", identity(url))
    state.commit()
    state.shrink()
