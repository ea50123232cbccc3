"""`scrapy reclean`: every record again from its stored response, in its place; no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from mapexpress.dataset.change.rewrite import Rewrite, rewrite_part
from mapexpress.dataset.files.parts import part_rows
from mapexpress.errors import StorageError
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import from_json, problems, to_json

if TYPE_CHECKING:
    from mapexpress.dataset.files.warc import Captured
    from mapexpress.dataset.store import SiteStore

Rebuild: TypeAlias = Callable[[Article, Sequence["Captured"]], Article | Rejection | None]


@dataclass(slots=True)
class Recleaned:
    """What became of the lines: `kept` those whose response is not stored or gives no article any more."""

    same: int = 0
    changed: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.changed} records changed, {self.same} the same, {self.kept} kept without a usable response"


def reclean(store: SiteStore, rebuild: Rebuild, software: str) -> Recleaned:
    """Make all records of a site again; parts in which nothing changed keep their bytes.

    Ids, revisions and duplicate flags stay; `previous_hash` follows the new text of the revision before. All of it is
    one change: cut short, whoever opens the site next ends it or takes it back, and no record stays beside those that
    other code has made. Raises StorageError.
    """
    done = Recleaned()
    revised = {
        str(row[0])
        for row in store.state.all(
            "SELECT id FROM records WHERE slot IN (SELECT slot FROM lines GROUP BY slot HAVING count(*) > 1)"
        )
    }
    hashes: dict[tuple[str, int], str] = {}  # of the revisions of records that have several: few
    with Rewrite(store.layout, store.state, software) as rewrite:
        for row in part_rows(store.state, "kind = 'records' AND sealed = 1"):
            # `rewrite_part` asks for each line twice; making a record is the dear part, so what changed is remembered.
            changed: dict[bytes, bytes] = {}

            def change(line: bytes, changed: dict[bytes, bytes] = changed) -> bytes:
                known = changed.get(line)
                if known is None:
                    known = changed[line] = _line(store, line, rebuild, revised, hashes, done)
                return known

            rewrite_part(rewrite, row, change)
        rewrite.commit()
    return done


def _line(
    store: SiteStore,
    line: bytes,
    rebuild: Rebuild,
    revised: set[str],
    hashes: dict[tuple[str, int], str],
    done: Recleaned,
) -> bytes:
    stored = from_json(line, Article)
    made = _again(store, stored, rebuild)
    fresh = made or stored
    if stored.id in revised:
        before = hashes.get((stored.id, stored.revision - 1))
        if before is not None:
            fresh = replace(fresh, previous_hash=before)
        hashes[stored.id, stored.revision] = fresh.content_hash
    new = to_json(fresh)
    done.kept += made is None
    done.same += made is not None and new == line
    done.changed += made is not None and new != line
    return new


def _again(store: SiteStore, stored: Article, rebuild: Rebuild) -> Article | None:
    if stored.status != "active":
        return None
    try:
        responses = store.responses(stored)
    except StorageError:
        return None  # damaged: verify names it
    made = rebuild(stored, responses) if responses else None
    if not isinstance(made, Article):
        return None
    # What the spider adds and what belongs to the history is not in the response.
    fresh = replace(
        made,
        id=stored.id,
        site=stored.site,
        discovered_via=stored.discovered_via,
        fetched_at=stored.fetched_at,
        warc_record_id=stored.warc_record_id,
        revision=stored.revision,
        previous_hash=stored.previous_hash,
        duplicate_of=stored.duplicate_of,
    )
    return None if problems(fresh) else fresh
