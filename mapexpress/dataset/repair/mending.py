"""The steps of `scrapy verify --repair`, each safe to repeat; a mark on the disk says that they are not all done.

Whole lines stay; what is lost comes back by the next run (see `lost`). Of a part whose checksum is wrong no line is
certain: those that can be made again from their response are. A part is replaced as a whole. Of a WARC file what does
not read is set aside (see `damaged`), and what reads stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from mapexpress.dataset.change.compaction import KEPT_SINCE
from mapexpress.dataset.change.rewrite import Rewrite, with_places
from mapexpress.dataset.files.manifest import PartKind, manifests, read_manifest
from mapexpress.dataset.files.parts import PartRow, is_damaged, part_rows, read_part
from mapexpress.dataset.recovery.damaged import Lost, note_lost
from mapexpress.dataset.recovery.lost import has_response, lose_lines
from mapexpress.dataset.repair.warc_index import index_warc
from mapexpress.dataset.state.tables import PLACE, Place
from mapexpress.errors import StorageError
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import from_json, problems
from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_atomically
from mapexpress.system.inside import digest_of

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State


@dataclass(slots=True)
class Repaired:
    """What a repair did; `lost` are articles that are to come back by the next run."""

    parts: int = 0
    dropped: int = 0
    runs: set[str] = field(default_factory=set)  # whose manifests were written anew, or went
    lost: int = 0
    aside: int = 0

    def __str__(self) -> str:
        aside = f"{self.aside} damaged stretches of WARC files set aside, " if self.aside else ""
        return (
            f"{aside}{self.parts} parts cut to their whole lines, {self.dropped} missing ones struck off, "
            f"{len(self.runs)} manifests written anew; {self.lost} articles come back by the next run"
        )


def begin_repair(layout: Layout) -> None:
    """Mark a repair as under way: whoever opens the site next finishes it. Raises StorageError."""
    with storage_errors(layout.repairing):
        make_folder(layout.site)
        write_atomically(layout.repairing, b"")


def finish_repair(layout: Layout, state: State, software: str) -> Repaired:
    """Mend all that can be mended of a recovered site, and take the mark away; the caller holds the lock.

    Raises StorageError.
    """
    done = Repaired()
    with storage_errors(layout.dataset):
        for warc, name, committed in state.all("SELECT warc, name, committed FROM warcs ORDER BY name"):
            _repair_warc(layout, state, int(str(warc)), str(name), int(str(committed)), done)
        for row in part_rows(state, "sealed = 1"):
            _repair_part(layout, state, row, done, software)
        _repair_manifests(layout, state, done, software)
        _note_lost_responses(layout, state)
        layout.repairing.unlink(missing_ok=True)
        fsync_folder(layout.site)
    return done


def _repair_warc(layout: Layout, state: State, warc: int, name: str, committed: int, done: Repaired) -> None:
    """Set aside what does not read of a file, and let the state say where the rest is."""
    path = layout.warc_file(name)
    places = [
        Place(**dict(zip(Place.__dataclass_fields__, row, strict=True)))  # type: ignore[arg-type]
        for row in state.all(f"SELECT {PLACE} FROM responses WHERE warc = ?", warc)
    ]
    if not path.exists():
        note_lost(layout, (Lost(response=place.id, url=place.url) for place in places))
        state.write("DELETE FROM responses WHERE warc = ?", warc)
        state.write("DELETE FROM warcs WHERE warc = ?", warc)
        state.commit()
        return
    found = index_warc(layout, path, warc, lambda _: places)
    done.aside += found.damaged
    where = {place.id: (place.position, place.length) for place in found.places}
    moved = [place for place in places if where.get(place.id) != (place.position, place.length)]
    if found.mended is None and not moved and found.size == committed:
        return
    note_lost(layout, (Lost(response=place.id, url=place.url) for place in places if place.id not in where))
    found.settle()
    fsync_folder(layout.warc)
    for place in moved:
        if place.id in where:
            state.put_response(replace(place, position=where[place.id][0], length=where[place.id][1]))
        else:
            state.drop_response(place.id)
    if found.size:
        state.write("UPDATE warcs SET committed = ? WHERE warc = ?", found.size, warc)
    else:
        state.write("DELETE FROM warcs WHERE warc = ?", warc)
    state.commit()


def _note_lost_responses(layout: Layout, state: State) -> None:
    """Note the responses that records were made from and that are nowhere any more: nothing can mend that."""
    kept_since = state.meta(KEPT_SINCE) or ""
    for row in part_rows(state, "sealed = 1 AND kind = 'records'"):
        lost = []
        for line in read_part(row.path(layout), layout.limits):
            article = from_json(line, Article)
            name = article.warc_record_id
            if name and (article.fetched_at or "")[:10] >= kept_since and state.response(name) is None:
                lost.append(Lost(response=name, url=article.url))
        note_lost(layout, lost)


def _repair_part(layout: Layout, state: State, row: PartRow, done: Repaired, software: str) -> None:
    path = row.path(layout)
    there = path.exists()
    if there and digest_of(path) == row.sha256:
        return
    with Rewrite(layout, state, software) as rewrite:
        if _listed(layout, row.run) is None:
            rewrite.relist(row.run)
        if not there:
            done.lost += lose_lines(layout, state, row.part, range(row.lines))
            rewrite.drop(row)
            done.dropped += 1
        else:
            good, whole = _whole_lines(layout, state, row)
            if row.kind == "records":
                left = {(state.record_slot(record_id), revision) for _, record_id, revision in good}
                lines = state.all("SELECT line, slot, revision FROM lines WHERE part = ?", row.part)
                gone = [int(str(line)) for line, *key in lines if tuple(key) not in left]
                done.lost += lose_lines(layout, state, row.part, gone)
            rewrite.put(row, with_places(state, row, (line for line, *_ in good)))
            done.parts += not whole
        rewrite.commit()
    done.runs.add(row.run)


def _whole_lines(layout: Layout, state: State, row: PartRow) -> tuple[list[tuple[bytes, str, int]], bool]:
    """Each line that stays with its id and revision, and whether that is all of the part."""
    good: list[tuple[bytes, str, int]] = []
    path = row.path(layout)
    certain = not is_damaged(path, layout.limits)
    try:
        for line in read_part(path, layout.limits):
            name = _name(line, row.kind)
            if name is not None and (certain or not has_response(state, line)):
                good.append((line, *name))
    except StorageError:
        return good, False
    return good, len(good) == row.lines


def _name(line: bytes, kind: PartKind) -> tuple[str, int] | None:
    """Id and revision of a valid line; None for any other."""
    try:
        if kind == "rejections":
            from_json(line, Rejection)
            return "", 0
        article = from_json(line, Article)
    except ValueError:
        return None
    return None if problems(article) else (article.id, article.revision)


def _repair_manifests(layout: Layout, state: State, done: Repaired, software: str) -> None:
    """Let each manifest list the parts that are there, and no other."""
    rows = sorted(part_rows(state, "sealed = 1"), key=lambda row: row.run)
    runs = {run: list(of_run) for run, of_run in groupby(rows, key=lambda row: row.run)}
    for path in manifests(layout):
        if path.stem not in runs:
            path.unlink()
            done.runs.add(path.stem)
    for run, of_run in runs.items():
        listed = {row.path(layout).relative_to(layout.data).as_posix(): row.sha256 for row in of_run}
        if _listed(layout, run) != listed:
            with Rewrite(layout, state, software) as rewrite:
                rewrite.relist(run)
                for row in of_run:
                    rewrite.put(row, with_places(state, row, read_part(row.path(layout), layout.limits)))
                rewrite.commit()
            done.runs.add(run)


def _listed(layout: Layout, run: str) -> dict[str, str] | None:
    try:
        manifest = read_manifest(layout.manifests / f"{run}.json", layout.limits)
    except StorageError:
        return None
    return {entry["path"]: entry["sha256"] for entry in manifest["parts"]}
