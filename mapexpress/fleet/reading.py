"""The dataset in the store as its readers see it: by the heads of the sites, never by a listing of what lies there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mapexpress.dataset.files.layout import Layout
from mapexpress.errors import StorageError
from mapexpress.fleet.commits import KEPT_COMMITS, Commit, SiteLog
from mapexpress.fleet.ownership import restore_files
from mapexpress.fleet.shared_store import Store

_MARK = re.compile(r"\be(\d+)-(\d{10})-")


def heads(store: Store) -> Iterator[Commit]:
    """The head of every site, by the names of their folders."""
    for folder in store.names("sites"):
        head = SiteLog(store, folder).head()
        if head is not None:
            yield head


def parts(store: Store) -> Iterator[str]:
    """The objects that hold the records that count."""
    for head in heads(store):
        for name, file in sorted(head.files.items()):
            if name.startswith("dataset/"):
                yield from (piece for piece, _ in file.pieces)


def pull(store: Store, data: Path, *, responses: bool) -> Iterator[Commit]:
    """Make a data folder what the store holds, site by site; what is there already is not fetched again.

    Raises StorageError.
    """
    for commit in heads(store):
        layout = Layout(data, commit.site)
        for attempt in range(3):
            try:
                restore_files(store, commit, layout, responses=responses)
                break
            except StorageError:
                # what an old head names may be removed an hour after a newer one came
                newer = SiteLog.of(store, commit.site).head()
                if attempt == 2 or newer is None or newer.number == commit.number:
                    raise
                commit = newer
        yield commit


@dataclass(slots=True)
class Swept:
    """What a sweep removed."""

    objects: int = 0
    commits: int = 0

    def __str__(self) -> str:
        return f"{self.objects} objects and {self.commits} old commits removed"


def sweep(store: Store) -> Swept:
    """Remove what killed and fenced uploads left.

    An object carries the epoch and number of the commit it was made for. When the head is beyond that and names it
    neither as a file nor as trash, no commit ever will; what is made for the next number may be an upload under way.
    """
    done = Swept()
    for head in heads(store):
        log = SiteLog.of(store, head.site)
        named = {*head.objects(), *head.trash}
        for folder in (
            f"{log.folder}/files",
            f"{log.folder}/state",
            f"dataset/{Layout(Path(), head.site).dataset.name}",
        ):
            for name in store.names(folder, deep=True):
                if name not in named and _is_over(name.removeprefix(folder), head):
                    store.remove(name)
                    done.objects += 1
        done.commits += _sweep_log(store, log, head)
    return done


def _is_over(name: str, head: Commit) -> bool:
    mark = _MARK.search(name)
    return mark is not None and (int(mark[1]) < head.epoch or int(mark[2]) <= head.number)


def _sweep_log(store: Store, log: SiteLog, head: Commit) -> int:
    """Commits that `SiteLog.prune` missed; the first of each epoch stays."""
    removed = 0
    for number in log.numbers():
        if head.since < number <= head.number - KEPT_COMMITS:
            store.remove(f"{log.folder}/log/{number:010d}.json")
            removed += 1
    return removed
