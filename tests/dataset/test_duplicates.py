import random

import pytest

from mapexpress.dataset.duplicates import DuplicateIndex, sign
from mapexpress.dataset.state import State
from mapexpress.dataset.store import SiteStore

WORDS = [f"mot{chr(97 + a)}{chr(97 + b)}" for a in range(20) for b in range(20)]


def text(seed: int, edits: float = 0.0) -> str:
    words = random.Random(seed).choices(WORDS, k=200)
    other = random.Random(seed + 1000)
    return " ".join(other.choice(WORDS) if other.random() < edits else word for word in words)


@pytest.fixture
def index(tmp_path):
    state = State(tmp_path / "state.sqlite")
    yield DuplicateIndex(state)
    state.close()


def dated(article, n, body, day):
    return article(n, body, date_published=f"2026-11-{day:02}T10:00:00+01:00", date_precision="instant")


def test_an_edited_copy_points_to_the_first_published_whichever_came_first(index, article):
    first, copy = dated(article, 1, text(1), 2), dated(article, 2, text(1, edits=0.04), 9)
    assert index.take(first) == (None, [])
    assert index.take(copy) == (first.id, [])
    other_first, other_copy = dated(article, 3, text(5), 2), dated(article, 4, text(5, edits=0.04), 9)
    assert index.take(other_copy) == (None, [])
    assert index.take(other_first) == (None, [other_copy.id])


def test_copies_are_not_far_apart_nor_with_other_numbers_nor_short(index, article):
    index.take(dated(article, 1, text(1) + " MASI 13.200", 2))
    assert index.take(dated(article, 2, text(1) + " MASI 13.500", 3)) == (None, [])
    assert index.take(dated(article, 3, text(1) + " MASI 13.200", 17)) == (None, [])
    assert sign(dated(article, 4, "Il pleut.", 2)) is None
    assert sign(article(5, text(1))) is None


def test_copies_are_found_again_from_disk(tmp_path, article):
    path = tmp_path / "state.sqlite"
    state = State(path)
    index = DuplicateIndex(state)
    for n in range(50):
        index.take(dated(article, n, text(n), 1 + n % 14))
    state.commit()
    state.close()
    state = State(path)
    index = DuplicateIndex(state)
    found = sum(index.take(dated(article, 100 + n, text(n, edits=0.05), 15))[0] is not None for n in range(50))
    state.close()
    assert found >= 45


def test_the_flag_is_the_same_in_the_sealed_part_in_any_order(tmp_path, article):
    from mapexpress.dataset.parts import read_part
    from mapexpress.records import Article
    from mapexpress.schema import from_json

    flags = []
    for order in ([1, 2], [2, 1]):
        data = tmp_path / str(order[0])
        with SiteStore.open(data, "news.example", run="r1") as store:
            for n in order:
                store.write(dated(article, n, text(1), n))
            store.seal()
        (part,) = data.glob("dataset/*/*/*.gz")
        flags.append({a.id: a.duplicate_of for a in (from_json(line, Article) for line in read_part(part))})
    assert flags[0] == flags[1] == {article(1).id: None, article(2).id: article(1).id}


def test_an_article_that_changed_is_compared_as_it_is_now(index, article):
    for n in range(40):  # more than one array holds at first
        index.take(dated(article, n, text(n), 5))
    assert index.take(dated(article, 90, text(7, edits=0.03), 6))[0] == article(7).id
    index.take(dated(article, 7, text(70), 5))
    assert index.take(dated(article, 91, text(7, edits=0.03), 4)) == (None, [article(90).id])
    assert index.take(dated(article, 92, text(70, edits=0.03), 6))[0] == article(7).id


def test_a_site_that_publishes_more_than_fits_is_compared_with_its_nearest_days(index, article, monkeypatch):
    monkeypatch.setattr("mapexpress.dataset.duplicates.MAX_CACHED", 40)
    for n in range(60):
        index.take(dated(article, n, text(n), 1 + n // 10))  # ten a day
    asked: list[str] = []
    index.state._db.set_trace_callback(asked.append)
    for n in range(100, 120):
        index.take(dated(article, n, text(n), 8))
    index.state._db.set_trace_callback(None)
    assert sum("SELECT id, signature" in sql for sql in asked) < 20  # not each day for each article
    assert index.take(dated(article, 200, text(55, edits=0.03), 8))[0] == article(55).id
    assert index.take(dated(article, 201, text(5, edits=0.03), 8)) == (None, [])
