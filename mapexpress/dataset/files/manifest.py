"""Manifests: one JSON file for each run that stored something, naming its parts, their counts and digests."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

import orjson

from mapexpress import __version__
from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.record import SCHEMA_VERSION
from mapexpress.system.bounded import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

SOFTWARE = f"mapexpress {__version__}"  # that wrote a manifest, a WARC file
PartKind = Literal["records", "rejections"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Sealed:
    """A sealed part as its manifest lists it; `path` is relative to the data folder, `size` in compressed bytes."""

    kind: PartKind
    path: str
    lines: int
    plain_bytes: int
    size: int
    sha256: str
    counts: dict[str, int]


class PartEntry(TypedDict):
    """One sealed part; `path` is relative to the data folder."""

    kind: str
    path: str
    lines: int
    plain_bytes: int
    size: int
    sha256: str
    counts: dict[str, int]


class Manifest(TypedDict):
    """What one run stored: `counts` by kind of record (`new`, `revised`, `gone`), `rejected` by reason."""

    run: str
    site: str
    schema_version: str
    software: str
    parts: list[PartEntry]
    counts: dict[str, int]
    rejected: dict[str, int]


def manifest_path(layout: Layout, run: str) -> Path:
    """Where the manifest of a run is."""
    return layout.manifests / f"{run}.json"


def entry_of(part: Sealed) -> PartEntry:
    """A sealed part as its manifest lists it."""
    entry: PartEntry = asdict(part)  # type: ignore[assignment]
    return entry


def manifest_of(layout: Layout, run: str, parts: Iterable[PartEntry], software: str) -> bytes:
    """A run's manifest, as its file holds it."""
    entries = sorted(parts, key=lambda entry: entry["path"])
    counts: dict[str, Counter[str]] = {"records": Counter(), "rejections": Counter()}
    for part in entries:
        counts[part["kind"]].update(part["counts"])
    manifest = Manifest(
        run=run,
        site=layout.key,
        schema_version=SCHEMA_VERSION,
        software=software,
        parts=entries,
        counts=dict(sorted(counts["records"].items())),
        rejected=dict(sorted(counts["rejections"].items())),
    )
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n"


def read_manifest(path: Path, limits: Limits = DEFAULTS) -> Manifest:
    """Read one manifest. Raises StorageError when it is missing or not one."""
    try:
        value = read_json(path, limits)
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from None
    except orjson.JSONDecodeError as error:
        raise StorageError(f"{path} is damaged: {error}") from None
    if not isinstance(value, dict) or value.keys() != Manifest.__required_keys__:
        raise StorageError(f"{path} is not a manifest")
    manifest: Manifest = value  # type: ignore[assignment]
    if not isinstance(manifest["parts"], list) or not all(map(_is_entry, manifest["parts"])):
        raise StorageError(f"{path} is not a manifest")
    return manifest


def _is_entry(entry: object) -> bool:
    """Whether that is how a manifest lists a part."""
    if not isinstance(entry, dict) or entry.keys() != PartEntry.__required_keys__:
        return False
    kinds = {"kind": str, "path": str, "sha256": str, "lines": int, "plain_bytes": int, "size": int, "counts": dict}
    typed = all(isinstance(entry[name], kind) for name, kind in kinds.items())
    counted = typed and all(isinstance(count, int) for count in entry["counts"].values())
    return counted and entry["kind"] in ("records", "rejections")


def manifests(layout: Layout) -> Iterable[Path]:
    """Paths of all manifests of a site, sorted by run."""
    return sorted(p for p in layout.manifests.glob("*.json") if not p.name.startswith("."))
