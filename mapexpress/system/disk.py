"""Writing that survives a crash, and disk errors told in one line."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from mapexpress.errors import StorageError
from mapexpress.system.inside import new_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ADVICE = {
    errno.ENOSPC: "free space and run the same command again",
    errno.EDQUOT: "free space or raise the quota and run the same command again",
    errno.EFBIG: "raise the file size limit and run the same command again",
    errno.EACCES: "give this user the right to write there, or set MAPEXPRESS_DATA to another folder",
    errno.EPERM: "give this user the right to write there, or set MAPEXPRESS_DATA to another folder",
    errno.EROFS: "set MAPEXPRESS_DATA to a folder that can be written",
    errno.ENOTDIR: "set MAPEXPRESS_DATA to a folder",
    errno.EEXIST: "set MAPEXPRESS_DATA to a folder",
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the errors of the system and of SQLite into a StorageError of one line that says what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "check the disk and run the same command again")
        raise StorageError(f"cannot write {error.filename or path}: {error.strerror or error}; {advice}") from error
    except UnicodeDecodeError as error:  # sqlite3 quotes the bytes of a damaged file in its own message
        raise StorageError(f"{path}: {_DAMAGED}") from error
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}; {_sqlite_advice(error)}") from error


def is_failing(error: StorageError) -> bool:
    """Whether it is the disk that fails, and not what lies on it that is damaged."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        # a file that is no database opens all the same: what cannot be opened lacks room (for the -shm) or a right
        return isinstance(code, int) and code & 0xFF in _FAILING
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


_FAILING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_DAMAGED = "the state is damaged: rebuild it with scrapy verify --rebuild-state"


def _sqlite_advice(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _DAMAGED
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "free space and run the same command again"
    return "check the disk and run the same command again"


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable: creations, renames and removals."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, each made durable in the folder above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def remove_database(path: Path) -> None:
    """Remove an SQLite file and what SQLite keeps beside it."""
    with storage_errors(path):
        for suffix in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def write_all(handle: int, data: bytes) -> None:
    """Write every byte of `data` to a file descriptor; a short write (disk nearly full) is continued or raises."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` as a whole, durably, when all is written; else it goes."""
    temporary = path.with_name(f".{path.name}.tmp")
    with os.fdopen(new_file(temporary), "wb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if not _is_same(temporary, file.fileno()):
                raise StorageError(f"another command writes {path} too; run this one again")
            temporary.replace(path)
        finally:
            if _is_same(temporary, file.fileno()):
                temporary.unlink()
    fsync_folder(path.parent)


def _is_same(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole, durably: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.tmp")
    handle = new_file(temporary)
    try:
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    temporary.replace(path)
    fsync_folder(path.parent)
