"""From the documents of a corpus to the lines of a dataset: each through `article.build`, in order, on many cores."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import TypeVar

import orjson

from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
from mapexpress.corpus.parquet import plain
from mapexpress.corpus.readers import Source
from mapexpress.model.options import Options
from mapexpress.model.record import Article
from mapexpress.model.schema import to_dict, to_json
from mapexpress.page.memory import collect_rarely, give_back
from mapexpress.record.build import Explanation, explain
from mapexpress.record.cleaning import cleaned
from mapexpress.sites import SiteConfig

Out = TypeVar("Out")
# A batch takes 50 ms of text or 100 ms of HTML: long beside the cost of handing it over, short beside a corpus
_BATCH = 64  # documents
_BATCH_SIZE = 1_000_000  # bytes or characters of their bodies, and the last one beyond it
_AHEAD = 3  # batches waiting for each worker


@dataclass(slots=True, frozen=True, kw_only=True)
class Cleaned:
    """One line of the result and what the summary counts."""

    line: bytes
    empty: bool


@dataclass(slots=True, frozen=True, kw_only=True)
class How:
    """All that a document's record may depend on beside the document; the same for a whole site."""

    site: str | None = None
    options: Options | None = None
    snapshots: Mapping[str, TemplateSnapshot] = field(default_factory=dict)  # by site key


def clean_source(source: Source, how: How) -> Article:
    """The record of one document; one without an article is marked by its flags and has an empty text.

    `id` is the source's own.
    """
    key = site_key(source, how.site)
    article = cleaned(explain_source(source, key, how))
    article.id = source.id
    article.title = article.title or source.title or ""
    return article


def explain_source(source: Source, key: str, how: How) -> Explanation:
    """The record of one document of the site `key`, with what decided."""
    site = SiteConfig.for_url(f"https://{key}/") if key else None
    return explain([source.document], site=site, snapshot=how.snapshots.get(key), options=how.options)


def site_key(source: Source, given: str | None) -> str:
    """The site a document belongs to: the one given for all, else its address's host without `www.`, else none."""
    if given:
        return given
    if not source.url or not source.url.startswith(("http://", "https://")):
        return ""
    host = source.url.split("/", 3)[2].rpartition("@")[2].partition(":")[0]
    return host.lower().removeprefix("www.")


def clean_batch(sources: list[Source], how: How) -> list[Cleaned]:
    """Clean a batch in one process; other columns of the input follow the record's own.

    A column named like one of the record's is called `input_…`.
    """
    batch = []
    for source in sources:
        article = clean_source(source, how)
        line = to_json(article)
        if source.extra:
            record = to_dict(article)
            others = {f"input_{name}" if name in record else name: value for name, value in source.extra.items()}
            line = orjson.dumps({**record, **others}, default=plain)
        batch.append(Cleaned(line=line, empty=not article.text))
    return batch


_worker_how: How | None = None  # one a process: snapshots are large beside a batch


def _start_worker(how: How) -> None:
    global _worker_how
    _worker_how = how
    give_back()
    collect_rarely()


def _work(work: Callable[[list[Source], How], list[Out]], batch: list[Source]) -> list[Out]:
    assert _worker_how is not None
    return work(batch, _worker_how)


def clean_corpus(sources: Iterable[Source], how: How, *, workers: int = 1) -> Iterator[list[Cleaned]]:
    """Clean a stream of documents, batch by batch in the order of the input, holding a few batches at a time."""
    return in_batches(sources, clean_batch, how, workers=workers)


def in_batches(
    sources: Iterable[Source], work: Callable[[list[Source], How], list[Out]], how: How, *, workers: int = 1
) -> Iterator[list[Out]]:
    """What `work`, a function of a module, makes of each batch of a stream, in its order and on so many processes."""
    batches = _batches(sources)
    if workers <= 1:
        for batch in batches:
            yield work(batch, how)
        return
    with ProcessPoolExecutor(workers, _context(), initializer=_start_worker, initargs=(how,)) as pool:
        waiting: deque[Future[list[Out]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_work, work, batch))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += len(source.body)
        if len(batch) == _BATCH or size > _BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _context() -> BaseContext:
    """Workers are forked from a process that has loaded all and runs no thread: a fork of this one may find a lock held
    by a library's thread, and a process of its own would load everything again, for a second.
    """
    if "forkserver" not in get_all_start_methods():  # Windows
        return get_context("spawn")
    context = get_context("forkserver")
    # what `scrapy clean` was started by is imported in each worker again
    context.set_forkserver_preload(["mapexpress.corpus.loaded", *{"scrapy.cmdline"} & set(sys.modules)])
    return context
