"""datatrove steps after its MinHash: one dispatch that many sites carry becomes one group, and nothing is dropped.

A group is what MinHash clusters and is a near-duplicate of the group's first document by the rule that holds within a
site too (`near_duplicates.rule`): bulletins of two days share nearly all their words, and clusters are chains. Its name
is the id of its first document by (date of publication, id), the same whatever the number of tasks.
"""

from __future__ import annotations

import base64
import sqlite3
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from datatrove.data import Document
from datatrove.io import DataFolder, get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.utils.hashing import HashConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from mapexpress.corpus.datatrove.resemblance import Short, first_of_each, short
from mapexpress.dataset.near_duplicates.rule import RULE, instant, named, order

if TYPE_CHECKING:
    from datatrove.io import DataFolderLike

KIND = "🫂 - DEDUP"
# SHA-1: datatrove's other hash needs an xxhash of before version 4.
CONFIG = MinhashConfig(
    n_grams=RULE.shingle,
    num_buckets=RULE.bands,
    hashes_per_bucket=RULE.rows,
    hash_config=HashConfig(hash_fc="sha1"),
)
_PAIR = struct.Struct("<2I")


class Words(WordTokenizer):
    """Words of any language that writes spaces, without a model for each; `MinhashDedupSignature(language=Words())`."""

    def word_tokenize(self, text: str) -> list[str]:
        """Words in lower case; none for a text that is too short to be compared, which then has no signature."""
        return RULE.words(text)

    def sent_tokenize(self, text: str) -> list[str]:
        """Not asked for by MinHash."""
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Not asked for by MinHash."""
        return [(0, len(text))]


class ClusterMembers(PipelineStep):
    """What a group is chosen and named by, a line for each document of a task that MinHash put into a cluster."""

    name = "mapexpress cluster members"
    type = KIND

    def __init__(self, clusters: DataFolderLike, members: DataFolderLike) -> None:
        super().__init__()
        self.clusters: DataFolder = get_datafolder(clusters)
        self.members: DataFolder = get_datafolder(members)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> None:  # noqa: ARG002 (datatrove's)
        """Documents in the order in which they were signed."""
        clusters = dict(_read_clusters(self.clusters, f"{rank:06d}.clusters"))
        with self.members.open(f"{rank:06d}.jsonl", "wb") as file:
            for index, document in enumerate(data or ()):
                cluster = clusters.get(index)
                if cluster is not None:
                    date = document.metadata.get("date_published")
                    told = str(date) if date else None
                    mine = short(document.text, told)
                    since, name = order(instant(told), str(document.id))
                    signed = base64.b64encode(mine.signature).decode()
                    row = [index, cluster, named(document.text).hex(), since, name, mine.day, signed]
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

    Memory holds the members of one cluster that name the same numbers; all of them lie in a temporary file, 300 bytes
    each. A group of one is none.
    """

    name = "mapexpress group names"
    type = KIND

    def __init__(self, members: DataFolderLike, groups: DataFolderLike) -> None:
        super().__init__()
        self.members: DataFolder = get_datafolder(members)
        self.groups: DataFolder = get_datafolder(groups)

    def run(self, data: object = None, rank: int = 0, world_size: int = 1) -> None:  # noqa: ARG002 (datatrove's)
        """Sort all members by what may be one group, then the groups by where their documents are."""
        names = self.members.list_files(glob_pattern="*.jsonl")
        db = sqlite3.connect("")  # a file without a name, which goes with its connection
        try:
            with self.track_time():
                db.execute("CREATE TABLE members (cluster, numbers, date, id, day, signature, file, place)")
                db.execute("CREATE TABLE groups (file, place, name, size)")
                for file, name in enumerate(names):
                    rows = ((*told, file, place) for place, *told in self._rows(name))
                    db.executemany("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                db.executemany("INSERT INTO groups VALUES (?, ?, ?, ?)", self._named(db))
                for file, name in enumerate(names):
                    with self.groups.open(name, "wb") as lines:
                        query = "SELECT place, name, size FROM groups WHERE file = ? ORDER BY place"
                        for row in db.execute(query, (file,)):
                            lines.write(orjson.dumps(row) + b"\n")
        finally:
            db.close()

    def _rows(self, name: str) -> Iterator[list[Any]]:
        with self.members.open(name, "rb") as lines:
            yield from map(orjson.loads, lines)

    def _named(self, db: sqlite3.Connection) -> Iterator[tuple[int, int, str, int]]:
        ordered = db.execute("SELECT * FROM members ORDER BY cluster, numbers, date, id, signature")
        for _, alike in groupby(ordered, key=itemgetter(0, 1)):
            members = list(alike)
            firsts = first_of_each(Short(base64.b64decode(signed), day) for *_, day, signed, _, _ in members)
            sizes = Counter(firsts)
            self.stat_update("groups", value=sum(1 for size in sizes.values() if size > 1))
            for (*_, file, place), first in zip(members, firsts, strict=True):
                if sizes[first] > 1:
                    yield file, place, members[first][3], sizes[first]


class TagGroups(PipelineStep):
    """Put `group` (the id of its first document) and `group_size` into the metadata of grouped documents."""

    name = "mapexpress groups"
    type = KIND

    def __init__(self, groups: DataFolderLike) -> None:
        super().__init__()
        self.groups: DataFolder = get_datafolder(groups)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002 (datatrove's)
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
