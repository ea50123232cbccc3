"""`scrapy export --by month`: records grouped by their date of publication, one file a period and site."""

from __future__ import annotations

import shutil
from collections import Counter, OrderedDict
from typing import IO, TYPE_CHECKING, Literal

from mapexpress.dataset.export.export import Format, write_export
from mapexpress.dataset.files.layout import folder_name
from mapexpress.errors import UsageError
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json, to_json
from mapexpress.system.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mapexpress.dataset.export.vocabularies import Shape

Period = Literal["day", "month", "year"]
_LENGTH: dict[Period, int] = {"day": 10, "month": 7, "year": 4}  # of an ISO date
UNDATED = "__HIVE_DEFAULT_PARTITION__"  # what readers of partitioned folders take for no value
_OPEN = 100  # files at a time, far below what a process may have


def period_of(article: Article, by: Period) -> str:
    """The period that an article was published in; `UNDATED` where its date is missing or less precise.

    >>> period_of(Article(date_published="2026-11-24T10:00:00+01:00"), "month"), period_of(Article(), "day")
    ('2026-11', '__HIVE_DEFAULT_PARTITION__')
    """
    name = (article.date_published or "")[: _LENGTH[by]]
    return name if len(name) == _LENGTH[by] else UNDATED


def write_grouped(articles: Iterable[Article], out: Path, file_format: Format, name: Shape, by: Period) -> Counter[str]:
    """Write `OUT/published=<period>/<site>.<format>`; how many records each period has.

    The folder appears as a whole; an earlier export there is replaced. In memory are the rows of one row group,
    whatever the number of records: they pass files of their own first. Raises UsageError, StorageError.
    """
    if out.exists() and not _is_export(out):
        raise UsageError(f"{out}: holds other things than an export; give -o the name of a new folder")
    half, old = out.with_name(f".{out.name}.tmp"), out.with_name(f".{out.name}.old")
    with storage_errors(out):
        for left in (half, old):
            shutil.rmtree(left, ignore_errors=True)
        try:
            counts = _sorted_out(articles, half, by)
            for plain in sorted(half.glob("*/*.plain")):
                write_export(_read(plain), plain.with_suffix(f".{file_format}"), file_format, name)
                plain.unlink()
            if out.exists():
                out.rename(old)
            half.rename(out)
        finally:
            shutil.rmtree(half, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return counts


def _is_export(folder: Path) -> bool:
    return folder.is_dir() and all(path.name.startswith("published=") for path in folder.iterdir())


def _sorted_out(articles: Iterable[Article], folder: Path, by: Period) -> Counter[str]:
    counts: Counter[str] = Counter()
    files: OrderedDict[Path, IO[bytes]] = OrderedDict()
    folder.mkdir()
    try:
        for article in articles:
            period = period_of(article, by)
            counts[period] += 1
            path = folder / f"published={period}" / f"{folder_name(article.site)}.plain"
            if path not in files:
                if len(files) == _OPEN:
                    files.popitem(last=False)[1].close()
                path.parent.mkdir(exist_ok=True)
                files[path] = path.open("ab")
            files.move_to_end(path)
            files[path].write(to_json(article) + b"\n")
    finally:
        for file in files.values():
            file.close()
    return counts


def _read(path: Path) -> Iterator[Article]:
    with path.open("rb") as file:
        for line in file:
            yield from_json(line, Article)
