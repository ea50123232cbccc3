"""What an address costs in a state of a thousand addresses and in one of a million."""

from __future__ import annotations

import random
import resource
import time
from datetime import UTC, datetime, timedelta

from benchmarks.survival.bench import SITE, Bench
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.warc import Exchange
from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import Entry, Frontier
from mapexpress.dataset.state.tables import Known, Outcome, Place
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, content_hash

PEAK = 300  # MB, DESIGN's limit for a crawl
WORSE = 1.5
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PER_DAY = 100  # articles of a busy site: a million are 27 years


def urls(bench: Bench) -> str:
    """Cost of a look-up, and of a stored article: response, line, outcome, signature, frontier, group commit of 20."""
    costs, filled = [], 0
    for size in (1000, bench.urls):
        with SiteStore.open(bench.data, SITE, run=f"r{size}", clock=lambda: NOW) as store:
            while filled < size:
                for n in range(filled, min(filled + 5000, size)):
                    _put(store.state, n)
                store.state.commit()
                filled = min(filled + 5000, size)
            costs.append((_look_up(store, size), _store(store, size)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (few_look, few_store), (many_look, many_store) = costs
    told = (
        f"look-up {few_look:.0f} µs -> {many_look:.0f} µs (x{many_look / few_look:.2f}), "
        f"record {few_store:.0f} µs -> {many_store:.0f} µs (x{many_store / few_store:.2f}) of CPU, peak {peak:.0f} MB, "
        f"{Layout(bench.data, SITE).state.stat().st_size / 2**20:.0f} MB on disk"
    )
    if max(many_look / few_look, many_store / few_store) > WORSE or peak > PEAK:
        raise AssertionError(told)
    return told


def _look_up(store: SiteStore, size: int) -> float:
    """CPU µs of a look-up at random, the least of three rounds."""
    dice, times = random.Random(size), []
    for _ in range(3):
        began = time.process_time()
        for _ in range(5000):
            store.outcome(_url(dice.randrange(size)))
        times.append((time.process_time() - began) / 5000)
    return min(times) * 1e6


def _store(store: SiteStore, size: int) -> float:
    """CPU µs of a stored article, the median of 40 groups."""
    times = []
    frontier = Frontier(store.state, "all")
    for batch in range(40):
        first = 10**8 + size + batch * 20
        frontier.expand(
            Entry(url="https://news.example/", kind="listing"),
            [Entry(url=_url(n), kind="article") for n in range(first, first + 20)],
        )
        began = time.process_time()
        for n in range(first, first + 20):
            body = b"<p>" + _text(n).encode() + b"</p>"
            exchange = Exchange(url=_url(n), status=200, body=body, fetched_at=NOW.isoformat())
            store.write(_article(n, store.capture(exchange)))
            frontier.close(_url(n))
        store.flush()
        times.append((time.process_time() - began) / 20)
    return sorted(times)[20] * 1e6


def _text(n: int) -> str:
    dice = random.Random(n)
    words = [f"mot{dice.randrange(5000)}" for _ in range(350)]
    return f"Rabat - La commission a rendu son rapport numéro {n}. " + " ".join(words)


def _article(n: int, warc_record_id: str | None) -> Article:
    text = _text(n)
    return Article(
        id=f"{n:032x}", site=SITE, url=_url(n), canonical_url=_url(n), title=f"Rapport {n}", text=text,
        date_published=NOW.isoformat(), date_precision="instant", fetched_at=NOW.isoformat(),
        content_hash=content_hash(f"Rapport {n}", text), extractor="bench", extractor_version="1",
        warc_record_id=warc_record_id,
    )  # fmt: skip


def _url(n: int) -> str:
    return f"https://news.example/actualite/economie/{n}-une-depeche-de-l-agence/"


def _put(state: State, n: int) -> None:
    """An article of the past with its response, as a run leaves it."""
    when = (NOW - timedelta(days=n / PER_DAY)).isoformat()
    response = f"<urn:uuid:{n:032x}>"
    state.put_outcome(Outcome(url=_url(n), kind="stored", record_id=f"{n:032x}", first_seen=when, checked_at=when))
    state.put_response(
        Place(
            id=response, warc=10**6 + n // 40_000, position=n % 40_000 * 25_000, length=25_000, url=_url(n),
            fetched_at=when, http_status=200, content="article",
        )
    )  # fmt: skip
    state.put_known(
        Known(
            id=f"{n:032x}", run="r", status="active", revision=1, content_hash="0" * 64, url=_url(n),
            canonical_url=_url(n), title="Une dépêche de l'agence", date_published=when, extractor_version="1",
            template_id=None, warc_record_id=response, duplicate_of=None, part=1, line=n,
        )
    )  # fmt: skip
