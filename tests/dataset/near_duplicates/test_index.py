import random

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.near_duplicates.index import DuplicateIndex, sign
from mapexpress.dataset.near_duplicates.rule import RULE, Rule
from mapexpress.dataset.repair.state_from_files import make_state
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore

WORDS = [f"mot{chr(97 + a)}{chr(97 + b)}" for a in range(20) for b in range(20)]


def text(seed: int, edits: float = 0.0) -> str:
    words = random.Random(seed).choices(WORDS, k=200)
    other = random.Random(seed + 1000)
    return " ".join(other.choice(WORDS) if other.random() < edits else word for word in words)


@pytest.fixture
def index(tmp_path):
    state = State(tmp_path / "state.sqlite")
    yield DuplicateIndex(Layout(tmp_path, "news.example"), state)
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
    index = DuplicateIndex(Layout(tmp_path, "news.example"), state)
    for n in range(50):
        index.take(dated(article, n, text(n), 1 + n % 14))
    state.commit()
    state.close()
    state = State(path)
    index = DuplicateIndex(Layout(tmp_path, "news.example"), state)
    found = sum(index.take(dated(article, 100 + n, text(n, edits=0.05), 15))[0] is not None for n in range(50))
    state.close()
    assert found >= 45


def test_the_flag_is_the_same_in_the_sealed_part_in_any_order(tmp_path, article):
    from mapexpress.dataset.files.parts import read_part
    from mapexpress.model.record import Article
    from mapexpress.model.schema import from_json

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
    monkeypatch.setattr("mapexpress.dataset.near_duplicates.index.MAX_CACHED", 40)
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


OTHER = Rule(bands=16, rows=4)


def versions(store: SiteStore) -> dict[str, int]:
    return dict(store.state.all("SELECT version, count(*) FROM signatures GROUP BY version"))


def sign_by(store: SiteStore, rule: Rule, stored) -> None:
    """As a program would have stored them whose rule is another one."""
    rows = [(signed.signature, rule.version, signed.id) for a in stored if (signed := sign(a, rule)) is not None]
    store.state.write_many("UPDATE signatures SET signature = ?, version = ? WHERE id = ?", rows)


@pytest.fixture
def months(article):
    """Three articles a day on the first twenty days of four months."""
    return [
        article(n, text(n), date_published=f"2026-{6 + n // 60:02}-{1 + n % 60 // 3:02}T10:00:00Z") for n in range(240)
    ]


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("rule", [OTHER, Rule(bands=20, rows=5, shingle=2), Rule(bands=25, rows=8)])
def test_signatures_of_another_version_are_made_anew_where_they_are_asked_for(tmp_path, article, months, rule, sealed):
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for stored in months:
            store.write(stored)
        if sealed:
            store.seal()
        sign_by(store, rule, months)
    with SiteStore.open(tmp_path, "news.example", run="r2") as store:
        assert versions(store) == {rule.version: 240}
        copy = article(900, text(200, edits=0.03), date_published="2026-09-10T10:00:00Z")
        store.write(copy)
        store.flush()
        assert copy.duplicate_of == months[200].id
        found = versions(store)
        assert sum(found.values()) == 241
        assert 60 < found[RULE.version] < 130  # those of the days about it, not of the months before
        assert set(store.state.all("SELECT id, signature FROM signatures WHERE day > 20694")) >= {
            (a.id, sign(a).signature) for a in months[180:]
        }
        far = article(901, text(3, edits=0.03), date_published="2026-06-04T10:00:00Z")
        store.write(far)
        assert far.duplicate_of == months[3].id


def test_a_day_with_more_than_is_made_anew_at_once_is_compared_as_far_as_it_was(tmp_path, article, months, monkeypatch):
    monkeypatch.setattr("mapexpress.dataset.near_duplicates.index._AT_ONCE", 10)
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for stored in months:
            store.write(stored)
        sign_by(store, OTHER, months)
        store.flush()
        index = DuplicateIndex(store.layout, store.state)
        assert index.take(article(900, text(200, edits=0.03), date_published="2026-09-07T12:00:00Z"))[0]
        assert versions(store)[OTHER.version] < 240
        assert index._days.keys() >= {20703}


def test_what_cannot_be_read_any_more_is_compared_no_longer(tmp_path, article, months):
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for stored in months[:60]:
            store.write(stored)
        sign_by(store, OTHER, months[:60])
        store.seal()
    (part,) = tmp_path.glob("dataset/*/*/*.gz")
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    with SiteStore.open(tmp_path, "news.example", run="r2") as store:
        for number in (1, 59):
            day = months[number].date_published
            store.write(article(900 + number, text(number, edits=0.03), date_published=day))
        assert store.known(article(901).id).duplicate_of == months[1].id
        assert store.known(article(959).id).duplicate_of is None
        assert OTHER.version not in versions(store)


def test_nothing_is_read_where_all_signatures_are_of_this_version(tmp_path, article, months, monkeypatch):
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for stored in months:
            store.write(stored)
        store.seal()
        monkeypatch.setattr("mapexpress.dataset.near_duplicates.index.stored_articles", None)
        store.write(article(900, text(200, edits=0.03), date_published="2026-09-10T10:00:00Z"))


def test_a_version_tells_what_made_it():
    others = [OTHER, Rule(shingle=2), Rule(min_words=30), Rule(rows=4), Rule()]
    assert len({rule.version for rule in others}) == len(others)
    assert Rule().version == RULE.version


def test_a_rebuilt_state_decides_as_the_run_did(tmp_path, article):
    """The copy of a copy is one of the first, whoever asks."""
    a, b, c = (dated(article, n, body, n) for n, body in ((1, text(1)), (2, text(1)), (3, text(1, edits=0.03))))
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for stored in (c, a, b):
            store.write(stored)
        store.seal()
        before = store.state.all("SELECT id, duplicate_of FROM records ORDER BY id")
        make_state(store.layout, "mapexpress")
    with SiteStore.open(tmp_path, "news.example", run="r2") as store:
        assert store.state.all("SELECT id, duplicate_of FROM records ORDER BY id") == before
        assert [known for _, known in before if known] == [a.id, a.id]
