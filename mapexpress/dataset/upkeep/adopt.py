"""`scrapy adopt`: what is stored under one site key becomes another one's, with state, responses and history."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.archive import Archive
from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.change.compaction import KEPT_SINCE
from mapexpress.dataset.change.erased import note_of
from mapexpress.dataset.change.generation import noted_generation
from mapexpress.dataset.change.rewrite import Rewrite
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.parts import part_rows
from mapexpress.dataset.recovery.damaged import pieces, read_lost
from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import KEPT_WAYS, KINDS, NEW, Entry, Frontier
from mapexpress.dataset.state.tables import OUTCOME, PLACE, Outcome, Place
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.adopted_records import Moved, compare, move_parts, read_ids, shift
from mapexpress.errors import BusyError, UsageError
from mapexpress.system.disk import fsync_folder, storage_errors
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

_ADOPTED = "adopted"  # in the state's meta, with the lineage of the state that was adopted; and a folder on its way out


def adopt(into: SiteStore, old: Layout, software: str) -> str:
    """Let a site hold what another key holds, and that key nothing; one line says what moved.

    Records get the ids that they would have got here. An article that both hold becomes one: the revisions of `old`
    come before those that are here. All of it is one change of `into`: cut short before it counts nothing has
    happened, and after it the same command ends what is left to do. Raises BusyError while a run of either is active,
    StorageError, and UsageError where something of `old` is set aside as damaged, or was forgotten in one of the two.
    """
    rest = into.layout.site / _ADOPTED
    _clear(rest)
    noted = noted_generation(old)
    if noted is None or into.state.meta(f"{_ADOPTED} {noted.lineage}") is None:
        with SiteStore.open(old.data, old.key, run=into.run) as recovered:
            Frontier(recovered.state, NEW)
            Ledger(recovered.state)
            recovered.seal()
    lock = SiteLock(old.lock, into.run)
    lock.acquire()
    try:
        noted = noted_generation(old)
        lineage = f"{_ADOPTED} {noted.lineage if noted else ''}"
        told = f"{old.key}: adopted by {into.layout.key} before; what was left of it is removed"
        if into.state.meta(lineage) is None:  # else all but the last step was done
            state = State(old.state, readonly=True)
            try:
                told = _move(Archive(old, state), into, lineage, software)
            finally:
                state.close()
        _take_away(old, rest)
    finally:
        lock.release()
    return told


def _move(source: Archive, into: SiteStore, lineage: str, software: str) -> str:
    if part_rows(source.state, "sealed = 0"):
        raise BusyError(f"a run of {source.layout.key} began meanwhile; type the same command again")
    if pieces(source.layout) or read_lost(source.layout):
        raise UsageError(f"{source.layout.damaged} holds what could not be read; see docs/dataset.md, then remove it")
    _refuse_forgotten(source, into)
    _refuse_forgotten(into, source)
    Ledger(into.state)
    waiting = Frontier(into.state, NEW)
    moved = read_ids(source, into)
    with Rewrite(into.layout, into.state, software) as rewrite:
        compare(into, moved)
        shift(rewrite, moved)
        move_parts(source, into, rewrite, moved)
        responses = _responses(source, into, rewrite)
        _outcomes(source, into, moved)
        _tables(source, into, waiting, moved)
        _files(source, into, rewrite)
        into.state.put_meta(lineage, source.layout.key)
        rewrite.commit()
    both = f" ({moved.shared} of them were in both)" if moved.shared else ""
    return (
        f"{into.layout.key}: {len(moved.ids)} articles{both}, {moved.lines} lines and {responses} responses of"
        f" {source.layout.key} are its own now"
    )


def _refuse_forgotten(holds: Archive, forgot: Archive) -> None:
    """Raise UsageError for what one key holds and the other was told to forget."""
    if not forgot.state.forgotten():
        return
    for (url,) in holds.state.all("SELECT url FROM urls UNION SELECT url FROM responses"):
        if forgot.state.is_forgotten(identity(str(url))):
            raise UsageError(
                f"{url!s} was forgotten on request in {forgot.layout.key}: first scrapy forget --site"
                f" {holds.layout.key} --url {url!s}"
            )


def _responses(source: Archive, into: SiteStore, rewrite: Rewrite) -> int:
    """Its WARC files under names of this run, and where each response is in them."""
    state, count = into.state, 0
    for number, (warc, name, day, committed) in enumerate(
        source.state.all("SELECT warc, name, day, committed FROM warcs ORDER BY warc")
    ):
        path, taken = source.layout.warc_file(str(name)), f"{into.run}-{number}.warc.gz"
        if not path.exists():
            continue
        rewrite.take(into.layout.warc_file(taken), path)
        state.write("INSERT INTO warcs (name, day, committed) VALUES (?, ?, ?)", taken, day, committed)
        row = state.one("SELECT warc FROM warcs WHERE name = ?", taken)
        places = source.state.all(f"SELECT {PLACE} FROM responses WHERE warc = ?", warc)
        for values in places:
            place = Place(**dict(zip(Place.__dataclass_fields__, values, strict=True)))  # type: ignore[arg-type]
            state.put_response(replace(place, warc=int(str((row or (0,))[0]))))
        count += len(places)
    since = max(filter(None, (site.state.meta(KEPT_SINCE) for site in (source, into))), default=None)
    if since is not None:
        state.put_meta(KEPT_SINCE, since)
    return count


def _outcomes(source: Archive, into: SiteStore, moved: Moved) -> None:
    """What became of addresses: here the later look counts, a record more than none, and the first sight is kept."""
    for values in source.state.all(f"SELECT {OUTCOME} FROM urls"):
        found = Outcome(*values)  # type: ignore[arg-type]
        found = replace(found, record_id=moved.ids.get(found.record_id or "", found.record_id))
        here = into.outcome(found.url)
        if here is not None and here.kind == "forgotten":
            continue
        if here is not None and (here.record_id is not None or found.record_id is None):
            found = replace(here, first_seen=min(here.first_seen, found.first_seen))
        into.state.put_outcome(found)


def _tables(source: Archive, into: SiteStore, waiting: Frontier, moved: Moved) -> None:
    """What else the state knows: signatures, days, responses and addresses that wait, what must not come back."""
    state, of = into.state, source.state
    for day, name, *others in of.all("SELECT * FROM signatures"):
        new = moved.ids.get(str(name))
        if new is not None and new not in moved.before:
            state.write(f"INSERT OR IGNORE INTO signatures VALUES (?, ?{', ?' * len(others)})", day, new, *others)
    counted = {day for (day,) in state.all("SELECT DISTINCT day FROM ledger")}
    days = [row for row in of.all("SELECT * FROM ledger") if row[0] not in counted]
    state.write_many("INSERT INTO ledger VALUES (?, ?, ?)", days)
    state.write_many("INSERT OR IGNORE INTO notices VALUES (?, ?, ?)", of.all("SELECT * FROM notices"))
    pending = [row for row in of.all("SELECT * FROM pending") if into.outcome(str(row[1])) is None]
    state.write_many("INSERT OR IGNORE INTO pending VALUES (?, ?, ?)", pending)
    state.write_many("INSERT OR IGNORE INTO forgotten VALUES (?)", of.all("SELECT * FROM forgotten"))
    kept = of.meta(KEPT_WAYS)
    if kept is not None and state.meta(KEPT_WAYS) is None:
        state.put_meta(KEPT_WAYS, kept)
    article = KINDS.index("article")
    for (url,) in of.all("SELECT url FROM frontier WHERE walk = ? AND kind = ? AND state != 1", NEW, article):
        waiting.ask_again(Entry(url=str(url), kind="article", via="archive"))


def _files(source: Archive, into: SiteStore, rewrite: Rewrite) -> None:
    """Its snapshots, which records name, its runs, and the note of what was forgotten."""
    old, here = source.layout, into.layout
    current = here.template / "current"
    for path in sorted(old.template.glob("*.json.gz")):
        if not (here.template / path.name).exists():
            rewrite.take(here.template / path.name, path)
    if (old.template / "current").exists() and not current.exists():
        rewrite.put_bytes(current, (old.template / "current").read_bytes())
    for path in sorted(old.runs.glob("*.jsonl")):
        target = here.runs / path.name
        lines = [line for file in (path, target) if file.exists() for line in file.read_bytes().splitlines() if line]
        rewrite.put_bytes(target, b"".join(line + b"\n" for line in sorted(lines, key=_begun)))
    if into.state.forgotten():
        rewrite.put_bytes(*note_of(here, into.state.forgotten()))


def _begun(line: bytes) -> str:
    try:
        return str(orjson.loads(line).get("started"))
    except (ValueError, AttributeError):
        return ""  # torn by a crash


def _take_away(old: Layout, rest: Path) -> None:
    """Remove the old key. First its parts, which readers see, then all at once what makes it a site."""
    with storage_errors(old.site):
        if old.dataset.exists():
            old.dataset.replace(old.site / "dataset")
            fsync_folder(old.dataset.parent)
        old.site.replace(rest)
        fsync_folder(old.site.parent)
    _clear(rest)


def _clear(rest: Path) -> None:
    with storage_errors(rest):
        if rest.exists():
            shutil.rmtree(rest)
