"""`scrapy export`: records of all parts, filtered and in another shape, in bounded memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Literal, cast

import orjson

from mapexpress.dataset.change.change import open_to_read
from mapexpress.dataset.export.vocabularies import Row, Shape, arrow_types, shape
from mapexpress.dataset.files.parts import part_rows, read_part
from mapexpress.errors import StorageError, UsageError
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json
from mapexpress.system.disk import replacing, storage_errors

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

Format = Literal["jsonl", "csv", "parquet"]
_ROWS_AT_ONCE = 1000  # of a Parquet row group: 5 MB of text


@dataclass(slots=True, frozen=True, kw_only=True)
class Wanted:
    """What is exported: days are ISO dates of publication as the page gives it, both included."""

    latest: bool = False
    since: str | None = None
    until: str | None = None
    languages: frozenset[str] = frozenset()

    def takes(self, article: Article) -> bool:
        """Whether an article is wanted; without a date it is when no day is asked for."""
        if self.since or self.until:
            day = (article.date_published or "")[:10]
            if not day or (self.since and day < self.since) or (self.until and day > self.until):
                return False
        if not self.languages:
            return True
        language = article.language or ""
        return language in self.languages or language.partition("-")[0] in self.languages


def records(layout: Layout, wanted: Wanted) -> Iterator[Article]:
    """Records of a site in the order of their parts; `duplicate_of` as the state knows it today.

    `latest` gives each article once, at its latest revision; one that is gone with the last text that it had, which
    versions before 0.2.0 left out of that revision. Raises StorageError for a part that is damaged.
    """
    state = open_to_read(layout)
    halves: dict[str, Article] = {}  # of articles that are gone: the one of two revisions that came first, by id
    try:
        for row in part_rows(state, "kind = 'records' AND sealed = 1"):
            for line in read_part(row.path(layout), layout.limits):
                try:
                    article = from_json(line, Article)
                except ValueError as error:
                    raise StorageError(f"{row.path(layout)}: {error}; see scrapy verify") from None
                known = state.known(article.id)
                if known and known.revision == article.revision:
                    article.duplicate_of = known.duplicate_of
                elif wanted.latest and not (
                    known and known.status == "gone" and known.revision - 1 == article.revision
                ):
                    continue
                if wanted.latest and known and known.status == "gone":
                    whole = _gone_with_text(article, known.revision, halves)
                    if whole is None:
                        continue
                    article = whole
                if wanted.takes(article):
                    yield article
        for article in halves.values():
            if article.status == "gone" and wanted.takes(article):
                yield article  # the revision before is not there any more
    finally:
        state.close()


def _gone_with_text(article: Article, latest: int, halves: dict[str, Article]) -> Article | None:
    """The revision `latest`, that says that an article is gone, with the text of the one before it where it has none.

    Parts hold revisions in no order: what comes first waits in `halves`.
    """
    if article.revision == latest and article.text:
        halves.pop(article.id, None)
        return article
    other = halves.pop(article.id, None)
    if other is None:
        halves[article.id] = article
        return None
    before, gone = sorted((article, other), key=lambda one: one.revision)
    return replace(
        before,
        status=gone.status,
        revision=gone.revision,
        previous_hash=gone.previous_hash,
        fetched_at=gone.fetched_at,
        http_status=gone.http_status,
        duplicate_of=gone.duplicate_of,
    )


def write_export(articles: Iterable[Article], out: Path, file_format: Format, name: Shape) -> int:
    """Write records to a file and say how many; it appears under its name only when it is whole.

    Parquet has the types of the shape whatever the rows hold. CSV is safe to open in a spreadsheet: a cell that would
    be a formula gets an apostrophe. Raises UsageError, StorageError.
    """
    with storage_errors(out), replacing(out) as file:
        return _WRITERS[file_format](articles, file, name)


def write_lines(articles: Iterable[Article], file: IO[bytes], name: Shape) -> int:
    """JSON Lines."""
    count = 0
    for article in articles:
        file.write(orjson.dumps(shape(article, name)) + b"\n")
        count += 1
    return count


def write_csv(articles: Iterable[Article], file: IO[bytes], name: Shape) -> int:
    """CSV in UTF-8 with a header; lists and structures are JSON in their cell."""
    columns = list(shape(Article(), name))
    count = 0
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    for article in articles:
        count += 1
        row = shape(article, name)
        writer.writerow([cell(row[column]) for column in columns])
    text.detach()
    return count


# with the full-width forms that some spreadsheets take for the others
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
# Where a comma is the decimal sign (in French, say), Excel parts cells at semicolons whatever the file says, and where
# it does, at the lines of a text too. `- ` begins an item of a list: what follows it is prose, or no formula.
_INNER = re.compile(r"(?<=.)([;\t\r\n][ \u00a0\u3000]*)(?=[=+@＝＋－＠]|-(?! ))", re.DOTALL)


def cell(value: object) -> str:
    """A value as a CSV cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    >>> cell("=HYPERLINK(1)"), cell(None), cell(["a"]), cell(-1)
    ("'=HYPERLINK(1)", '', '["a"]', '-1')
    >>> cell("Pluie; -il neige;=1+1"), cell("Il pleut.\\n\\n- Fès\\n- Rabat")
    ("Pluie; '-il neige;'=1+1", 'Il pleut.\\n\\n- Fès\\n- Rabat')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return orjson.dumps(value).decode()
    value = _INNER.sub(r"\1'", value)
    return f"'{value}" if value.lstrip(" \u00a0\u3000")[:1] in _FORMULA else value


def _parquet(articles: Iterable[Article], file: IO[bytes], name: Shape) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError("--format parquet needs pyarrow: pip install 'mapexpress[parquet]'") from None

    schema, count, rows = arrow_types(name), 0, cast("list[Row]", [])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for article in articles:
            count += 1
            rows.append(shape(article, name))
            if len(rows) == _ROWS_AT_ONCE:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                rows.clear()
        if rows or count == 0:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return count


_WRITERS: dict[Format, Callable[[Iterable[Article], IO[bytes], Shape], int]] = {
    "jsonl": write_lines, "csv": write_csv, "parquet": _parquet,
}  # fmt: skip
