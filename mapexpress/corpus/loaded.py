"""Imported by the process that workers are forked from, and by no other: what each of them needs is loaded once."""

from __future__ import annotations

import os
from contextlib import suppress

# numpy's own threads would be there at each fork, and one worker a core is enough
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mapexpress.errors import StorageError
from mapexpress.extraction.trafilatura_vote import consult_trafilatura
from mapexpress.model.document import Document
from mapexpress.page.memory import collect_rarely, give_back
from mapexpress.page.parse import parse
from mapexpress.record.build import build

_LINES = "".join(f"<p>Il a plu {n} nuits de suite sur la ville et ses environs, dit la station.</p>" for n in range(9))
_PAGE = f"<html><head><title>Pluie</title></head><body><main>{_LINES}</main></body></html>"


give_back()
with suppress(StorageError):  # a worker meets it too, and says so
    build([Document(body=_PAGE, url="https://news.example/")])
consult_trafilatura(parse(_PAGE))
collect_rarely()  # so a worker's collector does not touch, and so copy, what it shares with the others
