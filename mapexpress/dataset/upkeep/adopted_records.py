"""Records on their way from one site key to another: their ids, the numbers of their revisions, their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.change.rewrite import Rewrite, rewrite_part
from mapexpress.dataset.files.parts import PartRow, part_rows, read_part
from mapexpress.dataset.state.tables import known_of
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json
from mapexpress.web.addresses import article_id

if TYPE_CHECKING:
    from mapexpress.dataset.archive import Archive
    from mapexpress.dataset.state.database import State
    from mapexpress.dataset.store import SiteStore


@dataclass(slots=True)
class Moved:
    """Records by their old id: the new one, and how many revisions come before their own; lines that are left out,
    by old id and revision, as the record that stands here begins with the same text.

    `before` are the revisions that come before those that stand here, by new id, `hashes` those of their texts.
    """

    ids: dict[str, str] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    left_out: set[tuple[str, int]] = field(default_factory=set)
    before: Counter[str] = field(default_factory=Counter)
    hashes: dict[str, list[str]] = field(default_factory=dict)
    shared: int = 0
    lines: int = 0


def read_ids(source: Archive, into: SiteStore) -> Moved:
    """The new id of each record, and its revisions that come before those of a record that is here already."""
    moved = Moved()
    texts: dict[str, dict[int, str]] = {}
    for row in part_rows(source.state, "kind = 'records'"):
        for line in read_part(row.path(source.layout)):
            article = from_json(line, Article)
            if article.id not in moved.ids:
                here = into.outcome(article.canonical_url or article.url or "")
                name = article.canonical_url or f"content:{article.content_hash}"
                moved.ids[article.id] = (here and here.record_id) or article_id(into.layout.key, name)
            texts.setdefault(article.id, {})[article.revision] = article.content_hash
    for old, revisions in texts.items():
        new = moved.ids[old]
        moved.offsets[old] = moved.before[new]
        moved.before[new] += max(revisions)
        moved.hashes.setdefault(new, []).extend(revisions.get(n + 1, "") for n in range(max(revisions)))
    return moved


def compare(into: SiteStore, moved: Moved) -> None:
    """Leave the last line of a record out where the one that stands here begins with the same text."""
    shared = {new for new in moved.before if into.known(new) is not None}
    moved.shared = sum(new in shared for new in moved.ids.values())
    latest = {moved.ids[old]: old for old in sorted(moved.offsets, key=lambda old: moved.offsets[old])}
    for new in moved.before.keys() - shared:
        del moved.before[new]
    for row in part_rows(into.state, "kind = 'records'") if shared else ():
        for line in read_part(row.path(into.layout)):
            value = orjson.loads(line)
            new = value["id"]
            if new in shared and value["revision"] == 1 and value["content_hash"] == moved.hashes[new][-1]:
                moved.before[new] -= 1
                moved.hashes[new].pop()
                old = latest[new]
                moved.left_out.add((old, len(moved.hashes[new]) + 1 - moved.offsets[old]))


def shift(rewrite: Rewrite, moved: Moved) -> None:
    """Number the revisions that are here after those that come before them."""
    state = rewrite.state
    parts: set[int] = set()
    shifted = {new: count for new, count in moved.before.items() if count}
    for new, count in shifted.items():
        slot = state.record_slot(new)
        state.write("UPDATE records SET revision = revision + ? WHERE slot = ?", count, slot)
        parts |= {int(str(part)) for (part,) in state.all("SELECT DISTINCT part FROM lines WHERE slot = ?", slot)}

    def change(line: bytes) -> bytes:
        value = orjson.loads(line)
        count = shifted.get(value["id"], 0)
        if not count:
            return line
        if value["revision"] == 1:
            value["previous_hash"] = moved.hashes[value["id"]][-1]
        return orjson.dumps(value | {"revision": value["revision"] + count})

    for part in sorted(parts):
        for row in part_rows(state, "part = ?", part):
            rewrite_part(rewrite, row, change)


def move_parts(source: Archive, into: SiteStore, rewrite: Rewrite, moved: Moved) -> None:
    state = into.state
    for number, row in enumerate(part_rows(source.state)):
        state.write(
            "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) VALUES (?, ?, ?, ?, 0, 0, 0)",
            row.kind, into.run, number, row.day,
        )  # fmt: skip
        (new,) = part_rows(state, "kind = ? AND run = ? AND number = ?", row.kind, into.run, number)
        rewrite.put(new, _lines(source, into, row, new, moved))


def _lines(source: Archive, into: SiteStore, row: PartRow, new: PartRow, moved: Moved) -> Iterator[bytes]:
    """Lines as they are to stand here; the state learns where."""
    number = 0
    for line in read_part(row.path(source.layout)):
        value = orjson.loads(line)
        value["site"] = into.layout.key
        if row.kind == "records":
            old = value["id"]
            if (old, value["revision"]) in moved.left_out:
                continue
            _number(value, old, moved)
            _note(into.state, from_json(orjson.dumps(value), Article), into.run, new.part, number)
        number += 1
        moved.lines += 1
        yield orjson.dumps(value) + b"\n"


def _number(value: dict[str, object], old: str, moved: Moved) -> None:
    new, offset, original = moved.ids[old], moved.offsets[old], value["duplicate_of"]
    if offset and value["revision"] == 1:
        value["previous_hash"] = moved.hashes[new][offset - 1]
    value["revision"] = int(str(value["revision"])) + offset
    value["id"], value["duplicate_of"] = new, moved.ids.get(str(original), original)
    if value["duplicate_of"] == new:
        value["duplicate_of"] = None


def _note(state: State, article: Article, run: str, part: int, number: int) -> None:
    known = state.known(article.id)
    if known is None or known.revision <= article.revision:
        state.put_known(known_of(article, run, part, number))
    else:
        state.write(
            "REPLACE INTO lines VALUES (?, ?, ?, ?)", part, number, state.record_slot(article.id), article.revision
        )
