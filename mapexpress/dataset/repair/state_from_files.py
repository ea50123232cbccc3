"""A state made from the parts and the WARC files alone, beside the old one until it is whole.

Until its generation is noted nothing is changed but what lies under temporary names. From then on the old state is no
longer the one of the files, so whoever opens the site next makes it again (see `opening`), and what was done is done.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mapexpress.dataset.change.change import finish_change
from mapexpress.dataset.change.compaction import KEPT_SINCE
from mapexpress.dataset.change.erased import read_forgotten
from mapexpress.dataset.change.generation import (
    first_generation,
    misfit,
    note_generation,
    noted_generation,
    put_generation,
)
from mapexpress.dataset.files.layout import open_name, sealed_name
from mapexpress.dataset.files.manifest import PartKind, manifest_path, read_manifest
from mapexpress.dataset.files.parts import PART_KINDS, is_damaged, part_rows, read_part
from mapexpress.dataset.near_duplicates.index import DuplicateIndex
from mapexpress.dataset.recovery.lost import LONG_AGO, ask_again, has_response, note_outcomes, without_outcome
from mapexpress.dataset.recovery.recovery import recover
from mapexpress.dataset.repair.warc_index import Indexed, index_warc
from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.tables import PLACE, Outcome, Place, known_of
from mapexpress.errors import StorageError
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import from_json
from mapexpress.system.disk import fsync_folder, remove_database, storage_errors
from mapexpress.system.inside import digest_of, is_ours, is_plain

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.change.generation import Generation
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.limits import Limits

logger = logging.getLogger(__name__)

_LOST = (
    "what cannot be restored: when addresses were last asked and how often, positions of interrupted walks, "
    "what ways in answered last, and the counts of past days"
)


@dataclass(slots=True)
class _Old:
    """What is taken from the state that is replaced: digests of what was forgotten, and where responses were."""

    path: Path
    forgotten: set[bytes] = field(default_factory=set)
    fits: bool = False
    is_kept: bool = True  # as `state.sqlite.old`

    def places(self, name: str) -> list[Place]:
        """The responses of a WARC file as this state knows them; none where it is not the one of the files."""
        if not self.fits:
            return []
        state = State(self.path, readonly=True)
        try:
            rows = state.all(
                f"SELECT {PLACE} FROM responses WHERE warc = (SELECT warc FROM warcs WHERE name = ?)", name
            )
        finally:
            state.close()
        return [Place(**dict(zip(Place.__dataclass_fields__, row, strict=True))) for row in rows]  # type: ignore[arg-type]


def make_state(layout: Layout, software: str) -> str:
    """Replace a site's state by one made from what is on the disk; the caller holds the lock.

    Parts that cannot be read to their end give what they hold, those that a killed run left open too. What cannot be
    read of a WARC file is set aside. Responses of articles that nothing came of are processed by the next run. The old
    file is kept as `state.sqlite.old`, unless it may tell of what was forgotten. Returns one line that says what was
    made and what is lost. Raises StorageError; the old state and all files are then as they were, or the next command
    finishes.
    """
    forgotten = set(read_forgotten(layout))
    old = _old_state(layout, forgotten, software)
    finish_change(layout, None)  # one that fits has ended or taken it back; of any other nobody asks which it was
    new = layout.new_state
    warcs: list[Indexed] = []
    try:
        remove_database(new)
        state = State(new)
        try:
            for digest in sorted(forgotten | old.forgotten):
                state.forget_digest(digest)
            responses = _responses(layout, state, old, warcs)
            records = _records(layout, state)
            _rejections(layout, state)
            _retention(state)
            ask_again(state, without_outcome(state))
            generation = first_generation()
            put_generation(state, generation)
            state.gather()
        finally:
            state.close()
        _swap(layout, new, warcs, generation, old)
    except StorageError:
        with suppress(OSError):
            remove_database(new)
            for warc in warcs:
                if warc.mended is not None:
                    warc.mended.unlink(missing_ok=True)
        raise
    damaged = sum(warc.damaged for warc in warcs)
    aside = f" ({damaged} damaged stretches of WARC files are set aside in {layout.damaged})" if damaged else ""
    return f"state made again from {records} records and {responses} responses{aside}; {_LOST}"


def needs_new_state(layout: Layout) -> bool:
    """Whether the state is missing, damaged, not the one of the files, or does not know a sealed part."""
    try:
        if not layout.state.exists():
            return True
        noted = noted_generation(layout)
        state = State(layout.state)
        try:
            known = {row.path(layout) for row in part_rows(state)}
            for (name,) in state.all("SELECT name FROM warcs"):
                layout.warc_file(str(name))  # raises for one that leads out of the folder
            return (
                state.integrity() is not None
                or misfit(layout, state, noted) is not None
                or not known.issuperset(path for kind in PART_KINDS for path, *_ in _sealed(layout, kind))
            )
        finally:
            state.close()
    except StorageError:
        return True


def _swap(layout: Layout, new: Path, warcs: list[Indexed], generation: Generation, old: _Old) -> None:
    kept = layout.state.with_name(f"{layout.state.name}.old")
    with storage_errors(layout.state):
        handle = os.open(new, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        note_generation(layout, generation)
        for warc in warcs:
            warc.settle()
        if any(warc.mended for warc in warcs):
            fsync_folder(layout.warc)
        kept.unlink(missing_ok=True)
        if old.is_kept and layout.state.exists():
            with suppress(OSError):  # a file system without hard links keeps no second name
                os.link(layout.state, kept)
        for suffix in ("-wal", "-shm"):  # of the old one: SQLite would read them into the new one
            layout.state.with_name(layout.state.name + suffix).unlink(missing_ok=True)
        new.replace(layout.state)
        fsync_folder(layout.site)


def _old_state(layout: Layout, forgotten: set[bytes], software: str) -> _Old:
    """What the state that is replaced can still give; one that is sound and fits is recovered first.

    One that does not know all that was forgotten comes from before: it may hold what was erased.
    """
    old = _Old(layout.state, is_kept=not forgotten)
    if not layout.state.exists():
        return old
    noted = noted_generation(layout)
    try:
        state = State(layout.state)
    except StorageError:
        return old  # damaged or newer
    try:
        if state.integrity() is not None:
            return old
        old.forgotten = set(state.forgotten())
        old.is_kept = old.forgotten >= forgotten
        if misfit(layout, state, noted) is None:
            recover(layout, state, software, clear=False)
            old.fits = True
    except StorageError as error:
        if isinstance(error.__cause__, OSError):
            raise  # the disk fails; anything else is why the state is made again
        logger.info("%s: %s", layout.key, error)
    finally:
        state.close()
    return old


@dataclass(slots=True)
class _Part:
    """A part on the disk, sealed or open, as it is read."""

    path: Path
    kind: PartKind
    run: str
    number: int
    limits: Limits
    day: str = ""  # of a sealed one
    part: int = 0

    def read(self, state: State) -> Iterator[tuple[int, bytes]]:
        """Whole lines by number; the state's row is there from the first one on, and complete after the last."""
        sealed = self.path.suffix == ".gz"
        day = self.day or datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date().isoformat()
        state.write(
            "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) VALUES (?, ?, ?, ?, 0, 0, ?)",
            self.kind, self.run, self.number, day, int(sealed),
        )  # fmt: skip
        self.part = int(str((state.one("SELECT max(part) FROM parts") or (0,))[0]))
        lines = plain = 0
        digest: str | None = digest_of(self.path) if sealed else None
        try:
            for number, line in enumerate(read_part(self.path, self.limits)):
                lines, plain = number + 1, plain + len(line) + 1
                yield number, line
        except StorageError:
            digest = None  # what was whole is taken; verify names the fault
        state.write(
            "UPDATE parts SET lines = ?, committed = ?, sha256 = ?, size = ? WHERE part = ?",
            lines, plain, digest, self.path.stat().st_size if sealed else None, self.part,
        )  # fmt: skip
        state.commit()


