"""Which pages a site's first snapshot is learned from, and when."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapexpress.crawl.learning import HELD_PAGES, SiteLearning
from mapexpress.dataset.state.frontier import Entry
from mapexpress.dataset.store import SiteStore
from mapexpress.record.build import Document, explain
from mapexpress.record.lesson import Lesson

Open = Callable[[], SiteLearning]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Open]:
    stores: list[SiteStore] = []

    def make() -> SiteLearning:
        store = SiteStore.open(tmp_path / str(len(stores)), "fleuve.example", run="run")
        stores.append(store)
        learning = SiteLearning(store)
        asyncio.run(learning.begin())
        return learning

    yield make
    for store in stores:
        store.close()


def url(number: int) -> str:
    return f"https://fleuve.example/actualite/{number}/"


def entry(number: int) -> Entry:
    return Entry(url=url(number), kind="article")


def document(number: int) -> Document:
    rng = random.Random(number)
    words = [
        "barque",
        "fleuve",
        "pluie",
        "marché",
        "école",
        "récolte",
        "nuit",
        "digue",
        "pont",
        "vent",
        "quai",
        "moulin",
    ]
    body = "".join(
        f"<p>Le {' '.join(rng.sample(words, 9))} rentre au port ce matin, dit la préfecture.</p>" for _ in range(4)
    )
    page = (
        f"<html><body><article><h1>La {' '.join(rng.sample(words, 4))} {number}</h1><div class='texte'>{body}"
        "<div class='lettre'>Recevez chaque soir le cahier du fleuve chez vous</div></div></article></body></html>"
    )
    return Document(
        body=page, url=url(number), warc_record_id=f"<urn:uuid:{number}>", fetched_at="2026-05-04T00:00:00Z"
    )


def lesson(number: int) -> Lesson:
    return Lesson.of(explain([document(number)]))


def answer(learning: SiteLearning, numbers: list[int], rejected: set[int]) -> None:
    for number in numbers:
        if number not in rejected and learning.holds:
            learning.hold(entry(number), lesson(number), [document(number)])
        learning.settled(entry(number))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_answers_does_not_matter(begin: Open, seed: int) -> None:
    """More than enough pages under way, some of them no articles: always the first thirty in the order asked."""
    rejected = {1, 7, 40}
    snapshots = set()
    for shuffled in (False, True):
        learning = begin()
        numbers = list(range(HELD_PAGES + 12))
        for number in numbers:
            learning.asked(entry(number))
        if shuffled:
            random.Random(seed).shuffle(numbers)
        answer(learning, numbers, rejected)
        assert learning.snapshot is not None
        assert learning.snapshot.pages == HELD_PAGES
        snapshots.add(learning.snapshot.id)
    assert len(snapshots) == 1


def test_held_pages_come_back_once_from_where_they_are_stored(begin: Open) -> None:
    learning = begin()
    for number in range(8):
        learning.asked(entry(number))
    answer(learning, list(range(8)), {2})
    assert learning.snapshot is None
    assert learning.waiting() == {url(n) for n in range(8) if n != 2}
    assert learning.replay(url(1)) is None
    assert learning.release()
    assert learning.snapshot is not None
    due = learning.due(32)
    assert [e.url for e in due] == [url(n) for n in range(8) if n != 2]
    replay = learning.replay(url(1))
    assert replay is not None
    assert replay.warc_record_id == "<urn:uuid:1>"
    assert learning.replay(url(1)) is None
    assert learning.cleaning == {e.url for e in due}
    for each in due:
        learning.settled(each)
    assert not learning.cleaning
    assert not learning.holds
    assert not learning.templates.is_outgrown()


def test_few_pages_are_cleaned_without_a_template_and_remembered(begin: Open) -> None:
    learning = begin()
    for number in range(5):
        learning.asked(entry(number))
    answer(learning, list(range(5)), set())
    assert learning.release()
    assert learning.snapshot is None
    assert len(learning.templates.sample()) == 5
    again = SiteLearning(learning.store)
    asyncio.run(again.begin())
    again.asked(entry(5))
    answer(again, [5], set())
    assert again.release()
    assert again.snapshot is not None
    assert again.snapshot.pages == 6
