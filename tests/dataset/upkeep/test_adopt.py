"""What is stored under one key becomes another's: nothing is lost, nothing is twice, `verify` finds no fault."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from mapexpress.dataset.change.change import Change
from mapexpress.dataset.files.layout import Layout, site_keys
from mapexpress.dataset.files.warc import Exchange
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.adopt import adopt
from mapexpress.dataset.upkeep.forget import forget
from mapexpress.errors import BusyError, UsageError
from mapexpress.model.record import Article, Rejection
from mapexpress.web.addresses import article_id
from tests.dataset.conftest import address

Make = Callable[..., Article]
OLD, NEW = "news.example", "example"


@pytest.fixture
def put(article: Make, exchange: Callable[..., Exchange], tmp_path: Path) -> Callable[..., None]:
    """Store articles under a key, each with its response, in a run of its own."""

    def store(key: str, run: str, *articles: tuple[int, str]) -> None:
        with SiteStore.open(tmp_path, key, run=run) as opened:
            for n, text in articles:
                made = article(n, text, id=article_id(key, address(n)), site=key)
                made.warc_record_id = opened.capture(exchange(n, text.encode(), content="article"))
                opened.write(made)
            opened.seal()

    return store


def adopted(data: Path, run: str = "r9") -> str:
    with SiteStore.open(data, NEW, run=run) as store:
        return adopt(store, Layout(data, OLD), "test")


def faults(data: Path) -> list[str]:
    return verify(Layout(data, NEW)).faults


def revisions(data: Path, lines: Callable[[Layout], list[bytes]]) -> dict[str, list[tuple[int, str, str | None]]]:
    """By address: revision, text and previous hash of each line, in order."""
    found: dict[str, list[tuple[int, str, str | None]]] = {}
    for line in lines(Layout(data, NEW)):
        value = orjson.loads(line)
        assert value["site"] == NEW
        assert value["id"] == article_id(NEW, value["url"])
        found.setdefault(value["url"], []).append((value["revision"], value["text"], value["previous_hash"]))
    return {url: sorted(of) for url, of in found.items()}


def texts(found: list[tuple[int, str, str | None]]) -> list[tuple[int, str]]:
    return [(number, text) for number, text, _ in found]


Lines = Callable[[Layout], list[bytes]]


def test_a_key_without_articles_gets_all_of_the_other(put: Callable[..., None], tmp_path: Path, lines: Lines) -> None:
    put(OLD, "r1", (1, "Il pleut."), (2, "Il neige."))
    put(OLD, "r2", (1, "Il pleut toujours."))
    assert adopted(tmp_path) == "example: 2 articles, 3 lines and 3 responses of news.example are its own now"
    assert faults(tmp_path) == []
    found = revisions(tmp_path, lines)
    assert texts(found[address(1)]) == [(1, "Il pleut."), (2, "Il pleut toujours.")]
    assert texts(found[address(2)]) == [(1, "Il neige.")]
    assert list(site_keys(tmp_path)) == [NEW]
    assert not Layout(tmp_path, OLD).dataset.exists()
    with SiteStore.open(tmp_path, NEW, run="r10") as store:
        known = store.known(article_id(NEW, address(1)))
        outcome = store.outcome(address(2))
        assert known is not None
        assert known.revision == 2
        assert outcome is not None
        assert outcome.record_id == article_id(NEW, address(2))
        latest = store.latest(known)
        assert latest is not None
        assert store.responses(latest)[0].body == b"Il pleut toujours."


def test_what_both_hold_becomes_one_article_with_both_histories(
    put: Callable[..., None], tmp_path: Path, lines: Lines
) -> None:
    put(OLD, "r1", (1, "a"), (2, "x"), (3, "only there"))
    put(OLD, "r2", (1, "b"))
    put(NEW, "r3", (1, "b"), (2, "y"), (4, "only here"))
    put(NEW, "r4", (1, "c"))
    assert "3 articles (2 of them were in both), 3 lines" in adopted(tmp_path)
    assert faults(tmp_path) == []
    found = revisions(tmp_path, lines)
    assert texts(found[address(1)]) == [(1, "a"), (2, "b"), (3, "c")], "the same text after a text is no revision"
    assert texts(found[address(2)]) == [(1, "x"), (2, "y")]
    assert texts(found[address(3)]) == [(1, "only there")]
    assert texts(found[address(4)]) == [(1, "only here")]
    rebuilt = rebuild_state(Layout(tmp_path, NEW), "r11")
    assert "6 records" in rebuilt or "7 records" in rebuilt
    assert faults(tmp_path) == []


def test_each_revision_names_the_text_before_it(put: Callable[..., None], tmp_path: Path, lines: Lines) -> None:
    put(OLD, "r1", (1, "a"))
    put(OLD, "r2", (1, "b"))
    put(NEW, "r3", (1, "c"))
    adopted(tmp_path)
    hashes = {}
    for line in lines(Layout(tmp_path, NEW)):
        value = orjson.loads(line)
        hashes[value["revision"]] = (value["content_hash"], value["previous_hash"])
    assert [hashes[n][1] for n in (1, 2, 3)] == [None, hashes[1][0], hashes[2][0]]


def test_copies_name_their_originals_and_rejections_come_too(
    article: Make, rejection: Callable[..., Rejection], tmp_path: Path, lines: Lines
) -> None:
    with SiteStore.open(tmp_path, OLD, run="r1", warc=False) as store:
        store.write(article(1))
        store.write(article(2, "Un autre texte.", duplicate_of=article_id(OLD, address(1))))
        store.write(rejection(3))
        store.seal()
    adopted(tmp_path)
    assert faults(tmp_path) == []
    flags = [orjson.loads(line)["duplicate_of"] for line in lines(Layout(tmp_path, NEW))]
    assert flags == [None, article_id(NEW, address(1))]
    with SiteStore.open(tmp_path, NEW, run="r10") as store:
        outcome = store.outcome(address(3))
        assert outcome is not None
        assert outcome.reason == "no_text"


@pytest.mark.parametrize("step", ["before", "after", "moving"])
def test_an_adoption_that_is_cut_short_is_ended_by_the_same_command(
    put: Callable[..., None], tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    put(OLD, "r1", (1, "a"), (2, "x"))
    put(OLD, "r2", (1, "b"))
    put(NEW, "r3", (1, "c"))

    class Killed(BaseException):
        """In the place of SIGKILL."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if step == "before":
            patch.setattr(Change, "commit", killed)
        elif step == "after":
            patch.setattr("mapexpress.dataset.upkeep.adopt._take_away", killed)
        else:  # the parts are out of sight, the folder is not
            patch.setattr("mapexpress.dataset.upkeep.adopt.fsync_folder", killed)
        with pytest.raises(Killed):
            adopted(tmp_path)
    assert faults(tmp_path) == []
    assert adopted(tmp_path, "r10").startswith("news.example: adopted" if step != "before" else "example: 2 articles")
    assert faults(tmp_path) == []
    found = revisions(tmp_path, lines)
    assert texts(found[address(1)]) == [(1, "a"), (2, "b"), (3, "c")]
    assert texts(found[address(2)]) == [(1, "x")]
    assert list(site_keys(tmp_path)) == [NEW]
    assert not (Layout(tmp_path, NEW).site / "adopted").exists()


