"""A state made again from the parts and the WARC, after it was lost or damaged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator

from mapexpress.dataset.disk import storage_errors
from mapexpress.dataset.duplicates import DuplicateIndex
from mapexpress.dataset.lock import SiteLock
from mapexpress.dataset.parts import read_part
from mapexpress.dataset.state import Known, Outcome, Place, State
from mapexpress.dataset.warc import PUBLIC_ADDRESS
from mapexpress.errors import StorageError
from mapexpress.records import Article, Rejection
from mapexpress.schema import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.layout import Layout

LOST = (
    "what cannot be restored: when addresses were last asked and how often, positions of interrupted walks, "
    "which responses had no outcome yet, and what was forgotten on request (forget it again)"
)


def rebuild_state(layout: Layout, run: str) -> str:
    """Replace a site's state by one made from what is on the disk; the old file is kept as `state.sqlite.old`.

    Parts that cannot be read to their end give what they hold. Lines of an open part are given up: they were never
    sealed, and their articles are fetched again. Returns one line that says what was made and what is lost. Raises
    BusyError while a run is active.
    """
    lock = SiteLock(layout.lock, run)
    lock.acquire()
    try:
        with storage_errors(layout.state):
            for suffix in ("-wal", "-shm"):
                layout.state.with_name(layout.state.name + suffix).unlink(missing_ok=True)
            if layout.state.exists():
                layout.state.replace(layout.state.with_name(layout.state.name + ".old"))
        state = State(layout.state)
        try:
            responses = _responses(layout, state)
            records = _records(layout, state)
            _rejections(layout, state)
            state.commit()
        finally:
            state.close()
        return f"state made again from {records} records and {responses} responses; {LOST}"
    finally:
        lock.release()


def _sealed(layout: Layout, state: State, kind: str, path: Path) -> int:
    run, _, number = path.name.removeprefix("part-").removesuffix(".jsonl.gz").rpartition("-")
    state.write(
        "INSERT INTO parts (kind, run, number, day, committed, lines, sealed, size) VALUES (?, ?, ?, ?, 0, 0, 1, ?)",
        kind, run, int(number), path.parent.name.removeprefix("ingested="), path.stat().st_size,
    )  # fmt: skip
    row = state.one("SELECT max(part) FROM parts")
    return int(str(row[0])) if row else 0


def _records(layout: Layout, state: State) -> int:
    index = DuplicateIndex(state)
    records = 0
    for path in sorted(layout.dataset.glob("*/*.gz")):
        part, lines = _sealed(layout, state, "records", path), 0
        try:
            for number, line in enumerate(read_part(path)):
                lines = number + 1
                try:
                    _record(state, index, from_json(line, Article), path, part, number)
                except ValueError:
                    continue  # verify names it
                records += 1
        except StorageError:
            pass  # what was whole is taken; verify names the fault
        state.write("UPDATE parts SET lines = ? WHERE part = ?", lines, part)
        state.commit()
    return records


def _record(state: State, index: DuplicateIndex, article: Article, path: Path, part: int, number: int) -> None:
    known = state.known(article.id)
    if known and known.revision > article.revision:
        return
    if article.status == "active":
        index.take(article)
    run = path.name.removeprefix("part-").removesuffix(".jsonl.gz").rpartition("-")[0]
    state.put_known(
        Known(
            id=article.id,
            run=run,
            status=article.status,
            revision=article.revision,
            content_hash=article.content_hash,
            url=article.url,
            canonical_url=article.canonical_url,
            title=article.title,
            date_published=article.date_published,
            extractor_version=article.extractor_version,
            template_id=article.template_id,
            warc_record_id=article.warc_record_id,
            duplicate_of=article.duplicate_of,
            part=part,
            line=number,
        )
    )
    when = article.fetched_at or "1970-01-01T00:00:00+00:00"
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


def _rejections(layout: Layout, state: State) -> None:
    for path in sorted(layout.rejections.glob("*/*.gz")):
        part, lines = _sealed(layout, state, "rejections", path), 0
        try:
            for number, line in enumerate(read_part(path)):
                lines = number + 1
                try:
                    rejection = from_json(line, Rejection)
                except ValueError:
                    continue
                if rejection.url and state.outcome(rejection.url) is None:
                    when = rejection.fetched_at or "1970-01-01T00:00:00+00:00"
                    state.put_outcome(
                        Outcome(
                            url=rejection.url,
                            kind="rejected",
                            reason=rejection.reason,
                            http_status=rejection.http_status,
                            first_seen=when,
                            checked_at=when,
                            changed_at=when,
                        )
                    )
        except StorageError:
            pass
        state.write("UPDATE parts SET lines = ? WHERE part = ?", lines, part)
    state.commit()


def _responses(layout: Layout, state: State) -> int:
    """Note every response of the WARC files, and cut what a killed run left torn at their ends."""
    count = 0
    for path in sorted(layout.warc.glob("*.warc.gz")):
        state.write("INSERT INTO warcs (name, day, committed) VALUES (?, '', 0)", path.name)
        row = state.one("SELECT warc FROM warcs WHERE name = ?", path.name)
        warc = int(str(row[0])) if row else 0
        end, places = _places(path, warc)
        os.truncate(path, end)
        for place in places:
            state.put_response(place)
        count += len(places)
        day = max((place.fetched_at[:10] for place in places), default="1970-01-01")
        state.write("UPDATE warcs SET committed = ?, day = ? WHERE warc = ?", end, day, warc)
        state.commit()
    return count


def _places(path: Path, warc: int) -> tuple[int, list[Place]]:
    """End of the last whole record, and the places of the responses before it."""
    places: list[Place] = []
    end = 0
    with path.open("rb") as file:
        iterator = ArchiveIterator(file)
        try:
            for record in iterator:
                start = iterator.get_record_offset()
                headers = record.rec_headers
                body = record.raw_stream.read()
                length = iterator.get_record_length()
                if record.rec_type == "response" and body is not None:
                    places.append(
                        Place(
                            id=headers.get_header("WARC-Record-ID"),
                            warc=warc,
                            position=start,
                            length=length,
                            url=headers.get_header(PUBLIC_ADDRESS) or headers.get_header("WARC-Target-URI"),
                            fetched_at=headers.get_header("WARC-Date"),
                            http_status=int(record.http_headers.get_statuscode()),
                            content="unknown",
                        )
                    )
                end = start + length
        except Exception:
            # warcio raises what its parts raise (zlib, value and type errors of its own) on a torn record
            return end, places
    return end, places
