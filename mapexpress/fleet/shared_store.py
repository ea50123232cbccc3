"""The store that hosts share, a folder or an S3-compatible bucket: objects by name, and one operation that is exact."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Protocol

from mapexpress.errors import StorageError, UsageError
from mapexpress.system.bounded import TooLargeError, most_bytes, read_whole
from mapexpress.system.disk import fsync_folder, storage_errors, write_all
from mapexpress.system.inside import below, is_plain, kept_file, new_file, open_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class Store(Protocol):
    """Objects named by paths with slashes. Every method raises StorageError in one line."""

    def create(self, name: str, data: bytes) -> bool:
        """Make an object durably if there is none of this name; False when there is one. Of two callers one wins."""

    def put(self, name: str, data: bytes) -> None:
        """Make or replace a small object; readers see the old or the new one whole."""

    def upload(self, source: Path, name: str, *, start: int = 0) -> None:
        """Store a file, or what follows its first `start` bytes, durably, as a new object."""

    def get(self, name: str) -> bytes | None:
        """An object's bytes; None when there is none."""

    def download(self, name: str, target: Path, size: int) -> bool:
        """Append an object of this many bytes to a file; False when there is none. An error for one that has more."""

    def names(self, folder: str, *, deep: bool = False) -> list[str]:
        """Names of the objects in a folder (`deep`: and below), and of the folders in it, sorted."""

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""


def open_store(place: str, options: Mapping[str, object] | None = None) -> Store:
    """The store at a folder's path or at `s3://bucket/prefix`. Raises UsageError for another kind.

    fsspec knows many more, but not all of them create objects exclusively, which ownership rests on.
    """
    scheme, found, _ = place.partition("://")
    if not found or scheme in ("file", "local"):
        return FolderStore(Path(place.removeprefix(f"{scheme}://") if found else place).absolute())
    if scheme not in ("s3", "s3a"):
        raise UsageError(f"MAPEXPRESS_FLEET_STORE={place}: give a folder that all hosts share, or s3://bucket/prefix")
    return BucketStore(place, options or {})


def check_store(store: Store) -> None:
    """Refuse a store that lets a second writer replace what a first one made. Raises UsageError."""
    name = f"trial/{secrets.token_hex(8)}"
    first, second = store.create(name, b"first"), store.create(name, b"second")
    kept = store.get(name)
    store.remove(name)
    if not first or second or kept != b"first":
        raise UsageError(
            "the store does not keep a second writer from replacing an object (S3's If-None-Match: *): two hosts could"
            " own one site; use a store that does, such as Amazon S3, MinIO, Ceph or a shared folder"
        )


class FolderStore:
    """A folder on a disk, or on a file system that all hosts mount; its `dataset` and `sites` may be links."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, name: str, data: bytes) -> bool:
        target = self._target(name)
        with storage_errors(target):
            temporary = self._written(target, data)
            try:
                os.link(temporary, target)  # fails when there is one, also over NFS
            except FileExistsError:
                return False
            finally:
                temporary.unlink()
            fsync_folder(target.parent)
        return True

    def put(self, name: str, data: bytes) -> None:
        target = self._target(name)
        with storage_errors(target):
            self._written(target, data).replace(target)
            fsync_folder(target.parent)

    def upload(self, source: Path, name: str, *, start: int = 0) -> None:
        target = self._target(name)
        with storage_errors(target), open_file(source) as file:
            temporary = _temporary(target)
            file.seek(start)
            handle = new_file(temporary)
            try:
                while data := file.read(2**20):
                    write_all(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            temporary.replace(target)
            fsync_folder(target.parent)

    def get(self, name: str) -> bytes | None:
        path = self._path(name)
        with storage_errors(path):
            try:
                return read_whole(path)
            except (FileNotFoundError, NotADirectoryError):
                return None

    def download(self, name: str, target: Path, size: int) -> bool:
        path = self._path(name)
        with storage_errors(target):
            try:
                source = open_file(path)
            except (FileNotFoundError, NotADirectoryError):
                return False
            with source:
                _append(source, target, size, name)
        return True

    def names(self, folder: str, *, deep: bool = False) -> list[str]:
        top = self._path(folder)
        with storage_errors(top):
            if not top.is_dir():
                return []
            found = (p for p in (top.rglob("*") if deep else top.iterdir()) if is_plain(p) or (not deep and p.is_dir()))
            return sorted(p.relative_to(self.root).as_posix() for p in found if not p.name.startswith("."))

    def remove(self, name: str) -> None:
        path = self._path(name)
        with storage_errors(path):
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Where an object is. Raises StorageError for a name, or a link on the way, that leads out of the folder."""
        path = below(self.root, name)
        for folder in (path, *path.parents)[: name.count("/")]:
            if folder.is_symlink():
                raise StorageError(f"{folder} is a link, which may lead anywhere; put what it leads to in its place")
        return path

    def _target(self, name: str) -> Path:
        target = self._path(name)
        with storage_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _written(self, target: Path, data: bytes) -> Path:
        temporary = _temporary(target)
        handle = new_file(temporary)
        try:
            write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        return temporary


