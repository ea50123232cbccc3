"""datatrove steps: pages of WARC and WET files, what sites teach, clean text (`pip install mapexpress[datatrove]`)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import heapq
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from datatrove.data import Document
from datatrove.io import DataFolder, get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers.base import BaseDiskReader

from mapexpress.boilerplate.template.sample import from_bytes, rank, to_bytes
from mapexpress.boilerplate.template.snapshot import (
    OtherVersionError,
    TemplateSnapshot,
    from_data,
    learn_template,
    to_data,
)
from mapexpress.corpus.clean import How, clean_source, site_key
from mapexpress.corpus.datatrove.job import SAMPLE
from mapexpress.corpus.learn import sketch_source
from mapexpress.corpus.readers import Source, warc_sources
from mapexpress.dataset.files.layout import folder_name
from mapexpress.system.bounded import read_within, unpack

if TYPE_CHECKING:
    from datatrove.io import DataFolderLike

KIND = "🧹 - CLEAN"
_HELD_TEMPLATES = 256  # in memory; 100 KB each at most


class WarcPages(BaseDiskReader):
    """Pages of WARC files and texts of WET files, decoded as the crawl does: by what a page declares and its bytes.

    `metadata` holds url, date, content_type and warc_record_id. datatrove's own reader asks libmagic and cchardet.
    """

    name = "mapexpress WARC"
    _requires_dependencies = ("warcio",)

    def read_file(self, filepath: str) -> Iterator[Document]:
        """Documents of one file in their order. Raises UsageError where it is no WARC file."""
        with self.data_folder.open(filepath, "rb") as raw:
            for number, source in enumerate(warc_sources(raw, Path(filepath))):
                body = source.document.read().text
                found = {
                    "text": body,
                    "id": source.id,
                    "url": source.url,
                    "date": source.fetched_at,
                    "content_type": source.content_type,
                    "warc_record_id": source.warc_record_id,
                }
                document = self.get_document_from_dict({k: v for k, v in found.items() if v}, filepath, number)
                if document is not None:
                    yield document


class SketchSites(PipelineStep):
    """Stage 1 of learning: the sketches of the pages that may be in their site's sample, into files by site and task.

    A sample is the `sample` pages of a site whose addresses have the smallest hashes, so it does not depend on how the
    corpus is divided into tasks. Memory holds one number a sampled page; a site's sketches go to one of `shards` files.
    """

    name = "mapexpress sketches"
    type = KIND

    def __init__(self, folder: DataFolderLike, *, shards: int = 16, sample: int = SAMPLE, site: str | None = None):
        super().__init__()
        self.folder: DataFolder = get_datafolder(folder)
        self.shards = shards
        self.sample = sample
        self.how = How(site=site)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> None:  # noqa: ARG002 (datatrove's)
        """Take all documents of a task; nothing is handed on."""
        smallest: dict[str, list[int]] = {}  # by site, negative: the largest rank on top
        with ExitStack() as stack:
            files = [stack.enter_context(self._create(shard, rank)) for shard in range(self.shards)]
            for document in data or ():
                with self.track_time():
                    self._take(source_of(document), smallest, files)

    def _create(self, shard: int, task: int) -> Any:
        raw = self.folder.open(f"{shard:05d}/{task:05d}.jsonl.gz", "wb")
        return _Packed(raw)

    def _take(self, source: Source, smallest: dict[str, list[int]], files: list[Any]) -> None:
        key, page = site_key(source, self.how.site), source.url or source.id
        if not key:
            self.stat_update("without_site")
            return
        heap = smallest.setdefault(key, [])
        place = -int(rank(page), 16)
        if len(heap) >= self.sample and place < heap[0]:
            return
        if place not in heap:
            heapq.heappush(heap, place)
            if len(heap) > self.sample:
                heapq.heappop(heap)
        sketch = base64.b64encode(to_bytes(sketch_source(source, key, page, self.how))).decode()
        line = orjson.dumps({"site": key, "page": page, "sketch": sketch})
        files[shard_of(key, self.shards)].write(line + b"\n")
        self.stat_update("sketched")


class _Packed:
    """A gzip file inside a file of fsspec, closed together; without a time, so the same lines are the same bytes."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.packed = gzip.GzipFile(fileobj=raw, mode="wb", mtime=0)

    def write(self, data: bytes) -> None:
        self.packed.write(data)

    def __enter__(self) -> _Packed:
        return self

    def __exit__(self, *_: object) -> None:
        self.packed.close()
        self.raw.close()


