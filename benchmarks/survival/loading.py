"""The dataset as a stranger loads it, without options, and the WARC by two readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.survival.bench import Bench
from fixtures.scale import scaled_posts
from fixtures.server import serve
from fixtures.website import Website
from mapexpress.dataset.export.card import write_card

# The second day's articles have what the first day's lack: columns that are empty in one part are not in another.
RICH = {"author": "Salma Idrissi", "tags": ("eau", "forêt"), "standfirst": "Un résumé de la dépêche, en une phrase."}


def load(bench: Bench) -> str:
    """Two days by datasets, duckdb, pyarrow and pandas; every response by warcio and fastwarc."""
    posts = scaled_posts(bench.articles)
    half = len(posts) // 2
    rich = [replace(post, **RICH) for post in posts[:half]]  # type: ignore[arg-type]
    for clock, shown in (("2026-05-20T12:00:00", posts[half:]), ("2026-05-21T12:00:00", [*rich, *posts[half:]])):
        with serve(Website(shown)) as server:
            # 5: a quality gate rightly notices that the second day's pages have what the first day's had not
            bench.crawled(server, "-a", "since=all", "-s", f"MAPEXPRESS_NOW={clock}+00:00", status=(0, 5))
    bench.must_be_whole()
    write_card(bench.data, [bench.layout])
    folder = bench.data / "dataset"
    records = bench.records()
    parts = sorted(folder.rglob("*.gz"))
    counts = {name: read(bench, folder, parts) for name, read in READERS.items()}
    for name, count in counts.items():
        if count != len(records):
            raise AssertionError(f"{name}: {count} of {len(records)} records")
    ids = {str(record["warc_record_id"]) for record in records if record["warc_record_id"]}
    for name, found in {"warcio": _by_warcio(bench), "fastwarc": _by_fastwarc(bench)}.items():
        if ids - found:
            raise AssertionError(f"{name}: {len(ids - found)} of {len(ids)} responses not found")
    return (
        f"{len(records)} records in {len(parts)} parts by {', '.join(counts)}; {len(ids)} responses by warcio, fastwarc"
    )


def _datasets(bench: Bench, folder: Path, _parts: list[Path]) -> int:
    from datasets import load_dataset

    loaded = load_dataset(str(folder), split="train", cache_dir=str(bench.data / "cache"))
    if set(loaded.column_names) != set(bench.records()[0]):
        raise AssertionError(f"datasets: columns {loaded.column_names}")
    return len(loaded)


def _duckdb(_bench: Bench, folder: Path, _parts: list[Path]) -> int:
    import duckdb

    rows: list[tuple[int, int]] = duckdb.sql(
        f"SELECT count(*), count(DISTINCT id) FILTER (len(tags) > 0 OR title != '') FROM '{folder}/**/*.jsonl.gz'"
    ).fetchall()
    return rows[0][0]


def _pyarrow(_bench: Bench, _folder: Path, parts: list[Path]) -> int:
    import pyarrow as pa
    from pyarrow import json

    tables = [json.read_json(part) for part in parts]
    names = {tuple(table.column_names) for table in tables}
    if len(names) != 1:
        raise AssertionError("pyarrow: the parts have other columns")
    rows: int = pa.concat_tables(tables, promote_options="permissive").num_rows
    return rows


def _pandas(_bench: Bench, _folder: Path, parts: list[Path]) -> int:
    import pandas

    return sum(len(pandas.read_json(part, lines=True)) for part in parts)


READERS: dict[str, Callable[[Bench, Path, list[Path]], int]] = {
    "datasets": _datasets,
    "duckdb": _duckdb,
    "pyarrow": _pyarrow,
    "pandas": _pandas,
}


def _by_warcio(bench: Bench) -> set[str]:
    from warcio.archiveiterator import ArchiveIterator

    found: set[str] = set()
    for path in bench.layout.warc.glob("*.gz"):
        with path.open("rb") as file:
            found |= {record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(file)}
    return found


def _by_fastwarc(bench: Bench) -> set[str]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    found: set[str] = set()
    for path in bench.layout.warc.glob("*.gz"):
        with path.open("rb") as file:
            found |= {record.record_id for record in ArchiveIterator(file, record_types=WarcRecordType.response)}
    return found
