"""The datatrove pipeline over generated documents of many sites: the same output for any number of tasks, and killed.

Run by `python benchmarks/fleet.py archives`.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from fixtures.posts import Post
from fixtures.scale import scaled_posts

ROOT = Path(__file__).parents[1]
FILES = 20
CARRIED = 0.1  # share of the documents that are a dispatch which several sites carry
BULLETINS = 0.4  # share of the documents that differ from others in little but their numbers
BACKGROUND = 0.2  # of the others: share that ends with a paragraph which thousands end with
NOUNS = (
    "le conseil|la mairie|le port|la coopérative|le musée|la bibliothèque|le marché|la ligue|le ministère|l'école|"
    "la gare|le barrage|le tribunal|la chambre d'agriculture|l'hôpital|le syndicat des eaux|la fédération|le stade|"
    "l'orchestre|la banque centrale|le laboratoire|la caserne|le théâtre|l'aéroport|la réserve naturelle|le moulin|"
    "la commission des finances|le comité des habitants|l'observatoire|la société des autocars|le parquet|la forêt"
).split("|")
VERBS = (
    "soutient|inaugure|refuse|étudie|finance|rénove|accueille|critique|défend|prépare|suspend|relance|visite|"
    "prolonge|interroge|félicite|remplace|transforme|invite|consulte|écarte|rejoint|protège|transfère"
).split("|")
TIMES = (
    "depuis la rentrée|avant l'été|dès lundi|sans attendre|pour la première fois|à la demande des habitants|"
    "malgré la pluie|au terme d'une longue réunion|contre toute attente|selon son porte-parole|en pleine campagne"
).split("|")
LINKS = "tandis que|alors que|parce que|depuis que|pendant que|dès que|bien avant que".split("|")


def measure_archives(work: Path, documents: int, sites: int) -> list[str]:
    """Run with 1 and 2 tasks, and with 2 that are killed; what is wrong."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    truth = write_corpus(work / "corpus", documents, sites)
    wrong: list[str] = []
    outputs = {}
    for tasks in (1, 2):
        seconds, cpu, peak = _run(work / "corpus", work / f"out-{tasks}", tasks)
        told = f"  {tasks} task{'s' * (tasks > 1)}: {seconds:.0f} s, {documents / seconds:.0f} documents a second"
        if tasks == 1:  # the processes of more tasks are datatrove's pool's, which are not waited for and not counted
            told += f"; CPU {cpu:.0f} s, {documents / cpu:.0f} documents a CPU second; peak {peak:.0f} MB"
        print(told, flush=True)
        outputs[tasks] = _documents(work / f"out-{tasks}")
    if outputs[1] != outputs[2]:
        wrong.append("1 and 2 tasks gave different documents")
    print(f"  1 and 2 tasks: {len(outputs[1])} and {len(outputs[2])} documents, the same: {outputs[1] == outputs[2]}")
    wrong += _judge(outputs[1], truth, documents)
    wrong += _killed(work, outputs[1])
    return wrong


def write_corpus(folder: Path, documents: int, sites: int) -> dict[str, str]:
    """Write the documents to `FILES` files; the dispatch of each document that carries one, by document id."""
    folder.mkdir(parents=True)
    truth: dict[str, str] = {}
    with ExitStack() as stack:
        names = [folder / f"{n:03d}.jsonl.gz" for n in range(FILES)]
        files = [stack.enter_context(gzip.open(name, "wt", encoding="utf-8", compresslevel=1)) for name in names]
        for number, (document, dispatch) in enumerate(_generated(documents, sites)):
            if dispatch:
                truth[document["id"]] = dispatch
            files[number % FILES].write(json.dumps(document, ensure_ascii=False) + "\n")
    return truth


def _generated(documents: int, sites: int) -> Iterator[tuple[dict[str, str], str]]:
    posts = scaled_posts(2000)
    dice = random.Random(7)
    dispatch, carriers = "", 0
    for number in range(documents):
        site = dice.randrange(sites)
        if carriers:  # the dispatch goes on to other sites
            carriers -= 1
        elif dice.random() < CARRIED / 3:
            dispatch, carriers = f"d{number}", dice.randint(1, 4)
        else:
            dispatch = ""
        seed = int(dispatch[1:]) if dispatch else number
        own = random.Random(seed)
        title, lines = _bulletin(own, posts, seed) if own.random() < BULLETINS else _report(own)
        if dispatch and dice.random() < 0.5:  # an editor's hand: a word here and there
            lines[-1] = f"{lines[-1]} Lire aussi nos autres articles.".replace("habitants", "riverains")
            lines[-2] = lines[-2].replace("opération", "affaire").replace("bénévoles", "volontaires")
        text = "\n\n".join([*_above(site), title, *lines, *_below(site)])
        url = f"https://site{site:04d}.example/{number}"
        yield {"id": f"doc-{number:07d}", "url": url, "title": title, "text": text}, dispatch


def _bulletin(own: random.Random, posts: list[Post], seed: int) -> tuple[str, list[str]]:
    """A text that shares nearly all its words with many others, and differs in its numbers."""
    lines = []
    for post in own.sample(posts, 3):
        lines += [line.removeprefix("<p>").removesuffix("</p>") for line in post.body.split("\n")[:3]]
    lines[0] = f"{lines[0]} Référence {seed}."
    return f"{own.choice(posts).title} {seed}", lines


