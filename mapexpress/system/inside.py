"""What lies in a data folder is a stranger's until it is looked at: names, links, and files that are none.

A state, a manifest, a commit of a fleet's store are files like others: whoever can put one there can put any name into
it, and a link at a name that will be written. So each name that is read goes through `below`, each site is looked
through for links before it is opened (`check_site`), a file is opened by `open_file` or `kept_file`, and a new one is
made by `new_file`. The data folder itself, its `dataset` and its `sites` may be links to another disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

from mapexpress.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


P = TypeVar("P", bound=PurePath)
_DAY = "ingested="  # what lies in these folders is only read by `open_file`, and replaced as a whole


def below(folder: P, name: str) -> P:
    """The path of `name`, which was read somewhere, below a folder. Raises StorageError for one that leads out of it.

    Our own names are printable ASCII, their folders parted by slashes. Touches no disk.

    >>> from pathlib import PurePosixPath
    >>> below(PurePosixPath("warc"), "20261124T001530Z-9f3a-0.warc.gz").name
    '20261124T001530Z-9f3a-0.warc.gz'
    >>> below(PurePosixPath("warc"), "../../precious")
    Traceback (most recent call last):
    mapexpress.errors.StorageError: '../../precious' is no name of a file in warc; somebody else has written it
    """
    parts = name.split("/")
    if not all(map(is_ours, parts)):
        raise StorageError(f"{name[:200]!r} is no name of a file in {folder}; somebody else has written it")
    return folder.joinpath(*parts)


def is_ours(name: str) -> bool:
    """Whether a file or a folder could have been named so by us."""
    return name.isascii() and name.isprintable() and name not in ("", ".", "..")


def strays_in(*folders: Path) -> Iterator[str]:
    """A line for each thing below these folders, or in their place, that is neither a folder nor a plain file."""
    waiting = []
    for folder in folders:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            yield _told(str(folder), is_link=folder.is_symlink())
        else:
            waiting.append(str(folder))
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith(_DAY):
                            waiting.append(entry.path)
                    elif not entry.is_file(follow_symlinks=False):
                        yield _told(entry.path, is_link=entry.is_symlink())
        except (FileNotFoundError, NotADirectoryError):
            continue  # none is there yet, or a run has just taken it away
        except OSError as error:
            raise StorageError(f"cannot read {error.filename}: {error.strerror or error}") from None


def _told(path: str, *, is_link: bool) -> str:
    if is_link:
        return f"{path} is a link, which may lead anywhere: put what it leads to in its place, or remove it"
    return f"{path} is no plain file; remove it"


def is_plain(path: Path) -> bool:
    """Whether a file is there that is neither a link nor a device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def check_file(path: Path) -> None:
    """Raise StorageError where a file that may be there is none, or it or its folder is a link."""
    for place in (path.parent, path):
        try:
            mode = place.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise StorageError(f"cannot read {place}: {error.strerror or error}") from None
        if stat.S_ISLNK(mode) or (place is path and not stat.S_ISREG(mode)):
            raise StorageError(_told(str(place), is_link=stat.S_ISLNK(mode)))


def open_file(path: Path) -> BufferedReader:
    """Open a plain file for reading; a link, a pipe or a device is never opened. Raises StorageError, OSError."""
    if not stat.S_ISREG(mode := path.lstat().st_mode):
        raise StorageError(_told(str(path), is_link=stat.S_ISLNK(mode)))
    return os.fdopen(_opened(path, os.O_RDONLY), "rb")


def digest_of(path: Path) -> str:
    """SHA-256 of a plain file, in hexadecimal, read piece by piece. Raises StorageError, OSError."""
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_file(path: Path, flags: int) -> int:
    """Open a plain file that is written in its place, and make it where there is none; its descriptor.

    Raises StorageError for a link or a device, OSError.
    """
    return _opened(path, flags | os.O_CREAT)


def check_own(path: Path) -> bool:
    """Whether a file is there that a run before this one left: beside OUT, where others may write too.

    Raises StorageError for a link, a device, and what another user or another name has too.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(_told(str(path), is_link=stat.S_ISLNK(status.st_mode)))
    if status.st_uid != os.geteuid() or status.st_nlink != 1:
        raise StorageError(f"{path} is not this user's alone; remove it, or write elsewhere")
    return True


def new_file(path: Path, flags: int = 0) -> int:
    """Make a file that was not there, for writing; its descriptor. What a killed run left at its name goes.

    A link at the name goes too, and one that is put there at this moment is an error: none is followed. Raises OSError.
    """
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC | flags, 0o644)


def _opened(path: Path, flags: int) -> int:
    # without waiting, as the other end of a pipe would have to be waited for
    try:
        handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a socket, or a pipe without a reader
            raise StorageError(_told(str(path), is_link=error.errno == errno.ELOOP)) from None
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise StorageError(_told(str(path), is_link=False))
