"""What a corpus is cleaned from, into what and on what: the one value that the stages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["jsonl", "parquet", "warc", "wet"]
Executor = Literal["local", "slurm", "ray"]
PATTERNS: dict[Format, str] = {"jsonl": "*.jsonl*", "parquet": "*.parquet", "warc": "*.warc*", "wet": "*.wet*"}
SAMPLE = 200  # pages a site: a block of one page in twenty is still seen on ten


@dataclass(slots=True, frozen=True, kw_only=True)
class Job:
    """Where from, where to, and on what: `tasks` divide the files, `workers` of them run at a time."""

    source: str
    target: str
    format: Format = "jsonl"
    pattern: str | None = None
    text_key: str = "text"
    id_key: str = "id"
    tasks: int = 1
    workers: int = 1
    shards: int = 16
    sample: int = SAMPLE
    site: str | None = None
    executor: Executor = "local"
    partition: str = ""
    time: str = "20:00:00"
    memory_gb: int = 2

    @property
    def files(self) -> str:
        """The names of the files to read, as a pattern."""
        return self.pattern or PATTERNS[self.format]

    def stage(self, name: str) -> str:
        """Folder of what a stage leaves for the next one."""
        return f"{self.target.rstrip('/')}/stages/{name}"
