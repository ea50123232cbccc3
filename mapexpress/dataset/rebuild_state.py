"""A state made again from the parts and the WARC, after it was lost or damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator

from mapexpress.dataset.change import finish_change
from mapexpress.dataset.compaction import KEPT_SINCE
from mapexpress.dataset.disk import storage_errors
from mapexpress.dataset.duplicates import DuplicateIndex
from mapexpress.dataset.forgotten import read_forgotten
from mapexpress.dataset.inside import check_site, digest_of
from mapexpress.dataset.lock import SiteLock
from mapexpress.dataset.lost import LONG_AGO, ask_again, has_response, note_outcomes, without_outcome
from mapexpress.dataset.parts import PartKind, is_damaged, read_part
from mapexpress.dataset.state import State
from mapexpress.dataset.tables import Outcome, Place, known_of
from mapexpress.dataset.warc import CONTENT, PUBLIC_ADDRESS
from mapexpress.errors import StorageError
from mapexpress.records import Article, Rejection
from mapexpress.schema import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.layout import Layout

LOST = (
    "what cannot be restored: when addresses were last asked and how often, positions of interrupted walks, "
    "what ways in answered last, and the counts of past days"
)


def rebuild_state(layout: Layout, run: str) -> str:
    """Replace a site's state by one made from what is on the disk; the old file is kept as `state.sqlite.old`.

    Parts that cannot be read to their end give what they hold, those that a killed run left open too. Responses of
    articles that nothing came of are processed by the next run. Returns one line that says what was made and what is
    lost. Raises BusyError while a run is active.
    """
    check_site(layout)
    lock = SiteLock(layout.lock, run)
    lock.acquire()
    try:
        finish_change(layout, None)
        with storage_errors(layout.state):
            for suffix in ("-wal", "-shm"):
                layout.state.with_name(layout.state.name + suffix).unlink(missing_ok=True)
            if layout.state.exists():
                layout.state.replace(layout.state.with_name(layout.state.name + ".old"))
        state = State(layout.state)
        try:
            for digest in read_forgotten(layout):
                state.forget_digest(digest)
            responses = _responses(layout, state)
            records = _records(layout, state)
            _rejections(layout, state)
            _retention(state)
            ask_again(state, without_outcome(state))
            state.commit()
        finally:
            state.close()
        return f"state made again from {records} records and {responses} responses; {LOST}"
    finally:
        lock.release()


@dataclass(slots=True)
class _Part:
    """A part on the disk, sealed or open, as it is read."""

    path: Path
    kind: PartKind
    run: str
    number: int
    part: int = 0

    def read(self, state: State) -> Iterator[tuple[int, bytes]]:
        """Whole lines by number; the state's row is there from the first one on, and complete after the last."""
        sealed = self.path.suffix == ".gz"
        modified = datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date().isoformat()
        day = self.path.parent.name.removeprefix("ingested=") if sealed else modified
        state.write(
            "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) VALUES (?, ?, ?, ?, 0, 0, ?)",
            self.kind, self.run, self.number, day, int(sealed),
        )  # fmt: skip
        self.part = int(str((state.one("SELECT max(part) FROM parts") or (0,))[0]))
        lines = plain = 0
        digest: str | None = digest_of(self.path) if sealed else None
        try:
            for number, line in enumerate(read_part(self.path)):
                lines, plain = number + 1, plain + len(line) + 1
                yield number, line
        except StorageError:
            digest = None  # what was whole is taken; verify names the fault
        state.write(
            "UPDATE parts SET lines = ?, committed = ?, sha256 = ?, size = ? WHERE part = ?",
            lines, plain, digest, self.path.stat().st_size if sealed else None, self.part,
        )  # fmt: skip
        state.commit()


def _parts(layout: Layout, kind: PartKind) -> Iterator[_Part]:
    folder = layout.dataset if kind == "records" else layout.rejections
    done = set()
    for path in sorted(folder.glob("*/*.gz")):
        run, _, number = path.name.removeprefix("part-").removesuffix(".jsonl.gz").rpartition("-")
        done.add((run, int(number)))
        yield _Part(path, kind, run, int(number))
    ending = ".jsonl" if kind == "records" else f".{kind}.jsonl"
    for path in sorted(layout.open.glob("*.jsonl")) if layout.open.is_dir() else ():
        run, _, text = path.name.removesuffix(ending).rpartition("-")
        # a seal that was cut short left both: the sealed one is whole
        if path.name.endswith(ending) and text.isdigit() and (run, int(text)) not in done:
            yield _Part(path, kind, run, int(text))


def _records(layout: Layout, state: State) -> int:
    index = DuplicateIndex(state)
    records = 0
    for part in _parts(layout, "records"):
        certain = not is_damaged(part.path)
        for number, line in part.read(state):
            try:
                article = from_json(line, Article)
            except ValueError:
                continue  # verify names it
            if not certain and has_response(state, line):
                continue  # made again by the next run
            _record(state, index, article, part, number)
            records += 1
    return records


def _record(state: State, index: DuplicateIndex, article: Article, part: _Part, number: int) -> None:
    known = state.known(article.id)
    if known and known.revision > article.revision:
        slot = state.record_slot(article.id)
        state.write("REPLACE INTO lines VALUES (?, ?, ?, ?)", part.part, number, slot, article.revision)
        return
    copies: list[str] = []
    if article.status == "active":
        original, copies = index.take(article)
        article.duplicate_of = article.duplicate_of or original
    state.put_known(known_of(article, part.run, part.part, number))
    note_outcomes(state, article)
    if article.warc_record_id is not None:
        state.keep_response(article.warc_record_id)
    for copy in copies:
        state.set_duplicate(copy, article.id)


def _rejections(layout: Layout, state: State) -> None:
    for part in _parts(layout, "rejections"):
        for _, line in part.read(state):
            try:
                rejection = from_json(line, Rejection)
            except ValueError:
                continue
            if rejection.url and state.outcome(rejection.url) is None:
                when = rejection.fetched_at or LONG_AGO
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


def _retention(state: State) -> None:
    """Responses before the oldest one that is kept were dropped by the retention setting: no fault for `verify`."""
    row = state.one("SELECT min(fetched_at) FROM responses")
    if row and row[0]:
        state.put_meta(KEPT_SINCE, str(row[0])[:10])


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
                            content=headers.get_header(CONTENT) or "unknown",
                        )
                    )
                end = start + length
        except Exception:
            # warcio raises what its parts raise (zlib, value and type errors of its own) on a torn record
            return end, places
    return end, places
