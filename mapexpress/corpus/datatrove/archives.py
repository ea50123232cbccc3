"""Archived corpora of any size, in stages of datatrove: learn what sites repeat, clean, group what many sites carry.

    python -m mapexpress.corpus.datatrove.archives INPUT OUTPUT --format jsonl --tasks 64 --workers 16
    python -m mapexpress.corpus.datatrove.archives s3://archives/2026 s3://corpus/2026 --format warc --tasks 4000 \\
        --executor slurm --partition cpu --time 20:00:00
    python -m mapexpress.corpus.datatrove.archives … --executor ray

INPUT is a folder or whatever fsspec reads. OUTPUT gets `documents/` (JSON Lines: text, id, metadata with url, title,
date_published, language, group, group_size), `rejected/` (those without an article), and in `stages/` what is between
the stages, with logs and statistics. The same command after an interruption goes on with the tasks that are not
complete. Tasks divide files: more tasks than files are of no use.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import orjson

from mapexpress.corpus.datatrove.job import PATTERNS, SAMPLE, Job
from mapexpress.errors import MapexpressError, UsageError

if TYPE_CHECKING:
    from datatrove.io import DataFolder

# What decides which task takes what and what comes of it: completed tasks of another division are not ours.
_DIVISION = ("source", "format", "pattern", "text_key", "id_key", "tasks", "shards", "sample", "site")
# What makes the sketches and the signatures that wait for their stage, as a job was begun that names none
_BEFORE = {"sketches": 3, "signatures": "20x5-8b7edc7b"}
# The folders and the stages that come of each, in their order
_GROUPED = (
    ("signatures", "matches", "clusters", "members", "groups"),
    ("sign", "match", "cluster", "members", "name", "write"),
)
_LEARNED = (("sketches", "templates", "clean", *_GROUPED[0]), ("sketch", "learn", "clean", *_GROUPED[1]))


def check(job: Job) -> None:
    """Refuse what would fail in the middle of a stage, or go on with tasks that divided the files in another way.

    Raises UsageError. The first check of an OUTPUT writes its division to `stages/job.json`. Sketches and signatures
    that another version of the code made are removed, and so is what came of them: they are made anew.
    """
    for name in ("tasks", "shards", "sample", "memory_gb"):
        if getattr(job, name) < 1:
            raise UsageError(f"--{name.replace('_', '-')} {getattr(job, name)}: give at least 1")
    if job.workers < 1 and (job.executor == "local" or job.workers != -1):
        raise UsageError(f"--workers {job.workers}: give at least 1 (slurm and ray: -1 for all)")
    if find_spec("datatrove") is None or find_spec("tokenizers") is None:
        raise UsageError("archives need datatrove: pip install mapexpress[datatrove]")
    if job.executor == "slurm" and shutil.which("sbatch") is None:
        raise UsageError("--executor slurm: there is no sbatch here; type this on a login node of the cluster")
    if job.executor == "slurm" and not job.partition:
        raise UsageError("--executor slurm needs --partition, a partition that sinfo shows")
    if job.executor == "ray" and find_spec("ray") is None:
        raise UsageError("--executor ray needs Ray: pip install ray")
    _check_division(job)


def _check_division(job: Job) -> None:
    from datatrove.io import get_datafolder

    from mapexpress.boilerplate.template.sample import SKETCH_VERSION
    from mapexpress.dataset.near_duplicates.rule import RULE

    made = {"sketches": SKETCH_VERSION, "signatures": RULE.version}

    names = _input_files(job)
    digest = hashlib.blake2b("\n".join(names).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    ours = {name: getattr(job, name) for name in _DIVISION} | {"files": digest}
    try:
        folder = get_datafolder(job.stage(""))
        if not folder.isfile("job.json"):
            with folder.open("job.json", "wb") as file:
                file.write(orjson.dumps(ours | made))
            return
        with folder.open("job.json", "rb") as file:
            begun = orjson.loads(file.read())
    except (OSError, ValueError) as error:
        raise UsageError(f"{job.target}: {error}; give a folder that can be written") from None
    for name, value in ours.items():
        if begun.get(name) == value:
            continue
        if name == "files":
            raise UsageError(f"{job.target} was begun with other files in {job.source}; give another OUTPUT")
        option = "INPUT" if name == "source" else f"--{name.replace('_', '-')}"
        raise UsageError(
            f"{job.target} was begun with {option} {begun.get(name)}, not {value}: give the same, or another OUTPUT"
        )
    other = [name for name, version in made.items() if begun.get(name, _BEFORE[name]) != version]
    if other:
        _forget_stages(folder, *(_LEARNED if "sketches" in other else _GROUPED))
        with folder.open("job.json", "wb") as file:
            file.write(orjson.dumps(ours | made))
        sys.stderr.write(f"{job.target}: {' and '.join(other)} of another version are made anew\n")


def _forget_stages(folder: DataFolder, folders: Sequence[str], stages: Sequence[str]) -> None:
    """Remove what stages made, and that they are done; last first, so that one that is cut off is ended by the next."""
    for name in reversed([*folders, *(f"logs/{stage}" for stage in stages)]):
        if folder.exists(name):
            folder.rm(name, recursive=True)


def _input_files(job: Job) -> list[str]:
    from datatrove.io import get_datafolder

    try:
        names = sorted(get_datafolder(job.source).list_files(glob_pattern=job.files))
    except (OSError, ImportError, ValueError) as error:  # ValueError: fsspec's for a protocol that it does not know
        raise UsageError(f"{job.source}: {error}; give a folder or an address that fsspec reads") from None
    if not names:
        raise UsageError(f"no {job.files} in {job.source}; give the folder of the files, or --format or --pattern")
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status."""
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
    job = Job(**vars(parser.parse_args(arguments)))
    try:
        check(job)
        from mapexpress.corpus.datatrove.stages import run

        run(job)
    except MapexpressError as error:
        sys.stderr.write(f"archives: {error}\n")
        return int(error.status)
    return 0


if __name__ == "__main__":
    sys.exit(main())
