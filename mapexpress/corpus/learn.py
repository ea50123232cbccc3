"""The first reading of a corpus: what each of its sites teaches, from a bounded sample of its documents."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from mapexpress.boilerplate.plain.clean import PlainText, learn_texts, sketch_text
from mapexpress.boilerplate.template.sample import Sketch, from_bytes, rank, to_bytes
from mapexpress.boilerplate.template.snapshot import MIN_PAGES, TemplateSnapshot
from mapexpress.corpus.clean import How, explain_source, in_batches, site_key
from mapexpress.corpus.readers import Source
from mapexpress.corpus.template_files import Templates
from mapexpress.record.lesson import sketch_article
from mapexpress.system.bounded import unpack
from mapexpress.system.disk import storage_errors

SAMPLE = 100  # documents of a site: from 20 on no template line is left (benchmarks/generated_sites)
_GROUP = 500  # documents that wait to be sorted into the samples
_SITES = 100  # snapshots that wait to be stored


_Row = tuple[str, str, str, bool, bytes]  # site, rank, page, whether it is a text, and what is kept of it


def _place(source: Source, how: How) -> tuple[str, str, str]:
    """Site, rank and name of a document."""
    page = source.url or source.id
    return site_key(source, how.site), rank(page), page


def _sketched(batch: list[Source], how: How) -> list[_Row]:
    rows = []
    for source in batch:
        key, place, page = _place(source, how)
        explanation = explain_source(source, key, how)
        if explanation.refusal is None:  # listings and walls share other blocks than articles do
            rows.append((key, place, page, False, to_bytes(sketch_article(explanation, window=""))))
    return rows


class SiteSamples:
    """Bottom-k samples of many sites on the disk; memory does not grow with the number of sites.

    The documents with the smallest ranks stay whatever the order, and only they are looked into at the end. Texts are
    kept as they are, for they are looked at twice; of a page its sketch.
    """

    def __init__(self, how: How, templates: Templates) -> None:
        self.how = how
        self.templates = templates
        self._full: dict[str, str] = {}  # the largest rank of a sample that is full
        self._waiting: list[_Row] = []
        with storage_errors(templates.path):
            self._db = templates.connect()
            self._db.execute("DROP TABLE IF EXISTS samples")
            self._db.execute(
                "CREATE TABLE samples (site TEXT, rank TEXT, page TEXT, is_text INTEGER, data BLOB NOT NULL,"
                " PRIMARY KEY (site, rank, page)) WITHOUT ROWID"
            )

    def add_all(self, sources: Iterable[Source], *, workers: int = 1) -> None:
        """Take documents into their sites' samples when their ranks are among the smallest; pages by `workers`."""
        for rows in in_batches(self._pages(sources), _sketched, self.how, workers=workers):
            for row in rows:
                self._put(row)

    def _pages(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The pages that are to be looked into; texts, which only wait, are put by at once."""
        for source in sources:
            key, place, page = _place(source, self.how)
            if not key or place > self._full.get(key, "g"):  # ranks are hexadecimal
                continue
            document = source.document
            if document.kind != "text":
                yield source
                continue
            text = document.read().text
            self._put((key, place, page, True, zlib.compress(orjson.dumps([text, source.title]), 1)))

    def _put(self, row: _Row) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= _GROUP:
            self._sort_in()

    def _sort_in(self) -> None:
        with storage_errors(self.templates.path), self._db as db:
            # of two documents with one address the same one stays whichever comes first
            db.executemany(
                "INSERT INTO samples VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET data = min(data, excluded.data), is_text = min(is_text, excluded.is_text)",
                self._waiting,
            )
            for key in Counter(row[0] for row in self._waiting):
                last = db.execute(
                    "SELECT rank FROM samples WHERE site = ? ORDER BY rank, page LIMIT 1 OFFSET ?", (key, SAMPLE - 1)
                ).fetchone()
                if last is not None:
                    self._full[key] = last[0]
                    db.execute("DELETE FROM samples WHERE site = ? AND rank > ?", (key, last[0]))
        self._waiting.clear()

    def learn(self) -> Iterator[tuple[str, TemplateSnapshot]]:
        """The snapshots of the sites that showed enough documents, in the order of their keys."""
        self._sort_in()
        counted = "SELECT site FROM samples GROUP BY site HAVING count(*) >= ? ORDER BY site"
        with storage_errors(self.templates.path):
            sites = self._db.execute(counted, (MIN_PAGES,)).fetchall()
        for (site,) in sites:
            snapshot = self._snapshot(site)
            if snapshot.is_learned:
                yield site, snapshot

    def _snapshot(self, site: str) -> TemplateSnapshot:
        with storage_errors(self.templates.path):
            rows = self._db.execute(
                "SELECT page, is_text, data FROM samples WHERE site = ? ORDER BY rank, page", (site,)
            ).fetchall()
        texts, sketches = [], []
        for page, is_text, data in rows:
            if is_text:
                text, title = orjson.loads(unpack(data, page))
                texts.append(PlainText(id=page, text=text, title=title))
            else:
                sketches.append(from_bytes(data))
        options = self.how.options
        return learn_texts(texts, pages=sketches, phrases=options is None or options.listens_to("phrases"))

    def close(self) -> None:
        """Leave nothing of the samples behind."""
        with storage_errors(self.templates.path):
            self._db.execute("DROP TABLE IF EXISTS samples")
            self._db.commit()
            self._db.execute("VACUUM")
            self._db.close()


def sketch_source(source: Source, key: str, page: str, how: How) -> Sketch:
    """What one document teaches its site by itself; `page` names it in the site's sample."""
    document = source.document
    if document.kind == "text":
        return sketch_text(document.read().text, id=page, title=source.title)
    return sketch_article(explain_source(source, key, how), window="")


def learn_corpus(
    sources: Iterable[Source], how: How, *, path: Path | None = None, learned_from: str = "", workers: int = 1
) -> Templates:
    """What the sites of a corpus teach, in one reading; the order of the documents does not matter.

    `path` is where the templates are kept (without one, in a temporary file that goes with the result), `learned_from`
    a mark they get when they are complete.
    """
    templates = Templates(path)
    samples = SiteSamples(how, templates)
    try:
        samples.add_all(sources, workers=workers)
        found: dict[str, TemplateSnapshot] = {}
        for site, snapshot in samples.learn():
            found[site] = snapshot
            if len(found) >= _SITES:
                templates.put(found)
                found = {}
    finally:
        samples.close()
    templates.put(found, learned_from=learned_from)
    return templates