def _sealed(layout: Layout, kind: PartKind) -> Iterator[tuple[Path, str, str, int]]:
    """The sealed parts on the disk with day, run and number, each once.

    What has another name, and a copy of a part under another day, is none of ours: `verify` names it.
    """
    folder = layout.dataset if kind == "records" else layout.rejections
    found: dict[tuple[str, int], list[tuple[Path, str]]] = {}
    for path in sorted(folder.glob("*/*.gz")):
        if (name := sealed_name(path)) is not None and is_plain(path):
            found.setdefault(name[1:], []).append((path, name[0]))
    for (run, number), places in found.items():
        path, day = places[0] if len(places) == 1 else _listed(layout, run, places)
        yield path, day, run, number


def _listed(layout: Layout, run: str, places: list[tuple[Path, str]]) -> tuple[Path, str]:
    """Which of several copies of a part the manifest of its run lists; the first where that does not tell."""
    try:
        listed = {entry["path"] for entry in read_manifest(manifest_path(layout, run), layout.limits)["parts"]}
    except StorageError:
        listed = set()
    return next((place for place in places if place[0].relative_to(layout.data).as_posix() in listed), places[0])


def _parts(layout: Layout, kind: PartKind) -> Iterator[_Part]:
    done = set()
    for path, day, run, number in _sealed(layout, kind):
        done.add((run, number))
        yield _Part(path, kind, run, number, layout.limits, day)
    for path in sorted(layout.open.glob("*.jsonl")) if layout.open.is_dir() else ():
        # a seal that was cut short left both: the sealed one is whole
        if (name := open_name(path, kind)) is not None and is_plain(path) and name not in done:
            yield _Part(path, kind, *name, layout.limits)


def _records(layout: Layout, state: State) -> int:
    index = DuplicateIndex(layout, state)
    records = 0
    for part in _parts(layout, "records"):
        certain = not is_damaged(part.path, layout.limits)
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
    if article.status == "active":
        index.decide(article)
    state.put_known(known_of(article, part.run, part.part, number))
    note_outcomes(state, article)
    if article.warc_record_id is not None:
        state.keep_response(article.warc_record_id)


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


def _responses(layout: Layout, state: State, old: _Old, warcs: list[Indexed]) -> int:
    """Note every response of the WARC files; `warcs` gets what was found in each."""
    count = 0
    for path in sorted(layout.warc.glob("*.warc.gz")):
        if not is_ours(path.name):
            continue  # whoever opens the site next moves it aside
        state.write("INSERT INTO warcs (name, day, committed) VALUES (?, '', 0)", path.name)
        row = state.one("SELECT warc FROM warcs WHERE name = ?", path.name)
        warc = int(str(row[0])) if row else 0
        found = index_warc(layout, path, warc, old.places)
        warcs.append(found)
        if found.damaged and not found.size:
            state.write("DELETE FROM warcs WHERE warc = ?", warc)
            continue
        for place in found.places:
            state.put_response(place)
        count += len(found.places)
        day = max((place.fetched_at[:10] for place in found.places), default="1970-01-01")
        state.write("UPDATE warcs SET committed = ?, day = ? WHERE warc = ?", found.size, day, warc)
        state.commit()
    return count
