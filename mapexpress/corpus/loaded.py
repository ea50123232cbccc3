"""Imported by the process that workers are forked from, and by no other: what each of them needs is loaded once."""

from __future__ import annotations

import gc
import os
from contextlib import suppress

# numpy's own threads would be there at each fork, and one worker a core is enough
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mapexpress.article import Document, build
from mapexpress.collecting import give_back
from mapexpress.errors import StorageError
from mapexpress.extraction.consult import consult_trafilatura
from mapexpress.page import Page
from mapexpress.parsing import parse

_LINES = "".join(f"<p>Il a plu {n} nuits de suite sur la ville et ses environs, dit la station.</p>" for n in range(9))
_PAGE = f"<html><head><title>Pluie</title></head><body><main>{_LINES}</main></body></html>"


def _load() -> Page:
    page = parse(_PAGE, url="https://news.example/")
    with suppress(StorageError):  # a worker meets it too, and says so
        build([Document(body=_PAGE, url=page.url)])
    consult_trafilatura(page)
    return page


give_back()
_load()
gc.collect()
gc.freeze()  # so that a worker's collector does not touch, and so copy, what it shares with the others
