"""`scrapy verify --repair`: parts, manifests and state in step again after damage to files.

Whole lines stay; what is lost comes back by the next run (see `lost`). Of a part whose checksum is wrong no line is
certain: those that can be made again from their response are. A part is replaced as a whole and a repair that is cut
short goes on when it is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mapexpress.dataset.disk import storage_errors
from mapexpress.dataset.inside import check_site, digest_of
from mapexpress.dataset.lost import has_response, lose_lines
from mapexpress.dataset.manifest import PartEntry, entry_of, manifests, read_manifest, write_manifest
from mapexpress.dataset.parts import PartKind, PartRow, compress, is_damaged, part_rows, read_part
from mapexpress.dataset.rebuild_state import rebuild_state
from mapexpress.dataset.rewrite import drop_part, take_in
from mapexpress.dataset.state import State
from mapexpress.dataset.store import SOFTWARE, SiteStore
from mapexpress.errors import StorageError
from mapexpress.records import Article, Rejection
from mapexpress.schema import from_json, problems

if TYPE_CHECKING:
    from mapexpress.dataset.layout import Layout


@dataclass(slots=True)
class Repaired:
    """What a repair did; `lost` are articles that are to come back by the next run."""

    parts: int = 0
    dropped: int = 0
    manifests: int = 0
    lost: int = 0

    def __str__(self) -> str:
        return (
            f"{self.parts} parts cut to their whole lines, {self.dropped} missing ones struck off, "
            f"{self.manifests} manifests written anew; {self.lost} articles come back by the next run"
        )


def repair(layout: Layout, run: str) -> list[str]:
    """Mend what can be mended; a line for each thing that was done. Raises BusyError, StorageError."""
    check_site(layout)
    told = [rebuild_state(layout, run)] if _needs_rebuild(layout) else []
    with SiteStore.open(layout.data, layout.key, run=run) as store:
        done = Repaired()
        with storage_errors(layout.dataset):
            for row in part_rows(store.state, "sealed = 1"):
                _repair_part(layout, store.state, row, done)
            _repair_manifests(layout, store.state, done)
    return [*told, str(done)]


def _needs_rebuild(layout: Layout) -> bool:
    """Whether the state is missing, damaged, or does not know a sealed part."""
    try:
        if not layout.state.exists():
            return True
        state = State(layout.state)
        try:
            known = {row.path(layout) for row in part_rows(state)}
            for (name,) in state.all("SELECT name FROM warcs"):
                layout.warc_file(str(name))  # raises for one that leads out of the folder
            return state.integrity() is not None or not known.issuperset(
                [*layout.dataset.glob("*/*.gz"), *layout.rejections.glob("*/*.gz")]
            )
        finally:
            state.close()
    except StorageError:
        return True


def _repair_part(layout: Layout, state: State, row: PartRow, done: Repaired) -> None:
    path = row.path(layout)
    if not path.exists():
        done.lost += lose_lines(layout, state, row.part, range(row.lines))
        drop_part(layout, state, row, SOFTWARE, listed=False)
        done.dropped += 1
        return
    if digest_of(path) == row.sha256:
        return
    good, whole = _whole_lines(layout, state, row)
    if row.kind == "records":
        left = {(state.record_slot(record_id), revision) for _, record_id, revision in good}
        lines = state.all("SELECT line, slot, revision FROM lines WHERE part = ?", row.part)
        done.lost += lose_lines(
            layout, state, row.part, [int(str(line)) for line, *key in lines if tuple(key) not in left]
        )
    if good:
        take_in(layout, state, row.part, compress(layout, row.kind, (line + b"\n" for line, *_ in good), path))
        state.commit()
    else:
        drop_part(layout, state, row, SOFTWARE, listed=False)
    done.parts += not whole


def _whole_lines(layout: Layout, state: State, row: PartRow) -> tuple[list[tuple[bytes, str, int]], bool]:
    """Each line that stays with its id and revision, and whether that is all of the part."""
    good: list[tuple[bytes, str, int]] = []
    path = row.path(layout)
    certain = not is_damaged(path)
    try:
        for line in read_part(path):
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


def _repair_manifests(layout: Layout, state: State, done: Repaired) -> None:
    """Let each manifest list the parts that are there, and no other."""
    rows = sorted(part_rows(state, "sealed = 1"), key=lambda row: row.run)
    runs = {run: list(of_run) for run, of_run in groupby(rows, key=lambda row: row.run)}
    for path in manifests(layout):
        if path.stem not in runs:
            path.unlink()
            done.manifests += 1
    for run, of_run in runs.items():
        listed = {row.path(layout).relative_to(layout.data).as_posix(): row.sha256 for row in of_run}
        if _listed(layout, run) != listed:
            sealed = [
                compress(layout, row.kind, (line + b"\n" for line in read_part(row.path(layout))), row.path(layout))
                for row in of_run
            ]
            for row, part in zip(of_run, sealed, strict=True):
                take_in(layout, state, row.part, part)
            state.commit()
            entries: list[PartEntry] = sorted(map(entry_of, sealed), key=lambda entry: entry["path"])
            write_manifest(layout, run, entries, SOFTWARE)
            done.manifests += 1


def _listed(layout: Layout, run: str) -> dict[str, str] | None:
    try:
        manifest = read_manifest(layout.manifests / f"{run}.json")
    except StorageError:
        return None
    return {entry["path"]: entry["sha256"] for entry in manifest["parts"]}
