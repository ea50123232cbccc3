"""`scrapy verify`: lines against the schema, parts against manifests, state against parts, WARC ids resolvable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mapexpress.dataset.change.change import settle
from mapexpress.dataset.change.compaction import KEPT_SINCE
from mapexpress.dataset.change.generation import misfit, noted_generation
from mapexpress.dataset.files.layout import Layout, strays
from mapexpress.dataset.files.lock import active_run
from mapexpress.dataset.files.manifest import manifests, read_manifest
from mapexpress.dataset.files.parts import PartRow, part_rows, read_part
from mapexpress.dataset.files.warc import read_at
from mapexpress.dataset.files.warc_members import Damage, scan, warc_headers
from mapexpress.dataset.recovery.damaged import pieces, read_lost
from mapexpress.dataset.state.database import State
from mapexpress.errors import BusyError, StorageError
from mapexpress.limits import Limits
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import from_json, problems
from mapexpress.system.disk import is_failing
from mapexpress.system.inside import digest_of, is_plain

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.recovery.damaged import Lost


@dataclass(slots=True)
class Found:
    """What a verification saw: numbers, and one line for each fault and each loss that was noted."""

    parts: int = 0
    records: int = 0
    responses: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what is lost for good, and known to be

    def note(self, error: StorageError) -> None:
        """Take an error for a fault of the dataset; one of the disk is raised again."""
        if is_failing(error):
            raise error
        self.faults.append(str(error))


class Line(NamedTuple):
    """What is looked up for a good line; `day` is that of the fetch."""

    id: str
    revision: int = 0
    response: str | None = None
    day: str = ""


def verify(layout: Layout, *, responses: bool = True) -> Found:
    """Check all of a site and name each fault; `responses` also reads the response of each record.

    Writes nothing but what a command that died has left to be done.

    Raises StorageError where the disk itself fails, BusyError when a run was active meanwhile and something looks like
    a fault: what it moves may be that.
    """
    before = active_run(layout.lock)
    found = _verified(layout, responses)
    if found.faults and (told := before or active_run(layout.lock)):
        raise BusyError(told)
    return found


def _verified(layout: Layout, responses: bool) -> Found:
    found = Found(faults=list(strays(layout)))
    if found.faults:
        return found  # what a link leads to is not looked into
    try:
        settle(layout)
    except StorageError as error:
        found.note(error)
    seen = _parts(layout, found)
    if not layout.state.exists():
        if seen or any(layout.warc.glob("*.gz")):
            found.faults.append(f"{layout.state}: missing; scrapy verify --rebuild-state makes it again")
        return found
    if layout.repairing.exists():
        found.faults.append(f"{layout.repairing}: a repair was cut short; --repair or the next run goes on with it")
    noted = noted_generation(layout)  # before the state, which a run that is active raises first
    try:
        state = State(layout.state, readonly=True)
    except StorageError as error:
        found.note(error)
        return found
    try:
        if fault := state.integrity():
            found.faults.append(f"{layout.state}: {fault}; scrapy verify --rebuild-state makes it again")
            return found
        if why := misfit(layout, state, noted):
            found.faults.append(f"{layout.state}: {why}; the next run, or --rebuild-state, makes it again")
        _state(layout, state, seen, found)
        if responses:
            _responses(layout, state, seen, found)
    except StorageError as error:
        found.note(error)
    finally:
        state.close()
    return found


def _parts(layout: Layout, found: Found) -> dict[str, list[Line]]:
    """Check every part and manifest: each good line, by the path of its part."""
    listed: dict[str, str] = {}
    seen: dict[str, list[Line]] = {}
    for path in manifests(layout):
        try:
            manifest = read_manifest(path, layout.limits)
        except StorageError as error:
            found.faults.append(str(error))
            continue
        for entry in manifest["parts"]:
            try:
                part = layout.listed(entry["path"])
            except StorageError as error:
                found.faults.append(f"{path}: {error}")
                continue
            listed[entry["path"]] = path.name
            if not is_plain(part):
                found.faults.append(f"{part}: missing, {entry['lines']} lines by {path.name}")
                continue
            lines = _lines(part, entry["kind"] == "records", layout.limits, found)
            if digest_of(part) != entry["sha256"]:
                found.faults.append(f"{part}: its sha256 is not the one in {path.name}")
            elif len(lines) != entry["lines"]:
                found.faults.append(f"{part}: {len(lines)} good lines, {entry['lines']} by {path.name}")
            if entry["kind"] == "records":
                seen[entry["path"]] = lines
    for part in sorted([*layout.dataset.glob("*/*.gz"), *layout.rejections.glob("*/*.gz")]):
        name = part.relative_to(layout.data).as_posix()
        if name not in listed:
            found.faults.append(f"{part}: in no manifest")
            if part.is_relative_to(layout.dataset):
                seen[name] = _lines(part, True, layout.limits, found)
    return seen


def _lines(path: Path, records: bool, limits: Limits, found: Found) -> list[Line]:
    good: list[Line] = []
    found.parts += 1
    number = 0
    try:
        for number, line in enumerate(read_part(path, limits), 1):
            try:
                if records:
                    article = from_json(line, Article)
                    if broken := problems(article):
                        raise ValueError(broken[0])
                    good.append(
                        Line(article.id, article.revision, article.warc_record_id, (article.fetched_at or "")[:10])
                    )
                else:
                    good.append(Line(str(from_json(line, Rejection).url)))
            except ValueError as error:
                found.faults.append(f"{path}:{number}: {error}")
    except StorageError as error:
        found.faults.append(f"{error} (after line {number})")
    if records:
        found.records += len(good)
    return good


def _state(layout: Layout, state: State, seen: dict[str, list[Line]], found: Found) -> None:
    written: dict[tuple[str, int], str] = {}
    for name, lines in seen.items():
        for line in lines:
            if other := written.get((line.id, line.revision)):
                found.faults.append(
                    f"{layout.data / name}: record {line.id} revision {line.revision} is also in {other}"
                )
            written[line.id, line.revision] = name
    rows: dict[str, PartRow] = {}
    for row in part_rows(state, "sealed = 1"):
        rows[row.path(layout).relative_to(layout.data).as_posix()] = row
    for name in seen.keys() - rows.keys():
        found.faults.append(f"{layout.data / name}: not in the state")
    for name, row in rows.items():
        if row.kind == "records" and name in seen and row.lines != len(seen[name]):
            found.faults.append(f"{layout.data / name}: {len(seen[name])} good lines, {row.lines} by the state")
    sealed = {row.part for row in rows.values()}
    for known_id, latest, part in state.all("SELECT id, revision, part FROM records"):
        if part in sealed and (str(known_id), int(str(latest))) not in written:
            found.faults.append(f"{layout.state}: record {known_id!s} revision {latest!s} is in no part")


def _responses(layout: Layout, state: State, seen: dict[str, list[Line]], found: Found) -> None:
    """Read all that is stored of responses, and look for that of each record.

    Those that the retention setting dropped are no fault, those that are noted as lost no longer one.
    """
    names: dict[int, str] = {}
    good: dict[int, dict[int, str]] = {}
    for warc, name, committed in state.all("SELECT warc, name, committed FROM warcs ORDER BY name"):
        number = int(str(warc))
        names[number] = str(name)
        good[number] = _members(layout.warc_file(str(name)), int(str(committed)), found)
    kept_since, lost = state.meta(KEPT_SINCE) or "", read_lost(layout)
    for lines in seen.values():
        for line in lines:
            place = state.response(line.response) if line.response else None
            if line.response is None or (place is None and line.day < kept_since):
                continue
            if place is None or place.warc not in names:
                _missing(layout, line, lost.get(line.response), found)
                continue
            found.responses += 1
            if good[place.warc].get(place.position) == place.id:
                continue
            try:
                read_at(layout, names[place.warc], place)
            except StorageError as error:
                found.faults.append(f"record {line.id}: {error}")


def _members(path: Path, committed: int, found: Found) -> dict[int, str]:
    """WARC record ids by position in a file; what does not read of it is a fault."""
    ids: dict[int, str] = {}
    try:
        for part in scan(path, committed):
            if isinstance(part, Damage):
                found.faults.append(f"{path} is damaged from byte {part.start} to {part.end}")
            elif part.bad_head:
                found.faults.append(f"{path} is damaged at {part.start}: a gzip head, which can be mended")
            else:
                ids[part.start] = warc_headers(part.head).get("warc-record-id", "")
    except OSError as error:
        found.faults.append(f"cannot read {path}: {error.strerror or error}")
        return ids
    if (size := path.stat().st_size) < committed:
        found.faults.append(f"{path} is cut off: {size} bytes of {committed}")
    return ids


def _missing(layout: Layout, line: Line, lost: Lost | None, found: Found) -> None:
    if lost is None:
        found.faults.append(f"record {line.id}: its response {line.response} is not in the state")
        return
    if lost.piece and (layout.damaged / lost.piece).exists():
        left = f"what is left of it is {layout.damaged / lost.piece}"
    else:
        left = f"what may be left of it is in {layout.damaged}" if pieces(layout) else "nothing is left of it"
    found.notes.append(f"record {line.id}: its response {line.response} is lost; {left}")