@pytest.mark.parametrize(("holds", "forgot"), [(OLD, NEW), (NEW, OLD)])
def test_what_was_forgotten_does_not_come_back(
    put: Callable[..., None], tmp_path: Path, holds: str, forgot: str
) -> None:
    put(OLD, "r1", (1, "a"), (2, "b"))
    put(NEW, "r2", (1, "a"), (2, "b"))
    with SiteStore.open(tmp_path, forgot, run="r3") as store:
        forget(store, url=address(1), software="test")
    with pytest.raises(UsageError, match=f"forgotten on request in {forgot}: first scrapy forget --site {holds}"):
        adopted(tmp_path)
    with SiteStore.open(tmp_path, holds, run="r4") as store:
        forget(store, url=address(1), software="test")
    adopted(tmp_path, "r5")
    assert faults(tmp_path) == []
    with SiteStore.open(tmp_path, NEW, run="r6") as store:
        outcome = store.outcome(address(1))
        assert outcome is not None
        assert outcome.kind == "forgotten"


def test_a_run_of_the_other_key_is_not_disturbed(put: Callable[..., None], tmp_path: Path) -> None:
    put(OLD, "r1", (1, "a"))
    with SiteStore.open(tmp_path, OLD, run="r2"), pytest.raises(BusyError):
        adopted(tmp_path)
    assert verify(Layout(tmp_path, OLD)).faults == []
