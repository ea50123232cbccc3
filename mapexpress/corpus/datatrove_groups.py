"""datatrove steps after its MinHash: one dispatch that many sites carry becomes one group, and nothing is dropped.

A group is what MinHash clusters *and* names the same numbers, the rule for near-duplicates within a site: bulletins of
two days share nearly all their words. Its name is the id of its first document by (date of publication, id), the same
whatever the number of tasks.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import orjson
from datatrove.data import Document
from datatrove.io import DataFolder, get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.utils.hashing import HashConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from mapexpress.dataset.duplicates import BANDS, MIN_WORDS, ROWS, numbers

if TYPE_CHECKING:
    from datatrove.io import DataFolderLike

KIND = "🫂 - DEDUP"
# The bands and the triples of words of near-duplicates within a site. SHA-1: datatrove's other hash needs an xxhash of
# before version 4.
CONFIG = MinhashConfig(n_grams=3, num_buckets=BANDS, hashes_per_bucket=ROWS, hash_config=HashConfig(hash_fc="sha1"))
_WORD = re.compile(r"\w+")
_PAIR = struct.Struct("<2I")


class Words(WordTokenizer):
    """Words of any language that writes spaces, without a model for each; `MinhashDedupSignature(language=Words())`."""

    def word_tokenize(self, text: str) -> list[str]:
        """Words in lower case; none for a text under MIN_WORDS words, which then has no signature."""
        words = _WORD.findall(text.casefold())
        return words if len(words) >= MIN_WORDS else []

    def sent_tokenize(self, text: str) -> list[str]:
        """Not asked for by MinHash."""
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Not asked for by MinHash."""
        return [(0, len(text))]


class ClusterMembers(PipelineStep):
    """What a group's name is chosen by, for the documents of a task that MinHash put into a cluster; one line each."""

    name = "mapexpress cluster members"
    type = KIND

    def __init__(self, clusters: DataFolderLike, members: DataFolderLike) -> None:
        super().__init__()
        self.clusters: DataFolder = get_datafolder(clusters)
        self.members: DataFolder = get_datafolder(members)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> None:
        """Documents in the order in which they were signed."""
        clusters = dict(_read_clusters(self.clusters, f"{rank:06d}.clusters"))
        with self.members.open(f"{rank:06d}.jsonl", "wb") as file:
            for index, document in enumerate(data or ()):
                cluster = clusters.get(index)
                if cluster is not None:
                    named = "|".join(sorted(set(numbers(document.text)))).encode()
                    date = str(document.metadata.get("date_published") or "9999")
                    row = [index, cluster, hashlib.blake2b(named, digest_size=8).hexdigest(), date, str(document.id)]
                    file.write(orjson.dumps(row) + b"\n")
                    self.stat_update("clustered")


def _read_clusters(folder: DataFolder, name: str) -> Iterator[tuple[int, int]]:
    """(place of the document in its task, number of its cluster), as MinhashDedupCluster writes them."""
    if not folder.isfile(name):
        return
    with folder.open(name, "rb") as file:
        while len(pair := file.read(_PAIR.size)) == _PAIR.size:
            index, cluster = _PAIR.unpack(pair)
            yield index, cluster


class NameGroups(PipelineStep):
    """One task: the name and size of each group, written for each task's documents in their order.

    Memory holds one entry a group. A group of one is none.
    """

    name = "mapexpress group names"
    type = KIND

    def __init__(self, members: DataFolderLike, groups: DataFolderLike) -> None:
        super().__init__()
        self.members: DataFolder = get_datafolder(members)
        self.groups: DataFolder = get_datafolder(groups)

    def run(self, data: object = None, rank: int = 0, world_size: int = 1) -> None:
        """Read all members twice."""
        names = self.members.list_files(glob_pattern="*.jsonl")
        first: dict[tuple[int, str], tuple[str, str]] = {}
        sizes: dict[tuple[int, str], int] = {}
        with self.track_time():
            for name in names:
                for _, key, order in self._rows(name):
                    first[key] = min(order, first.get(key, order))
                    sizes[key] = sizes.get(key, 0) + 1
            for name in names:
                with self.groups.open(name, "wb") as file:
                    for index, key, _ in self._rows(name):
                        if sizes[key] > 1:
                            file.write(orjson.dumps([index, first[key][1], sizes[key]]) + b"\n")
        self.stat_update("groups", value=sum(1 for size in sizes.values() if size > 1))

    def _rows(self, name: str) -> Iterator[tuple[int, tuple[int, str], tuple[str, str]]]:
        with self.members.open(name, "rb") as lines:
            for line in lines:
                index, cluster, named, date, document = orjson.loads(line)
                yield index, (cluster, named), (date, document)


class TagGroups(PipelineStep):
    """Put `group` (the id of its first document) and `group_size` into the metadata of grouped documents."""

    name = "mapexpress groups"
    type = KIND

    def __init__(self, groups: DataFolderLike) -> None:
        super().__init__()
        self.groups: DataFolder = get_datafolder(groups)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """All documents in, all out, in the order in which they were signed."""
        groups = self._read(f"{rank:06d}.jsonl")
        waiting = next(groups, None)
        for index, document in enumerate(data or ()):
            if waiting is not None and waiting[0] == index:
                document.metadata |= {"group": waiting[1], "group_size": waiting[2]}
                self.stat_update("grouped")
                waiting = next(groups, None)
            yield document

    def _read(self, name: str) -> Iterator[tuple[int, str, int]]:
        with self.groups.open(name, "rb") as lines:
            for line in lines:
                index, group, size = orjson.loads(line)
                yield index, group, size
