"""Sealed parts and WARC files written anew: lines changed or taken out. Each step may be cut short and repeated.

Order: the part (by rename), its manifest, the state. A repeated call finds what is not yet in step by the digests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.disk import fsync_folder, storage_errors
from mapexpress.dataset.inside import digest_of
from mapexpress.dataset.manifest import add_parts, manifest_path, read_manifest, write_manifest
from mapexpress.dataset.parts import PartRow, Sealed, compress, read_part
from mapexpress.dataset.state import slot_of

if TYPE_CHECKING:
    from mapexpress.dataset.layout import Layout
    from mapexpress.dataset.state import State


def rewrite_part(
    layout: Layout, state: State, row: PartRow, change: Callable[[bytes], bytes | None], software: str
) -> int:
    """Apply `change` to each line of a sealed part (None takes it out); how many lines it changed.

    A part that stays as it is keeps its bytes. Raises StorageError.
    """
    path = row.path(layout)
    changed = sum(change(line) != line for line in read_part(path))
    with storage_errors(path):
        if changed:
            lines = (new + b"\n" for line in read_part(path) if (new := change(line)) is not None)
            _replace(layout, state, row, compress(layout, row.kind, lines, path), software)
        elif digest_of(path) != row.sha256:
            whole = (line + b"\n" for line in read_part(path))
            _replace(layout, state, row, compress(layout, row.kind, whole, path), software)
    return changed


def _replace(layout: Layout, state: State, row: PartRow, sealed: Sealed, software: str) -> None:
    if sealed.lines == 0:
        drop_part(layout, state, row, software)
    else:
        add_parts(layout, row.run, [sealed], software)
        take_in(layout, state, row.part, sealed)
    state.commit()


def take_in(layout: Layout, state: State, part: int, sealed: Sealed) -> None:
    """Bring the state's rows of a part in step with its lines, in the open transaction."""
    state.write(
        "UPDATE parts SET sealed = 1, lines = ?, committed = ?, sha256 = ?, size = ? WHERE part = ?",
        sealed.lines, sealed.plain_bytes, sealed.sha256, sealed.size, part,
    )  # fmt: skip
    if sealed.kind != "records":
        return
    state.write("DELETE FROM lines WHERE part = ?", part)
    for number, line in enumerate(read_part(layout.data / sealed.path)):
        record = orjson.loads(line)
        known = state.known(record["id"])
        slot = state.record_slot(record["id"]) if known else slot_of(record["id"])
        state.write("INSERT INTO lines VALUES (?, ?, ?, ?)", part, number, slot, record["revision"])
        if known and known.revision == record["revision"]:
            state.write(
                "UPDATE records SET part = ?, line = ?, content_hash = ?, title = ?, date_published = ?,"
                " extractor_version = ?, template_id = ? WHERE slot = ?",
                part, number, record["content_hash"], record["title"], record["date_published"],
                record["extractor_version"], record["template_id"], slot,
            )  # fmt: skip


def drop_part(layout: Layout, state: State, row: PartRow, software: str, *, listed: bool = True) -> None:
    """Remove a part from its manifest (unless it is not `listed`), the state and the disk, in the open transaction."""
    path = row.path(layout)
    name = path.relative_to(layout.data).as_posix()
    manifest = manifest_path(layout, row.run)
    if listed and manifest.exists():
        parts = [entry for entry in read_manifest(manifest)["parts"] if entry["path"] != name]
        write_manifest(layout, row.run, parts, software)
    state.write("DELETE FROM lines WHERE part = ?", row.part)
    state.write("DELETE FROM parts WHERE part = ?", row.part)
    state.commit()
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        fsync_folder(path.parent)


def cut_warc(layout: Layout, state: State, warc: int, name: str, changes: Mapping[str, bytes | None]) -> None:
    """Write a WARC file anew, with other bytes (None: without) for some responses and what was written with them.

    The bytes of the others stay as they are.
    """
    path = layout.warc_file(name)
    if not path.exists():
        return
    rows = state.all("SELECT slot, id, position, length FROM responses WHERE warc = ? ORDER BY position", warc)
    temporary = path.with_name(f".{path.name}.tmp")
    with storage_errors(path), path.open("rb") as source, temporary.open("wb") as out:
        first = int(str(rows[0][2])) if rows else 0
        out.write(source.read(first))  # the warcinfo record
        for slot, record_id, position, length in rows:
            source.seek(int(str(position)))
            data = source.read(int(str(length)))
            if (new := changes.get(str(record_id), data)) is None:
                state.write("DELETE FROM responses WHERE slot = ?", slot)
                continue
            state.write("UPDATE responses SET position = ?, length = ? WHERE slot = ?", out.tell(), len(new), slot)
            out.write(new)
        state.write("UPDATE warcs SET committed = ? WHERE warc = ?", out.tell(), warc)
        out.flush()
        os.fsync(out.fileno())
    with storage_errors(path):
        temporary.replace(path)
        fsync_folder(path.parent)
    state.commit()
