"""Archived corpora of any size, in stages of datatrove: learn what sites repeat, clean, group what many sites carry.

    python -m mapexpress.corpus.archives INPUT OUTPUT --format jsonl --tasks 64 --workers 16
    python -m mapexpress.corpus.archives s3://archives/2026 s3://corpus/2026 --format warc --tasks 4000 \\
        --executor slurm --partition cpu --time 20:00:00
    python -m mapexpress.corpus.archives … --executor ray

INPUT is a folder or whatever fsspec reads. OUTPUT gets `documents/` (JSON Lines: text, id, metadata with url, title,
date_published, language, group, group_size), `rejected/` (those without an article), and in `stages/` what is between
the stages, with logs and statistics. The same command after an interruption goes on with the tasks that are not
complete. Tasks divide files: more tasks than files are of no use.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor, SlurmPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.filters import LambdaFilter
from datatrove.pipeline.readers import JsonlReader, ParquetReader
from datatrove.pipeline.writers import JsonlWriter

from mapexpress.corpus.datatrove_groups import CONFIG, ClusterMembers, NameGroups, TagGroups, Words
from mapexpress.corpus.datatrove_step import (
    SAMPLE,
    CleanNews,
    LearnTemplates,
    SketchSites,
    TemplateFolder,
    WarcPages,
)

Format = Literal["jsonl", "parquet", "warc", "wet"]
Executor = Literal["local", "slurm", "ray"]
PATTERNS: dict[Format, str] = {"jsonl": "*.jsonl*", "parquet": "*.parquet", "warc": "*.warc*", "wet": "*.wet*"}


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

    def reader(self) -> PipelineStep:
        """The documents of the input."""
        pattern = self.pattern or PATTERNS[self.format]
        keys = {"text_key": self.text_key, "id_key": self.id_key, "glob_pattern": pattern}
        if self.format == "jsonl":
            return JsonlReader(self.source, **keys)
        if self.format == "parquet":
            return ParquetReader(self.source, **keys)
        return WarcPages(self.source, glob_pattern=pattern)

    def stage(self, name: str) -> str:
        """Folder of what a stage leaves for the next one."""
        return f"{self.target.rstrip('/')}/stages/{name}"


def stages(job: Job) -> list[tuple[str, list[PipelineStep], int]]:
    """Name, steps and number of tasks of each stage; each needs the one before."""
    target = job.target.rstrip("/")
    clean = JsonlReader(job.stage("clean"), glob_pattern="*.jsonl.gz", add_file_path=False)
    sketch = SketchSites(job.stage("sketches"), shards=job.shards, sample=job.sample, site=job.site)
    tag = TagGroups(job.stage("groups"))
    return [
        ("sketch", [job.reader(), sketch], job.tasks),
        ("learn", [LearnTemplates(job.stage("sketches"), job.stage("templates"), sample=job.sample)], job.shards),
        ("clean", [job.reader(), CleanNews(TemplateFolder(job.stage("templates")), site=job.site),
                   LambdaFilter(_has_text, exclusion_writer=JsonlWriter(f"{target}/rejected")),
                   JsonlWriter(job.stage("clean"))], job.tasks),
        ("sign", [clean, MinhashDedupSignature(job.stage("signatures"), config=CONFIG, language=Words())], job.tasks),
        ("match", [MinhashDedupBuckets(job.stage("signatures"), job.stage("matches"), config=CONFIG)],
         CONFIG.num_buckets),
        ("cluster", [MinhashDedupCluster(job.stage("matches"), job.stage("clusters"), config=CONFIG,
                                         save_cluster_id=True)], 1),
        ("members", [clean, ClusterMembers(job.stage("clusters"), job.stage("members"))], job.tasks),
        ("name", [NameGroups(job.stage("members"), job.stage("groups"))], 1),
        ("write", [clean, tag, JsonlWriter(f"{target}/documents")], job.tasks),
    ]  # fmt: skip


def _has_text(document: Document) -> bool:
    return bool(document.text)


def executors(job: Job) -> list[Any]:
    """A datatrove executor for each stage, each depending on the one before."""
    made: list[Any] = []
    make: dict[Executor, Callable[..., Any]] = {"local": _local, "slurm": _slurm, "ray": _ray}
    for name, steps, tasks in stages(job):
        logs = job.stage(f"logs/{name}")
        made.append(make[job.executor](job, name, steps, tasks, logs, made[-1] if made else None))
    return made


def _local(job: Job, name: str, steps: list[PipelineStep], tasks: int, logs: str, before: Any) -> Any:
    return LocalPipelineExecutor(steps, tasks=tasks, workers=min(job.workers, tasks), logging_dir=logs, depends=before)


def _slurm(job: Job, name: str, steps: list[PipelineStep], tasks: int, logs: str, before: Any) -> Any:
    return SlurmPipelineExecutor(
        steps,
        tasks=tasks,
        workers=job.workers,
        time=job.time,
        partition=job.partition,
        mem_per_cpu_gb=job.memory_gb,
        job_name=f"mapexpress-{name}",
        logging_dir=logs,
        depends=before,
    )


def _ray(job: Job, name: str, steps: list[PipelineStep], tasks: int, logs: str, before: Any) -> Any:
    from datatrove.executor import RayPipelineExecutor

    return RayPipelineExecutor(
        steps,
        tasks=tasks,
        workers=job.workers,
        mem_per_cpu_gb=job.memory_gb,
        logging_dir=logs,
        depends=before,
    )


def run(job: Job) -> None:
    """Run what is not complete, or hand it to the cluster."""
    made = executors(job)
    if job.executor == "local":
        for executor in made:
            executor.run()
    else:
        made[-1].run()  # launches those that it depends on


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="INPUT")
    parser.add_argument("target", metavar="OUTPUT")
    parser.add_argument("--format", choices=tuple(PATTERNS), default="jsonl")
    parser.add_argument("--pattern", help="files to read, instead of the format's suffix")
    parser.add_argument("--text-key", default="text", help="JSON Lines and Parquet: the column with text or HTML")
    parser.add_argument("--id-key", default="id")
    parser.add_argument("--site", help="all documents are this site's; else their url tells")
    parser.add_argument("--tasks", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="tasks at a time; slurm and ray: -1 for all")
    parser.add_argument("--shards", type=int, default=16, help="files that templates are learned from, one a task")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="pages that a site's template is learned from")
    parser.add_argument("--executor", choices=("local", "slurm", "ray"), default="local")
    parser.add_argument("--partition", default="", help="slurm")
    parser.add_argument("--time", default="20:00:00", help="slurm: limit of a task")
    parser.add_argument("--memory-gb", type=int, default=2, help="slurm and ray: for each task")
    run(Job(**vars(parser.parse_args(arguments))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
