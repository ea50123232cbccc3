"""What a corpus teaches: in any order, on the disk, read by other processes."""

import pickle
import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.corpus.clean import How
from mapexpress.corpus.learn import learn_corpus
from mapexpress.corpus.readers import Source
from mapexpress.corpus.template_files import Templates

WORDS = "port digue marché école quai travaux commune projet route ville région saison eau budget conseil".split()
LAST = "Chaque samedi, le cahier du fleuve vous attend dans tous les kiosques."


def source(number: int, host: str = "fleuve.example") -> Source:
    rng = random.Random(f"{host}{number}")
    body = "\n\n".join(f"{' '.join(rng.choices(WORDS, k=16)).capitalize()}." for _ in range(3))
    text = f"{' '.join(rng.choices(WORDS, k=6)).capitalize()}\n\n{body}\n\n{LAST}"
    return Source(id=str(number), body=text, kind="text", url=f"https://{host}/{number}")


SOURCES = [source(n) for n in range(20)] + [source(n, "rive.example") for n in range(8)] + [source(1, "seul.example")]
WHOLE = dict(learn_corpus(SOURCES, How()))


@settings(max_examples=10, deadline=None)
@given(st.permutations(SOURCES))
def test_the_order_of_documents_never_matters(sources: list[Source]) -> None:
    assert dict(learn_corpus(sources, How())) == WHOLE


def test_each_site_has_its_own_and_one_document_teaches_nothing() -> None:
    assert set(WHOLE) == {"fleuve.example", "rive.example"}
    assert WHOLE["fleuve.example"].pages == 20


def test_other_processes_read_the_same_file_and_it_goes_with_its_maker() -> None:
    templates = learn_corpus(SOURCES, How())
    path = templates.path
    other = pickle.loads(pickle.dumps(templates))
    assert dict(other) == dict(templates) == WHOLE
    del other
    assert path.exists()
    del templates
    assert not path.exists()


def test_templates_of_a_run_that_was_killed_are_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "templates"

    def broken() -> object:
        yield from SOURCES[:10]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn_corpus(broken(), How(), path=path, learned_from="job")  # type: ignore[arg-type]
    assert Templates(path).learned_from is None
    learn_corpus(SOURCES, How(), path=path, learned_from="job")
    assert Templates(path).learned_from == "job"
    assert not sqlite3.connect(path).execute("SELECT * FROM sqlite_master WHERE name = 'samples'").fetchall()


def page(number: int) -> Source:
    text = str(source(number).body).split("\n\n")
    paragraphs = "".join(f"<p>{paragraph * 2}</p>" for paragraph in text[1:-1])
    body = f"<article><h1>{text[0]}</h1>{paragraphs}<p>{text[-1]}</p></article>"
    markup = f"<html><head><title>{text[0]}</title></head><body>{body}</body></html>"
    return Source(id=str(number), body=markup, kind="html", url=f"https://pages.example/{number}-{'-'.join(WORDS[:3])}")


def test_any_number_of_processes_learns_the_same() -> None:
    sources = [page(n) for n in range(70)] + SOURCES
    alone = dict(learn_corpus(sources, How()))
    assert alone["pages.example"].pages == 70
    assert dict(learn_corpus(sources, How(), workers=2)) == alone
