"""Where everything of one site lies below the data folder (the picture is in docs/dataset.md)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mapexpress.errors import StorageError, UsageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.system.inside import below, strays_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# 15 digits: far more parts than a run can write, and a number that SQLite holds
_OPEN = re.compile(rf"(?P<run>{_RUN.pattern})-(?P<number>0|[1-9][0-9]{{0,14}})(?:\.(?P<kind>[a-z]+))?\.jsonl")
_SEALED = re.compile(
    rf"ingested=(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/part-(?P<run>{_RUN.pattern})-(?P<number>0|[1-9][0-9]{{0,14}})"
    r"\.jsonl\.gz"
)
# Windows opens a device for these names, whatever follows their first dot, and forgets a dot at a name's end
# (learn.microsoft.com, "Naming Files, Paths, and Namespaces")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.DOTALL)
MAX_NAME = 200  # bytes; file systems allow 255, and part names and ".tmp" are added elsewhere


def folder_name(key: str) -> str:
    """A site key as one folder name that cannot climb out, hide or clash, on case-blind file systems either.

    Everything but lower-case ASCII letters, digits, `.`, `_` and `-` is percent-encoded, as are a dot at either end and
    the first letter of what is a device on Windows; a name over 200 bytes is cut and ends with a hash of the whole.
    Raises UsageError for an empty key.

    >>> folder_name("mapexpress/ar"), folder_name("../x"), folder_name("News.example")
    ('mapexpress%2Far', '%2E.%2Fx', '%4Eews.example')
    >>> folder_name("con.example"), folder_name("lpt1"), folder_name("news.example.")
    ('%63on.example', '%6Cpt1', 'news.example%2E')
    """
    if not key:
        raise UsageError("a site key may not be empty")
    encoded = key.encode("utf-8", "surrogatepass")
    ends, device = (0, len(encoded) - 1), _DEVICE.fullmatch(key) is not None
    name = "".join(
        chr(b) if chr(b) in _SAFE and not (n in ends and b == 0x2E) and not (n == 0 and device) else f"%{b:02X}"
        for n, b in enumerate(encoded)
    )
    if len(name) <= MAX_NAME:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:32]
    return f"{name[: MAX_NAME - 33].rstrip('%')}~{digest}"


@dataclass(slots=True, frozen=True)
class Layout:
    """Folders and files of one site, and how much of one is read. Nothing here touches the disk."""

    data: Path
    key: str
    limits: Limits = DEFAULTS

    @property
    def dataset(self) -> Path:
        """Sealed parts: all that readers see."""
        return self.data / "dataset" / f"site={folder_name(self.key)}"

    @property
    def site(self) -> Path:
        """Everything of the site that readers do not need."""
        return self.data / "sites" / folder_name(self.key)

    @property
    def state(self) -> Path:
        """SQLite state."""
        return self.site / "state.sqlite"

    @property
    def new_state(self) -> Path:
        """The state while it is made again, beside the one it is to replace."""
        return self.site / "state.new.sqlite"

    @property
    def lock(self) -> Path:
        """Lock file of the active run."""
        return self.site / "lock"

    @property
    def journal(self) -> Path:
        """What a change of several files is about to do; there only while it lasts."""
        return self.site / "change.json"

    @property
    def open(self) -> Path:
        """Parts being written."""
        return self.site / "open"

    @property
    def manifests(self) -> Path:
        """One JSON file a run that stored something."""
        return self.site / "manifest"

    @property
    def rejections(self) -> Path:
        """Sealed parts of rejections."""
        return self.site / "rejections"

    @property
    def warc(self) -> Path:
        """Raw responses."""
        return self.site / "warc"

    @property
    def damaged(self) -> Path:
        """What could not be read of WARC files and was taken out of them."""
        return self.site / "damaged"

    @property
    def generation(self) -> Path:
        """Which generation of the state the files beside it belong to."""
        return self.site / "generation"

    @property
    def repairing(self) -> Path:
        """There while a repair is under way."""
        return self.site / "repairing"

    @property
    def runs(self) -> Path:
        """What each run did, one JSON Lines file a month."""
        return self.site / "runs"

    @property
    def template(self) -> Path:
        """Snapshots of the site template."""
        return self.site / "template"

    def sealed(self, kind: str, day: str, run: str, number: int) -> Path:
        """Path of a sealed part; `kind` is `records` or `rejections`, `day` an ISO date. Raises StorageError."""
        folder = self.dataset if kind == "records" else self.rejections
        return below(folder, f"ingested={day}/part-{run}-{number}.jsonl.gz")

    def open_part(self, kind: str, run: str, number: int) -> Path:
        """Path of a part while it is written. Raises StorageError for names that are none of ours."""
        return below(self.open, f"{run}-{number}.jsonl" if kind == "records" else f"{run}-{number}.{kind}.jsonl")

    def warc_file(self, name: str) -> Path:
        """Path of a WARC file by its name in the state. Raises StorageError for one that is none of ours."""
        return below(self.warc, name)

    def listed(self, path: str) -> Path:
        """Path of a part by its name in a manifest. Raises StorageError for one that is none of this site's."""
        found = below(self.data, path)
        if not found.is_relative_to(self.dataset) and not found.is_relative_to(self.rejections):
            raise StorageError(f"{path!r} is no name of a part of {self.key}; somebody else has written it")
        return found


def sealed_name(path: Path) -> tuple[str, str, int] | None:
    """Day, run and number of a sealed part, as its file and folder say; None for a file that is named otherwise.

    >>> from pathlib import Path
    >>> sealed_name(Path("ingested=2026-11-24/part-20261124T001530Z-9f3a-0.jsonl.gz"))
    ('2026-11-24', '20261124T001530Z-9f3a', 0)
    >>> sealed_name(Path("ingested=2026-11-24/foo.gz"))
    """
    found = _SEALED.fullmatch(f"{path.parent.name}/{path.name}")
    return (found["day"], found["run"], int(found["number"])) if found else None


def open_name(path: Path, kind: str) -> tuple[str, int] | None:
    """Run and number of an open part of a kind, as its file says; None for one of another kind, or named otherwise.

    >>> from pathlib import Path
    >>> open_name(Path("20261124T001530Z-9f3a-0.jsonl"), "records")
    ('20261124T001530Z-9f3a', 0)
    >>> open_name(Path("20261124T001530Z-9f3a-0.rejections.jsonl"), "records")
    """
    found = _OPEN.fullmatch(path.name)
    return (found["run"], int(found["number"])) if found and (found["kind"] or "records") == kind else None


def checked_run(run: str) -> str:
    """The run id itself. Raises UsageError when it could not be part of a file name."""
    if not _RUN.fullmatch(run):
        raise UsageError(f"bad run id {run!r}: letters, digits, - and _ only, at most 64")
    return run


def site_keys(data: Path) -> Iterator[str]:
    """Keys of all sites below a data folder, sorted by folder name; a cut name is given as it stands."""
    folder = data / "sites"
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                yield unquote(path.name)


def check_site(layout: Layout) -> None:
    """Raise StorageError for the first link or device in a site's folders: what is written there would go elsewhere."""
    for told in strays(layout):
        raise StorageError(told)


def strays(layout: Layout) -> Iterator[str]:
    """A line for each thing in a site's folders that is neither a folder nor a plain file."""
    return strays_in(layout.site, layout.dataset)
