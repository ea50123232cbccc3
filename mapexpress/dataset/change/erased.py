"""What was forgotten on request, beside the state: a state that is made again must not take it in again.

Only SHA-256 digests of addresses and ids are kept, one a line; the state has the same ones to look them up.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from mapexpress.errors import StorageError, UsageError
from mapexpress.system.bounded import read_whole
from mapexpress.system.disk import make_folder, storage_errors, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

WHOLE_SITE = "the whole site"  # the only line of a site that was forgotten as a whole
NOTHING_LEFT = "forgotten on request as a whole: there is nothing to mend"


def _path(layout: Layout) -> Path:
    return layout.site / "forgotten"


def read_forgotten(layout: Layout) -> list[bytes]:
    """Digests that were noted. Raises StorageError when the file cannot be read."""
    path = _path(layout)
    if not path.exists():
        return []
    try:
        return [bytes.fromhex(line) for line in read_whole(path).decode("ascii").splitlines() if line != WHOLE_SITE]
    except (OSError, ValueError) as error:
        raise StorageError(
            f"cannot read {path}: {error}; without it what was forgotten would be taken in again"
        ) from None


def note_of(layout: Layout, digests: Iterable[bytes]) -> tuple[Path, bytes]:
    """Where all digests of a site are noted, and the note: a part of the change that erases what they stand for."""
    return _path(layout), "".join(f"{digest.hex()}\n" for digest in sorted(digests)).encode()


def erase_site(layout: Layout) -> Path:
    """Erase all of a site but the note that it is never to be crawled again; where that is noted.

    The caller holds the lock. The note comes first: with it whatever is left is erased by who opens the site next.
    """
    note = _path(layout)
    with storage_errors(note):
        if not _is_whole(note):
            make_folder(note.parent)
            write_atomically(note, f"{WHOLE_SITE}\n".encode())
        if layout.dataset.exists():
            shutil.rmtree(layout.dataset)
        for path in layout.site.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path not in (note, layout.lock):
                path.unlink()
    return note


def refuse_forgotten_site(layout: Layout) -> None:
    """Raises UsageError for a site that was forgotten as a whole, nothing is left of it; the caller holds its lock."""
    if is_forgotten_site(layout):
        raise UsageError(
            f"site {layout.key} was forgotten on request; remove {_path(layout)} to take it in again all the same"
        )


def is_forgotten_site(layout: Layout) -> bool:
    """Whether a site was forgotten as a whole; nothing is left of it then. The caller holds its lock."""
    if not _is_whole(_path(layout)):
        return False
    erase_site(layout)
    return True


def is_half_erased(layout: Layout) -> bool:
    """Whether a site was forgotten as a whole and something of it is left all the same."""
    note = _path(layout)
    rest = (
        layout.state,
        layout.dataset,
        layout.warc,
        layout.rejections,
        layout.manifests,
        layout.open,
        layout.template,
        layout.damaged,
    )
    return _is_whole(note) and any(path.exists() for path in (*rest, layout.runs))


def _is_whole(note: Path) -> bool:
    return note.exists() and read_whole(note).startswith(WHOLE_SITE.encode())
