"""Commands that are killed, or whose disk fails, at some of their changes of files, and what comes of it next.

`benchmarks/durability.py sweep` does the same to crawls, and at every change.
"""

from datetime import UTC, datetime

import pytest

from benchmarks.survival.bench import SITE
from benchmarks.survival.faults import FAULTS, Runner, missing
from benchmarks.survival.sweep import Points
from mapexpress.dataset.store import SiteStore

pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=str(missing()))]

DAY = datetime(2026, 5, 19, 12, tzinfo=UTC)
PAGE = """<html lang="fr"><head><title>Dépêche {n}</title></head><body><article><h1>Dépêche {n}</h1>
<p>Le conseil de la ville de Figuig a voté hier soir les {n} millions du budget des écoles, après un long débat.</p>
<p>Les travaux commenceront au printemps et dureront {n} semaines, selon la régie des eaux de la province voisine.</p>
</article></body></html>"""
FORGOTTEN = "https://news.example/actualite/3/"


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    with Runner() as runner:
        yield Points(tmp_path_factory.mktemp("points"), runner)


@pytest.fixture
def gold(tmp_path, article, rejection, exchange):
    """Three runs of one day, two articles each with their responses, a rejection and the answer of a feed."""
    when = DAY.isoformat()
    for run in range(3):
        with SiteStore.open(tmp_path / "data", SITE, run=f"20260519T12000{run}Z-aaaa", clock=lambda: DAY) as store:
            store.capture(exchange(1000, b"<rss/>", content="feed", fetched_at=when))
            for n in range(run * 2, run * 2 + 2):
                captured = store.capture(exchange(n, PAGE.format(n=n).encode(), fetched_at=when))
                store.write(article(n, site=SITE, warc_record_id=captured, fetched_at=when))
            store.write(rejection(90 + run))
            store.seal()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        (["compact"], {"kill": 4, "full-on": 2, "eio": 1}),
        (["forget", "--url", FORGOTTEN], {"kill": 4, "full": 1, "eio-on": 1}),
        (["forget", "--site", SITE], {"kill": 2}),
        (["reclean"], {"kill": 2, "full-on": 1}),
    ],
    ids=["compact", "forget", "forget-site", "reclean"],
)
def test_a_fault_at_any_change_is_made_good_by_the_next_command(points, gold, words, faults):
    erased = (b"actualite/3/",) if FORGOTTEN in words else ()
    name = "forget-site" if SITE in words else words[0]
    case = points.made(name, gold, lambda folder: [*words, "--data", str(folder / "data")], erased)
    moves = [at for at, change in enumerate(case.changes, 1) if change.startswith(("rename", "unlink"))]
    for fault, tried in faults.items():
        # half of them where files move, the others anywhere
        spread = [len(case.changes) * n // tried + 1 for n in range(tried)]
        chosen = {moves[len(moves) * n // tried] if n % 2 == 0 else at for n, at in enumerate(spread)}
        assert [told for at in sorted(chosen) for told in points.point(case, FAULTS[fault], at, nexts=1)] == []