def _report(own: random.Random) -> tuple[str, list[str]]:
    """A text of its own without any number; some end with a paragraph that others end with too."""
    lines = [" ".join(_sentence(own) for _ in range(own.randint(2, 4))) for _ in range(own.randint(4, 9))]
    if own.random() < BACKGROUND:
        lines.append(" ".join(_sentence(random.Random(own.randrange(20))) for _ in range(3)))
    return _sentence(own).rstrip("."), lines


def _sentence(own: random.Random) -> str:
    who, what, where, whom = own.sample(NOUNS, 4)
    words = f"{who} {own.choice(VERBS)} {what} {own.choice(TIMES)} devant {where}"
    if own.random() < 0.6:
        words += f", {own.choice(LINKS)} {whom} {own.choice(VERBS)} {own.choice(NOUNS)}"
    return f"{words[0].upper()}{words[1:]}."


def _above(site: int) -> list[str]:
    return [f"Accueil du journal {site}", f"Rubriques du journal {site} : politique, région, sport"]


def _below(site: int) -> list[str]:
    return [
        f"Suivez le journal {site} sur les réseaux",
        f"La rédaction du journal {site} répond à vos messages du lundi au vendredi",
        f"Tous droits réservés au journal {site}",
    ]


def _command(corpus: Path, out: Path, tasks: int) -> list[str]:
    command = [sys.executable, "-m", "mapexpress.corpus.datatrove.archives", str(corpus), str(out)]
    return [*command, "--tasks", str(tasks), "--workers", str(min(tasks, 2)), "--shards", "4"]


def _run(corpus: Path, out: Path, tasks: int) -> tuple[float, float, float]:
    """Seconds, CPU seconds, and the largest process in MB."""
    begun = time.monotonic()
    measured = subprocess.run(
        ["/usr/bin/env", sys.executable, "-c", _MEASURE, *_command(corpus, out, tasks)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
    )  # fmt: skip
    cpu, peak = map(float, measured.stdout.split()[-2:])
    return time.monotonic() - begun, cpu, peak / 1024


# In a process of its own, so that the figures are of this run and of all its processes that were waited for.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def _documents(out: Path) -> list[str]:
    lines = []
    for path in sorted(out.glob("documents/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                document = json.loads(line)
                document["metadata"].pop("file_path", None)
                lines.append(json.dumps(document, sort_keys=True))
    return sorted(lines)


def _judge(lines: list[str], truth: dict[str, str], documents: int) -> list[str]:
    """Boilerplate that stayed, documents that are gone, dispatches that were not grouped or wrongly."""
    found: dict[str, set[str]] = defaultdict(set)
    planted: dict[str, set[str]] = defaultdict(set)
    left = 0
    for line in lines:
        document = json.loads(line)
        left += "Tous droits réservés au journal" in document["text"] or "Rubriques du journal" in document["text"]
        if group := document["metadata"].get("group"):
            found[group].add(document["id"])
    for document_id, dispatch in truth.items():
        planted[dispatch].add(document_id)
    several = {frozenset(ids) for ids in planted.values() if len(ids) > 1}
    exact = {frozenset(ids) for ids in found.values()} & several
    pairs = {pair for ids in found.values() for pair in _pairs(ids)}
    true = {pair for ids in several for pair in _pairs(set(ids))}
    print(f"  documents {len(lines)} of {documents}; with a line of the site's boilerplate left: {left}")
    print(
        f"  dispatches on several sites {len(several)}, grouped exactly {len(exact)};"
        f" pairs {len(true)}, found {len(true & pairs)}, wrong {len(pairs - true)}"
    )
    wrong = []
    if len(lines) != documents:
        wrong.append(f"{len(lines)} documents of {documents}")
    if left > documents / 1000:
        wrong.append(f"{left} documents with boilerplate")
    if len(true & pairs) < 0.95 * len(true) or len(pairs - true) > 0.001 * len(true):
        wrong.append("dispatches are not grouped as they were planted")
    return wrong


def _pairs(ids: set[str]) -> set[tuple[str, str]]:
    ordered = sorted(ids)
    return {(a, b) for n, a in enumerate(ordered) for b in ordered[n + 1 :]}


def _killed(work: Path, expected: list[str]) -> list[str]:
    """Kill -9 of all processes in the middle of a stage, twice; the same command goes on."""
    out = work / "out-killed"
    for stage in ("clean", "write"):
        process = subprocess.Popen(
            _command(work / "corpus", out, FILES),
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while len(list(out.glob(f"stages/logs/{stage}/completions/*"))) < FILES // 4:
            if process.poll() is not None:
                return [f"ended before the stage {stage} could be killed"]
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done = len(list(out.glob(f"stages/logs/{stage}/completions/*")))
        print(f"  killed in the stage {stage} after {done} of {FILES} tasks")
    before = {path: path.stat().st_mtime_ns for path in out.glob("stages/clean/*.jsonl.gz")}
    subprocess.run(
        _command(work / "corpus", out, FILES),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    redone = sum(path.stat().st_mtime_ns != at for path, at in before.items())
    same = _documents(out) == expected
    print(f"  after the second start: {redone} tasks of a complete stage run again; the same documents: {same}")
    return [] if same and not redone else ["a killed run did not go on to the same documents"]