def shard_of(key: str, shards: int) -> int:
    """The shard of a site, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()) % shards


class LearnTemplates(PipelineStep):
    """Stage 2 of learning: one task a shard; the sketches of all tasks become one template a site."""

    name = "mapexpress templates"
    type = KIND

    def __init__(self, sketches: DataFolderLike, templates: DataFolderLike, *, sample: int = SAMPLE):
        super().__init__()
        self.sketches: DataFolder = get_datafolder(sketches)
        self.templates: DataFolder = get_datafolder(templates)
        self.sample = sample

    def run(self, data: object = None, rank: int = 0, world_size: int = 1) -> None:  # noqa: ARG002 (datatrove's)
        """Learn the sites of shard `rank`."""
        with self.track_time():
            for key, pages in sorted(self._samples(rank).items()):
                snapshot = learn_template((from_bytes(data) for _, data in sorted(pages.values())), size=self.sample)
                self.stat_update("sites")
                if snapshot.is_learned:
                    self.stat_update("learned")
                    with self.templates.open(template_name(key), "wb") as file:
                        file.write(gzip.compress(to_data(snapshot), mtime=0))

    def _samples(self, shard: int) -> dict[str, dict[str, tuple[str, bytes]]]:
        """Sketches by site and page; of a page that is there twice the same one is taken in every order."""
        found: dict[str, dict[str, tuple[str, bytes]]] = {}
        for name in self.sketches.list_files(subdirectory=f"{shard:05d}"):
            with self.sketches.open(name, "rb") as raw, gzip.GzipFile(fileobj=raw) as lines:
                for line in lines:
                    row = orjson.loads(line)
                    pages = found.setdefault(row["site"], {})
                    entry = (rank(row["page"]), base64.b64decode(row["sketch"]))
                    pages[row["page"]] = min(entry, pages.get(row["page"], entry))
            for key, pages in found.items():
                if len(pages) > 2 * self.sample:
                    found[key] = dict(sorted(pages.items(), key=lambda page: page[1])[: self.sample])
        return {k: dict(sorted(p.items(), key=lambda page: page[1])[: self.sample]) for k, p in found.items()}


def template_name(key: str) -> str:
    """File of a site's template in a folder of templates."""
    return f"{shard_of(key, 256):02x}/{folder_name(key)}.json.gz"


class TemplateFolder(Mapping[str, TemplateSnapshot]):
    """The templates of a folder by site key, read when they are asked for."""

    def __init__(self, folder: DataFolderLike) -> None:
        self.folder: DataFolder = get_datafolder(folder)
        self._held: OrderedDict[str, TemplateSnapshot | None] = OrderedDict()

    def __getitem__(self, key: str) -> TemplateSnapshot:
        if key not in self._held:
            self._held[key] = self._read(key)
            if len(self._held) > _HELD_TEMPLATES:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        found = self._held[key]
        if found is None:
            raise KeyError(key)
        return found

    def _read(self, key: str) -> TemplateSnapshot | None:
        try:
            with self.folder.open(template_name(key), "rb") as file:
                return from_data(unpack(read_within(file, key), key))
        except (FileNotFoundError, OtherVersionError):  # fingerprints of another version are met on no page
            return None

    def __iter__(self) -> Iterator[str]:
        raise TypeError("a folder of templates is asked by site")

    def __len__(self) -> int:
        raise TypeError("a folder of templates is asked by site")

    def __reduce__(self) -> tuple[object, ...]:
        return TemplateFolder, (self.folder,)  # tasks read their own


class CleanNews(PipelineStep):
    """Clean each document as `scrapy clean` does; text and HTML are told apart by themselves.

    `metadata["url"]` names the site, `metadata["title"]` a known title; `title`, `date_published`, `language` and
    `flags` (`no_text` for a document that is only boilerplate, which stays) are put into the metadata, what is empty
    left out. `snapshots` are templates by site key, as `learn_corpus` or a `TemplateFolder` gives them.
    """

    name = "mapexpress"
    type = KIND

    def __init__(self, snapshots: Mapping[str, TemplateSnapshot] | None = None, *, site: str | None = None) -> None:
        super().__init__()
        self.how = How(site=site, snapshots={} if snapshots is None else snapshots)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002 (datatrove's)
        """Documents in, the same documents out, in their order."""
        for document in data or ():
            with self.track_time():
                self._clean(document)
            yield document

    def _clean(self, document: Document) -> None:
        article = clean_source(source_of(document), self.how)
        self.stat_update("cleaned" if article.text else "no_text")
        document.text = article.text
        found = {
            "title": article.title,
            "date_published": article.date_published,
            "language": article.language,
            "flags": article.quality.flags,
        }
        document.metadata |= {name: value for name, value in found.items() if value}


def source_of(document: Document) -> Source:
    """A datatrove document as ours."""
    told = {name: document.metadata.get(name) for name in ("url", "title", "content_type", "warc_record_id")}
    known = {name: value for name, value in told.items() if isinstance(value, str)}
    return Source(id=str(document.id), body=document.text, **known)  # type: ignore[arg-type]
