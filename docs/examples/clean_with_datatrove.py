"""Clean a JSON Lines corpus in a datatrove pipeline: python docs/examples/clean_with_datatrove.py DIRTY.jsonl FOLDER

FOLDER gets the clean documents (`00000.jsonl.gz`) and datatrove's logs and statistics.
"""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from mapexpress.corpus.clean import How
from mapexpress.corpus.datatrove.steps import CleanNews
from mapexpress.corpus.learn import learn_corpus
from mapexpress.corpus.readers import read


def main(dirty: str, folder: str) -> None:
    path = Path(dirty).absolute()
    LocalPipelineExecutor(
        pipeline=[
            JsonlReader(str(path.parent), glob_pattern=path.name),
            CleanNews(learn_corpus(read(path), How())),
            JsonlWriter(folder),
        ],
        logging_dir=f"{folder}/logs",
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
