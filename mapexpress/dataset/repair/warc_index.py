"""The responses of a WARC file found by reading it, and the file anew without what does not read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.dataset.files.warc import CONTENT, PUBLIC_ADDRESS
from mapexpress.dataset.files.warc_members import PLAIN_HEAD, Damage, Member, http_status, scan, warc_headers
from mapexpress.dataset.recovery.damaged import Lost, note_lost, set_aside
from mapexpress.dataset.state.tables import Place
from mapexpress.system.disk import storage_errors, write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

_CHUNK = 2**20
_ID = re.compile(r"<urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}>")


@dataclass(slots=True)
class Indexed:
    """What a WARC file holds: places as they are once `mended`, where there is one, has taken the file's place.

    `size` is the file's size then; 0 where nothing of it reads, and the file is to go.
    """

    path: Path
    places: list[Place] = field(default_factory=list)
    size: int = 0
    damaged: int = 0
    mended: Path | None = None

    def settle(self) -> None:
        """Let the mended file take the place of the damaged one; the caller makes the folder durable."""
        if self.mended is None:
            return
        if self.size:
            self.mended.replace(self.path)
        else:
            self.mended.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)


def index_warc(
    layout: Layout, path: Path, warc: int, known: Callable[[str], Sequence[Place]] = lambda _: ()
) -> Indexed:
    """Find the responses of a file; damaged stretches are set aside and a file without them is made beside it.

    `warc` is the file's number in the state. `known` gives the places in a file by its name that were right before
    the damage: they name the responses that are lost, where the damaged bytes do not. Raises StorageError.
    """
    found = Indexed(path)
    stretches: list[tuple[int, int, bool]] = []  # start, length and whether the head is to be mended
    with storage_errors(path):
        for part in scan(path):
            if isinstance(part, Damage):
                found.damaged += 1
                note_lost(layout, _lost(part, set_aside(layout, path, part.start, part.length), known(path.name)))
                continue
            _note(found, part, warc)
            found.size += part.length
            start, length, bad_head = stretches[-1] if stretches else (0, 0, False)
            if stretches and start + length == part.start and not part.bad_head:
                stretches[-1] = start, length + part.length, bad_head
            else:
                stretches.append((part.start, part.length, part.bad_head))
        if found.damaged or any(bad_head for *_, bad_head in stretches):
            found.mended = path.with_name(f".{path.name}.tmp")
            _copy(path, found.mended, stretches)
    return found


def _note(found: Indexed, member: Member, warc: int) -> None:
    headers = warc_headers(member.head)
    if headers.get("warc-type") == "request":
        # A request is written behind its response and counts to it.
        last = found.places[-1] if found.places else None
        if last and headers.get("warc-concurrent-to") == last.id and last.position + last.length == found.size:
            found.places[-1] = _longer(last, member.length)
        return
    status, name = http_status(member.head), headers.get("warc-record-id")
    url = headers.get(PUBLIC_ADDRESS.lower()) or headers.get("warc-target-uri")
    if headers.get("warc-type") != "response" or status is None or not name or not url:
        return
    found.places.append(
        Place(
            id=name,
            warc=warc,
            position=found.size,
            length=member.length,
            url=url,
            fetched_at=headers.get("warc-date", ""),
            http_status=status,
            content=headers.get(CONTENT.lower()) or "unknown",
        )
    )


def _longer(place: Place, more: int) -> Place:
    return Place(
        id=place.id, warc=place.warc, position=place.position, length=place.length + more, url=place.url,
        fetched_at=place.fetched_at, http_status=place.http_status, content=place.content,
    )  # fmt: skip


def _lost(damage: Damage, piece: str, known: Sequence[Place]) -> list[Lost]:
    """The responses that began in a damaged stretch, by what was known and by what it still says of itself."""
    lost = [
        Lost(response=place.id, url=place.url, piece=piece)
        for place in known
        if damage.start <= place.position < damage.end
    ]
    headers = warc_headers(damage.head)
    name = headers.get("warc-record-id", "")
    if not lost and headers.get("warc-type") == "response" and _ID.fullmatch(name):
        url = headers.get(PUBLIC_ADDRESS.lower()) or headers.get("warc-target-uri")
        lost.append(Lost(response=name, url=url, piece=piece))
    return lost


def _copy(path: Path, target: Path, stretches: Sequence[tuple[int, int, bool]]) -> None:
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        with path.open("rb") as source:
            for start, length, bad_head in stretches:
                if bad_head:
                    write_all(handle, PLAIN_HEAD)
                skipped = len(PLAIN_HEAD) * bad_head
                source.seek(start + skipped)
                left = length - skipped
                while left and (data := source.read(min(left, _CHUNK))):
                    write_all(handle, data)
                    left -= len(data)
        os.fsync(handle)
    finally:
        os.close(handle)
