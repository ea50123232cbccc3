"""`scrapy forget`: an article out of parts, rejections, WARC, templates and state, for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import orjson

from mapexpress.dataset.between_runs.templates import SiteTemplates
from mapexpress.dataset.change.erased import erase_site, note_of
from mapexpress.dataset.change.rewrite import Rewrite, rewrite_part
from mapexpress.dataset.files.layout import check_site
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.parts import part_rows
from mapexpress.dataset.files.warc import Exchange, encode
from mapexpress.dataset.near_duplicates.index import DuplicateIndex
from mapexpress.dataset.recovery.damaged import forget_damaged
from mapexpress.dataset.state.visits import Visits
from mapexpress.errors import StorageError, UsageError
from mapexpress.model.rest_answer import without_post
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.record import Article


def forget(store: SiteStore, *, record_id: str | None = None, url: str | None = None, software: str) -> str:
    """Erase an article by its id or one of its addresses; one line says what went.

    All its addresses are noted by their digest and never taken in again. An address that is not known is noted all the
    same, so that it is never fetched. All of it happens or nothing, whenever the process dies. Raises UsageError for an
    id that is not known.
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
    last = store.latest(known) if known else None
    templates, visits, duplicates = SiteTemplates(layout, state), Visits(state), DuplicateIndex(layout, state)

    def change(line: bytes) -> bytes | None:
        value = orjson.loads(line)
        if found and value.get("id") == found:
            return None
        if value.get("url") and identity(value["url"]) in keys:
            return None
        if found and value.get("duplicate_of") == found:
            return orjson.dumps(value | {"duplicate_of": None})
        return line

    forget_damaged(layout, keys)  # first: an erasure that is cut short here is asked for again, and goes on
    with Rewrite(layout, state, software) as rewrite:
        for name in (*keys, *((found,) if found else ())):
            state.forget(name)
        rewrite.put_bytes(*note_of(rewrite.layout, state.forgotten()))
        lines = sum(rewrite_part(rewrite, row, change) for row in part_rows(state, "sealed = 1"))
        responses = _responses(store, rewrite, keys, last)
        templates.forget(keys, rewrite)
        visits.forget(keys)
        if found:
            duplicates.drop(found)
        _state(store, found, urls)
        rewrite.remove(layout.state.with_name(f"{layout.state.name}.old"))  # what a rebuild kept aside
        rewrite.erase()
        rewrite.commit()
    return f"{layout.key}: {lines} lines and {responses} responses erased; {len(keys)} addresses never fetched again"


def forget_whole(layout: Layout, run: str) -> str:
    """Erase everything of a site but the note that it is never to be crawled again. Raises BusyError, StorageError."""
    check_site(layout)
    lock = SiteLock(layout.lock, run)
    lock.acquire()
    try:
        note = erase_site(layout)
    finally:
        lock.release()
    return f"{layout.key}: erased as a whole and never crawled again, unless {note} is removed"


def _responses(store: SiteStore, rewrite: Rewrite, keys: set[str], last: Article | None) -> int:
    """Erase the article's own responses and every answer of a way in that shows it; how many.

    From a REST answer that other articles were made from only this one's part is taken.
    """
    drop: defaultdict[int, dict[str, bytes | None]] = defaultdict(dict)
    paths = [urlsplit(key).path.encode() or key.encode() for key in keys]
    for record_id, warc, url, content in store.state.all("SELECT id, warc, url, content FROM responses"):
        name, place = str(record_id), int(str(warc))
        if identity(str(url)) in keys:
            drop[place][name] = None
        elif last is not None and name == last.warc_record_id:
            drop[place][name] = _without_post(store, name, last)
        elif content != "article" and _shows(store, name, paths):
            drop[place][name] = None
    for warc, changes in drop.items():
        row = store.state.one("SELECT name FROM warcs WHERE warc = ?", warc)
        if row:
            rewrite.cut_warc(warc, str(row[0]), changes)
    return sum(map(len, drop.values()))


def _shows(store: SiteStore, record_id: str, paths: list[bytes]) -> bool:
    try:
        response = store.response(record_id)
    except StorageError:
        return True  # nobody can read it, nor tell what it holds
    # a redirect names it in its head alone; JSON of PHP writes a slash as \/
    head = "\n".join(response.headers.values()).encode("utf-8", "replace") if response else b""
    body = head + b"\n" + response.body.replace(b"\\/", b"/") if response else b""
    return any(path in body or quote(path).encode() in body for path in paths)


def _without_post(store: SiteStore, record_id: str, last: Article) -> bytes | None:
    """A REST answer without one post, as a WARC record of the same id; None for any other response."""
    response = store.response(record_id)
    if response is None or "json" not in response.headers.get("content-type", ""):
        return None
    left = without_post(response.body, last.source_id)
    if left is None:
        return None
    headers = tuple((name, value) for name, value in response.headers.items() if name != "content-encoding")
    exchange = Exchange(
        url=response.url, status=response.status, body=left, fetched_at=response.fetched_at,
        headers=headers,
    )  # fmt: skip
    return encode(exchange, record_id)[1]


def _state(store: SiteStore, found: str | None, urls: set[str]) -> None:
    state = store.state
    if found:
        state.write("DELETE FROM urls WHERE record_id = ?", found)
        state.write("DELETE FROM records WHERE id = ?", found)
        state.write("UPDATE records SET duplicate_of = NULL WHERE duplicate_of = ?", found)
    has_frontier = state.one("SELECT 1 FROM sqlite_schema WHERE name = 'frontier'") is not None
    for url in urls:
        state.write("DELETE FROM urls WHERE url = ?", url)
        state.write("DELETE FROM pending WHERE identity = ?", identity(url))
        if has_frontier:
            state.write("DELETE FROM frontier WHERE key = ?", identity(url))
