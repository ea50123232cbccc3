"""The stages of the archive pipeline and the executors that run them (`mapexpress.corpus.datatrove.archives`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor, SlurmPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.filters import LambdaFilter
from datatrove.pipeline.readers import JsonlReader, ParquetReader
from datatrove.pipeline.writers import JsonlWriter

from mapexpress.corpus.datatrove.groups import CONFIG, ClusterMembers, NameGroups, TagGroups, Words
from mapexpress.corpus.datatrove.steps import CleanNews, LearnTemplates, SketchSites, TemplateFolder, WarcPages
from mapexpress.errors import MapexpressError

if TYPE_CHECKING:
    from mapexpress.corpus.datatrove.job import Executor, Job


def reader(job: Job) -> PipelineStep:
    """The documents of the input."""
    keys = {"text_key": job.text_key, "id_key": job.id_key, "glob_pattern": job.files}
    if job.format == "jsonl":
        return JsonlReader(job.source, **keys)
    if job.format == "parquet":
        return ParquetReader(job.source, **keys)
    return WarcPages(job.source, glob_pattern=job.files)


def stages(job: Job) -> list[tuple[str, list[PipelineStep], int]]:
    """Name, steps and number of tasks of each stage; each needs the one before."""
    target = job.target.rstrip("/")
    clean = JsonlReader(job.stage("clean"), glob_pattern="*.jsonl.gz", add_file_path=False)
    sketch = SketchSites(job.stage("sketches"), shards=job.shards, sample=job.sample, site=job.site)
    tag = TagGroups(job.stage("groups"))
    return [
        ("sketch", [reader(job), sketch], job.tasks),
        ("learn", [LearnTemplates(job.stage("sketches"), job.stage("templates"), sample=job.sample)], job.shards),
        ("clean", [reader(job), CleanNews(TemplateFolder(job.stage("templates")), site=job.site),
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


def _local(job: Job, _name: str, steps: list[PipelineStep], tasks: int, logs: str, before: Any) -> Any:
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


def _ray(job: Job, _name: str, steps: list[PipelineStep], tasks: int, logs: str, before: Any) -> Any:
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
    """Run what is not complete, or hand it to the cluster.

    Raises MapexpressError when tasks of a stage are given up: Ray's executor ends all the same, and the next stage's
    would wait for them for ever.
    """
    made = executors(job)
    if job.executor == "slurm":
        made[-1].run()  # hands over those that it depends on
        return
    for (name, _, tasks), executor in zip(stages(job), made, strict=True):
        executor.run()
        left = len(executor.get_incomplete_ranks())
        if left:
            logs = job.stage(f"logs/{name}/logs")
            raise MapexpressError(
                f"{left} of {tasks} tasks of the stage {name} failed, {logs} says why; the same command runs them again"
            )