def _append(source: IO[bytes], target: Path, size: int, name: str) -> None:
    """Append a stream that is to have `size` bytes to a file. Raises StorageError for one that has more."""
    with os.fdopen(kept_file(target, os.O_WRONLY | os.O_APPEND), "ab") as file:
        while data := source.read(2**20):
            if (size := size - len(data)) < 0:
                raise StorageError(f"{name} in the store has more bytes than were uploaded")
            file.write(data)


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name[:200]}.{secrets.token_hex(6)}.tmp")


class BucketStore:
    """A prefix of a bucket, through fsspec; a put of S3 is whole or not at all."""

    def __init__(self, place: str, options: Mapping[str, object]) -> None:
        try:
            import fsspec
            import s3fs  # noqa: F401  (fsspec loads it by name, with a longer message)
        except ImportError as error:
            raise UsageError(f"{place} needs {error.name}: pip install mapexpress[fleet]") from None
        self.place = place
        # No listing is kept: what another host did a moment ago decides who owns a site.
        self.fs: AbstractFileSystem = fsspec.filesystem(
            "s3", skip_instance_cache=True, use_listings_cache=False, **dict(options)
        )
        self.root = place.partition("://")[2].strip("/")

    def create(self, name: str, data: bytes) -> bool:
        try:
            with _bucket_errors(self._path(name)):
                self.fs.pipe_file(self._path(name), data, mode="create")
        except FileExistsError:
            return False
        return True

    def put(self, name: str, data: bytes) -> None:
        with _bucket_errors(self._path(name)):
            self.fs.pipe_file(self._path(name), data)

    def upload(self, source: Path, name: str, *, start: int = 0) -> None:
        with _bucket_errors(self._path(name)):
            if start == 0:
                self.fs.put_file(str(source), self._path(name))
                return
            with source.open("rb") as file, self.fs.open(self._path(name), "wb") as target:
                file.seek(start)
                while data := file.read(2**22):
                    target.write(data)

    def get(self, name: str) -> bytes | None:
        with _bucket_errors(self._path(name), reading=True):
            try:
                data: bytes = self.fs.cat_file(self._path(name), start=0, end=most_bytes() + 1)
            except FileNotFoundError:
                return None
        if len(data) > most_bytes():
            raise TooLargeError(f"{name} in the store", most_bytes(), "stored_bytes")
        return data

    def download(self, name: str, target: Path, size: int) -> bool:
        with _bucket_errors(self._path(name), reading=True):
            try:
                with self.fs.open(self._path(name), "rb", cache_type="readahead") as source:
                    _append(source, target, size, name)
            except FileNotFoundError:
                return False
        return True

    def names(self, folder: str, *, deep: bool = False) -> list[str]:
        with _bucket_errors(self._path(folder), reading=True):
            try:
                found: Any = (self.fs.find if deep else self.fs.ls)(
                    self._path(folder), **({} if deep else {"detail": False})
                )
            except FileNotFoundError:
                return []
            return sorted(str(name).removeprefix(self.root).strip("/") for name in found)

    def remove(self, name: str) -> None:
        with _bucket_errors(self._path(name), reading=True):
            try:
                self.fs.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return below(PurePosixPath(self.root), name).as_posix()


@contextmanager
def _bucket_errors(path: str, *, reading: bool = False) -> Iterator[None]:
    """Whatever a bucket's client raises as one line.

    What tells of an object that is there passes, and in `reading` of one that is not: in writing it is the bucket.
    """
    try:
        yield
    except FileExistsError:
        raise
    except Exception as error:
        if reading and isinstance(error, FileNotFoundError):
            raise
        # botocore, aiohttp and s3fs each raise classes of their own; which one does not change what to do
        if _is_taken(error):
            raise FileExistsError(path) from None
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StorageError(f"store s3://{path}: {line}; check the address, the rights and the network") from error


def _is_taken(error: BaseException | None) -> bool:
    """Whether S3 refused a conditional put: 412 when there is an object, 409 when another put is under way."""
    while error is not None:
        response = getattr(error, "response", None)
        code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
        if code in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
            return True
        error = error.__cause__ or error.__context__
    return "PreconditionFailed" in str(error)
