"""The log of a site in the store: who owns it and which files count, one commit after the other.

A commit is created under the number after its forerunner's, which only one writer can do.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.files.layout import Layout, folder_name
from mapexpress.errors import MapexpressError, StorageError
from mapexpress.fleet.shared_store import Store
from mapexpress.fleet.turns import check_turn
from mapexpress.system.inside import below

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_COMMITS = 5  # forerunners of a head that stay, for whoever reads while it is replaced


class FencedError(MapexpressError):
    """Another host owns the site: nothing of ours may be added to it."""


class OwnedElsewhereError(MapexpressError):
    """Another host, which is alive, owns the site."""


@dataclass(slots=True, frozen=True, kw_only=True)
class StoredFile:
    """A file of a site: `pieces` are objects of the store with their sizes, one after the other."""

    size: int
    sha256: str
    pieces: tuple[tuple[str, int], ...]


@dataclass(slots=True, frozen=True, kw_only=True)
class Commit:
    """What counts of a site. `files` by their path in a data folder; `trash` are objects no longer named, since when.

    `since` is the number of the epoch's first commit. `state` is the snapshot of the state, None before the first run.
    `turn` tells how the last run ended.
    """

    site: str
    number: int
    epoch: int
    since: int
    host: str | None
    lease: str
    written: str
    state: StoredFile | None = None
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    trash: Mapping[str, str] = field(default_factory=dict)
    turn: Mapping[str, str | int | float | None] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    def objects(self) -> Iterator[str]:
        """Every object that the commit names."""
        for file in (*self.files.values(), *([self.state] if self.state else ())):
            for name, _ in file.pieces:
                yield name


def to_bytes(commit: Commit) -> bytes:
    """A commit as the JSON that the store keeps."""
    return orjson.dumps(asdict(commit), option=orjson.OPT_SORT_KEYS)


def from_bytes(data: bytes, name: str) -> Commit:
    """Read a commit. Raises StorageError when it is none."""
    try:
        value = orjson.loads(data)
        files = {path: _file(entry) for path, entry in value.pop("files").items()}
        state = value.pop("state")
        commit = Commit(**value, files=files, state=_file(state) if state else None)
        _check(commit)
    except (ValueError, TypeError, KeyError, AttributeError, MapexpressError) as error:
        raise StorageError(f"{name} in the store is not a commit: {error}") from None
    return commit


def _check(commit: Commit) -> None:
    """Raise ValueError or StorageError for a commit that no host of ours has written.

    Its files are a site's own, below a data folder, and so are its objects, below the store: whoever can put a commit
    there must not choose what else is written, read or removed.
    """
    layout = Layout(Path(), commit.site)
    folders = (layout.dataset, layout.manifests, layout.rejections, layout.template, layout.warc)
    objects = (layout.dataset, layout.site / "files", layout.site / "state")
    for names, places in ((commit.files, folders), ((*commit.objects(), *commit.trash), objects)):
        for name in names:
            if not any(below(Path(), name).is_relative_to(place) for place in places):
                raise ValueError(f"{name[:200]!r} is none of its site's files")
    texts = (commit.lease, commit.written, commit.nonce, commit.host or "", *commit.trash.values())
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is none")
    if not all(isinstance(number, int) for number in (commit.number, commit.epoch, commit.since)):
        raise ValueError("a number is none")
    check_turn(commit.turn)


def _file(entry: Mapping[str, object]) -> StoredFile:
    pieces = tuple((str(name), int(size)) for name, size in entry["pieces"])  # type: ignore[attr-defined]
    return StoredFile(size=int(str(entry["size"])), sha256=str(entry["sha256"]), pieces=pieces)


class SiteLog:
    """The commits of one site. Raises StorageError where the store fails."""

    def __init__(self, store: Store, folder: str) -> None:
        self.store = store
        self.folder = folder

    @classmethod
    def of(cls, store: Store, key: str) -> SiteLog:
        """The log of the site with this key."""
        return cls(store, f"sites/{folder_name(key)}")

    def head(self) -> Commit | None:
        """The commit that counts; None for a site that no host ever owned."""
        for _ in range(5):  # the one that was listed may be replaced and removed before it is read
            numbers = self.numbers()
            if not numbers:
                return None
            data = self.store.get(self._name(numbers[-1]))
            if data is not None:
                return self._commit(data, numbers[-1])
        raise StorageError(f"the log in {self.folder} changes faster than it can be read; try again")

    def numbers(self) -> list[int]:
        """Numbers of the commits that are kept, in order."""
        names = (name.rpartition("/")[2] for name in self.store.names(f"{self.folder}/log"))
        return sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit())

    def is_head(self, commit: Commit) -> bool:
        """Whether nothing follows this commit. Its follower is never removed while its writer may be asleep."""
        return self.store.get(self._name(commit.number + 1)) is None

    def append(self, commit: Commit) -> bool:
        """Create a commit; False when another one has its number. True also when it is ours and the answer was lost."""
        if self.store.create(self._name(commit.number), to_bytes(commit)):
            return True
        data = self.store.get(self._name(commit.number))
        return data is not None and self._commit(data, commit.number).nonce == commit.nonce

    def _commit(self, data: bytes, number: int) -> Commit:
        """A commit of this site. Raises StorageError for one of another site or of another place in the log."""
        commit = from_bytes(data, self._name(number))
        if self.folder != f"sites/{folder_name(commit.site)}" or commit.number != number:
            raise StorageError(f"{self._name(number)} in the store is the commit of another site or number")
        return commit

    def prune(self, head: Commit) -> None:
        """Remove the commit that has just become too old.

        The first one of each epoch stays for good: it is the number that the host of the epoch before would write.
        """
        old = head.number - KEPT_COMMITS
        if old > head.since:
            self.store.remove(self._name(old))

    def _name(self, number: int) -> str:
        return f"{self.folder}/log/{number:010d}.json"


def acquisition(head: Commit | None, site: str, host: str, now: str) -> Commit:
    """The commit by which a host takes a site over: the same files, the next epoch, a lease of its own."""
    lease = secrets.token_hex(8)
    if head is None:
        return Commit(site=site, number=1, epoch=1, since=1, host=host, lease=lease, written=now)
    number = head.number + 1
    return replace(
        head,
        number=number,
        epoch=head.epoch + 1,
        since=number,
        host=host,
        lease=lease,
        written=now,
        nonce=secrets.token_hex(8),
    )
