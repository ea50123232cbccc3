"""Whether `mapexpress.clean(bytes)` and `scrapy clean FILE` make the same record of the same bytes.

    python -m benchmarks.same_record FOLDER...

prints each file whose two records differ, with the fields, and ends with status 1 where there is one.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import mapexpress
from mapexpress.corpus.clean import How, clean_source
from mapexpress.corpus.readers import read
from mapexpress.errors import UsageError
from mapexpress.model.schema import to_dict

SUFFIXES = (".html", ".html.gz", ".htm", ".txt", ".md")
# what a file's name tells, which bytes alone do not
_NAMES = frozenset({"id", "source_id", "discovered_via"})


def files_of(folder: Path) -> list[Path]:
    """Pages and texts below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES))


def differing(paths: Iterable[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Files whose two records differ, with the names of the fields."""
    for path in paths:
        body = path.read_bytes()
        bare = to_dict(mapexpress.clean(gzip.decompress(body) if path.suffix == ".gz" else body))
        try:
            (source,) = read(path)
        except (
            UsageError
        ):  # a file that is neither page nor text is refused by its name, and empty for whoever has bytes
            if bare["text"]:
                yield path, ["text"]
            continue
        filed = to_dict(clean_source(source, How()))
        if fields := [name for name in bare if name not in _NAMES and bare[name] != filed[name]]:
            yield path, fields


if __name__ == "__main__":
    paths = [path for name in sys.argv[1:] for path in files_of(Path(name))]
    different = list(differing(paths))
    for path, fields in different:
        print(f"{path}: {', '.join(fields)}")
    print(f"{len(paths)} files, {len(different)} with two records")
    sys.exit(bool(different) or not paths)
