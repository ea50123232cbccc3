"""What was forgotten on request, beside the state: a state that is made again must not take it in again.

Only SHA-256 digests of addresses and ids are kept, one a line; the state has the same ones to look them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.dataset.bounded import read_whole
from mapexpress.dataset.disk import make_folder, storage_errors, write_atomically
from mapexpress.errors import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mapexpress.dataset.layout import Layout

WHOLE_SITE = "the whole site"  # the only line of a site that was forgotten as a whole


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


def write_forgotten(layout: Layout, digests: Iterable[bytes]) -> None:
    """Note all digests of a site, durably."""
    path = _path(layout)
    with storage_errors(path):
        make_folder(path.parent)
        write_atomically(path, "".join(f"{digest.hex()}\n" for digest in sorted(digests)).encode())


def forget_site(layout: Layout) -> Path:
    """Note that a site is never to be crawled again; where that is noted."""
    path = _path(layout)
    with storage_errors(path):
        make_folder(path.parent)
        write_atomically(path, f"{WHOLE_SITE}\n".encode())
    return path


def refuse_forgotten_site(layout: Layout) -> None:
    """Raises UsageError for a site that was forgotten as a whole."""
    path = _path(layout)
    if path.exists() and read_whole(path).startswith(WHOLE_SITE.encode()):
        raise UsageError(f"site {layout.key} was forgotten on request; remove {path} to take it in again all the same")
