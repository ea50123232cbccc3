"""Clean a JSON Lines corpus with Hugging Face datasets: python docs/examples/clean_dataset.py DIRTY.jsonl CLEAN.jsonl

The columns are `id`, `url` and `text`. The corpus is read once to learn the templates of its sites, then cleaned row by
row; with `num_proc` on as many cores as there are.
"""

import sys
from pathlib import Path

from datasets import load_dataset

import mapexpress
from mapexpress.corpus.clean import How
from mapexpress.corpus.learn import learn_corpus
from mapexpress.corpus.readers import read
from mapexpress.web.addresses import host_key


def main(dirty: str, out: str) -> None:
    templates = learn_corpus(read(Path(dirty)), How())

    def clean(row: dict[str, str]) -> dict[str, str]:
        article = mapexpress.clean(row["text"], url=row["url"], snapshot=templates.get(host_key(row["url"])))
        return {"title": article.title, "text": article.text}

    load_dataset("json", data_files=dirty, split="train").map(clean).to_json(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
