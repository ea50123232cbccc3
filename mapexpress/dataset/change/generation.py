"""Whether a state belongs to the files beside it: the same lineage and generation stand in both.

The generation rises when a run has sealed its parts, when what a killed one left is brought in step, and when a store
that was written to is closed: in the state first, then in the file. So a state may be ahead of its file by a step that
was cut short, never behind it: one that is behind comes from a backup, one of another lineage from elsewhere.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapexpress.dataset.change.erased import read_forgotten
from mapexpress.dataset.files.manifest import manifests, read_manifest
from mapexpress.dataset.files.parts import part_rows
from mapexpress.errors import StorageError
from mapexpress.system.disk import storage_errors, write_atomically

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

_META = "generation"


@dataclass(slots=True, frozen=True)
class Generation:
    """A step in the life of one state: `lineage` is a random name that a state made anew gets once."""

    lineage: str
    number: int


def first_generation() -> Generation:
    """That of a state which is made now."""
    return Generation(secrets.token_hex(8), 1)


def generation_of(state: State) -> Generation | None:
    """What the state says of itself; None for one from before there were generations, and for an empty one."""
    return _parsed(state.meta(_META))


def put_generation(state: State, generation: Generation) -> None:
    """Note it in the state's open transaction."""
    state.put_meta(_META, _text(generation))


def raise_generation(layout: Layout, state: State) -> None:
    """Commit what is open in the state as its next generation, then note that beside it. Raises StorageError."""
    old = generation_of(state) or Generation(first_generation().lineage, 0)
    new = Generation(old.lineage, old.number + 1)
    put_generation(state, new)
    state.commit()
    note_generation(layout, new)


def note_generation(layout: Layout, generation: Generation) -> None:
    """Note beside the state which generation of it the files belong to, durably."""
    with storage_errors(layout.generation):
        write_atomically(layout.generation, _text(generation).encode() + b"\n")


def noted_generation(layout: Layout) -> Generation | None:
    """What stands beside the state; None where nothing readable does."""
    try:
        return _parsed(layout.generation.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def misfit(layout: Layout, state: State, noted: Generation | None) -> str | None:
    """Why a state is not the one of the files beside it, in words; None where it is, as far as can be told.

    Read `noted` before the state where a run may be active. Without it (folders from before there were generations,
    or a lost file) the manifests tell, and what was forgotten: what is listed and on the disk, the state must know.
    """
    if noted is not None:
        own = generation_of(state)
        if own is None:
            return "the state knows nothing of the files beside it: it is empty or from an old backup"
        if own.lineage != noted.lineage:
            return "the state is not the one of the files beside it"
        if own.number < noted.number:
            return f"the state is older than the files beside it, generation {own.number} of {noted.number}"
        return None
    if not set(read_forgotten(layout)) <= set(state.forgotten()):
        return "the state does not know all that was forgotten: it is from an old backup"
    if unknown := _unknown_parts(layout, state):
        return f"the state does not know {unknown} parts that the manifests list: it is empty or from an old backup"
    return None


def _unknown_parts(layout: Layout, state: State) -> int:
    if state.meta("compacting"):
        return 0  # a merge from before there were generations was cut short: its part is not in the state yet
    known = {row.path(layout).relative_to(layout.data).as_posix() for row in part_rows(state)}
    count = 0
    for path in manifests(layout):
        try:
            entries = read_manifest(path, layout.limits)["parts"]
        except StorageError:
            continue  # verify names it
        count += sum(entry["path"] not in known and (layout.data / entry["path"]).exists() for entry in entries)
    return count


def _text(generation: Generation) -> str:
    return f"{generation.lineage} {generation.number}"


def _parsed(text: str | None) -> Generation | None:
    lineage, _, number = (text or "").strip().partition(" ")
    return Generation(lineage, int(number)) if lineage and number.isascii() and number.isdigit() else None
