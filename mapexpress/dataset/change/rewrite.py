"""Parts and WARC files made, written anew and dropped, with their manifests and rows of the state in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.change.change import Change
from mapexpress.dataset.files.manifest import entry_of, manifest_of, manifest_path, read_manifest
from mapexpress.dataset.files.parts import pack, read_part
from mapexpress.dataset.state.database import slot_of
from mapexpress.system.disk import storage_errors, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.files.manifest import PartEntry, Sealed
    from mapexpress.dataset.files.parts import PartRow
    from mapexpress.dataset.state.database import State


class Rewrite(Change):
    """A change of parts and WARC files. Raises StorageError."""

    def __init__(self, layout: Layout, state: State, software: str) -> None:
        super().__init__(layout, state)
        self._software = software
        self._manifests: dict[str, dict[str, PartEntry]] = {}  # by run, then by path of the part

    def put(self, row: PartRow, lines: Iterable[bytes]) -> Sealed | None:
        """Let a part hold these lines (with newlines), sealed; None where there is none, and then no part either."""
        path = row.path(self.layout)
        with self.file(path) as handle:
            sealed = pack(handle, row.kind, lines, self._name(row))
        if sealed.lines == 0:
            self.drop(row)
            return None
        self._listed(row.run)[sealed.path] = entry_of(sealed)
        self.state.write(
            "UPDATE parts SET sealed = 1, lines = ?, committed = ?, sha256 = ?, size = ? WHERE part = ?",
            sealed.lines, sealed.plain_bytes, sealed.sha256, sealed.size, row.part,
        )  # fmt: skip
        return sealed

    def drop(self, row: PartRow) -> None:
        """Take a part out of the dataset, its manifest and the state."""
        self._listed(row.run).pop(self._name(row), None)
        self.remove(row.path(self.layout))
        self.state.write("DELETE FROM lines WHERE part = ?", row.part)
        self.state.write("DELETE FROM parts WHERE part = ?", row.part)

    def relist(self, run: str) -> None:
        """Let a run's manifest, which may not be readable, list only what is put from now on."""
        self._manifests[run] = {}

    def cut_warc(self, warc: int, name: str, changes: Mapping[str, bytes | None]) -> None:
        """Give some responses of a WARC file, with what was written beside them, other bytes, or none (None).

        The bytes of the others stay as they are.
        """
        path, state = self.layout.warc_file(name), self.state
        rows = state.all("SELECT slot, id, position, length FROM responses WHERE warc = ? ORDER BY position", warc)
        if not path.exists():
            state.write_many(
                "DELETE FROM responses WHERE slot = ?", [row[:1] for row in rows if str(row[1]) in changes]
            )
            return
        with storage_errors(path), path.open("rb") as source, self.file(path) as handle:
            data = source.read(int(str(rows[0][2])) if rows else 0)  # the warcinfo record
            write_all(handle, data)
            end = len(data)
            for slot, record_id, position, length in rows:
                source.seek(int(str(position)))
                data = source.read(int(str(length)))
                if (new := changes.get(str(record_id), data)) is None:
                    state.write("DELETE FROM responses WHERE slot = ?", slot)
                    continue
                state.write("UPDATE responses SET position = ?, length = ? WHERE slot = ?", end, len(new), slot)
                write_all(handle, new)
                end += len(new)
        state.write("UPDATE warcs SET committed = ? WHERE warc = ?", end, warc)

    def commit(self) -> None:
        """Make the change count, with the manifests of the parts that it touched."""
        for run, entries in self._manifests.items():
            path = manifest_path(self.layout, run)
            if entries:
                self.put_bytes(path, manifest_of(self.layout, run, entries.values(), self._software))
            else:
                self.remove(path)
        super().commit()

    def _name(self, row: PartRow) -> str:
        return row.path(self.layout).relative_to(self.layout.data).as_posix()

    def _listed(self, run: str) -> dict[str, PartEntry]:
        if run not in self._manifests:
            path = manifest_path(self.layout, run)
            parts = read_manifest(path, self.layout.limits)["parts"] if path.exists() else []
            self._manifests[run] = {entry["path"]: entry for entry in parts}
        return self._manifests[run]


def rewrite_part(rewrite: Rewrite, row: PartRow, change: Callable[[bytes], bytes | None]) -> int:
    """Apply `change` to each line of a sealed part (None takes it out); how many lines it changed.

    A part that stays as it is keeps its bytes. Raises StorageError.
    """
    path = row.path(rewrite.layout)
    changed = sum(change(line) != line for line in read_part(path, rewrite.layout.limits))
    if changed:
        lines = (new for line in read_part(path, rewrite.layout.limits) if (new := change(line)) is not None)
        rewrite.put(row, with_places(rewrite.state, row, lines))
    return changed


def with_places(state: State, row: PartRow, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines (without newlines) on their way into a part (with them): the state learns what stands where."""
    if row.kind == "records":
        state.write("DELETE FROM lines WHERE part = ?", row.part)
    for number, line in enumerate(lines):
        if row.kind == "records":
            _place(state, row.part, number, line)
        yield line + b"\n"


def _place(state: State, part: int, number: int, line: bytes) -> None:
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
