from collections.abc import Iterator
from pathlib import Path

import pytest

from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import Entry, Frontier

HOME = Entry(url="https://news.example/", kind="home")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def article(name: str, **given: object) -> Entry:
    return Entry(url=f"https://news.example/{name}/", kind="article", **given)  # type: ignore[arg-type]


def urls(entries: list[Entry]) -> list[str]:
    return [e.url.removeprefix("https://news.example/").strip("/") for e in entries]


def test_links_come_in_and_the_page_is_done_together(state: State) -> None:
    frontier = Frontier(state, "since-1")
    frontier.begin([HOME])
    frontier.expand(HOME, [article("a"), article("b")])
    state.rollback()  # the process dies before the commit
    assert urls(frontier.take(("home",), 9)) == [""]
    assert frontier.take(("article",), 9) == []
    frontier.expand(HOME, [article("a"), article("b")])
    state.commit()
    assert frontier.take(("home",), 9) == []
    assert len(frontier.take(("article",), 9)) == 2


def test_an_interrupted_walk_goes_on(state: State) -> None:
    frontier = Frontier(state, "since-1")
    assert not frontier.begin([HOME])
    frontier.expand(HOME, [article("a"), article("b")])
    frontier.close(article("a").url)
    state.commit()
    again = Frontier(state, "since-1")
    assert again.begin([HOME])
    assert again.take(("home",), 9) == []
    assert urls(again.take(("article",), 9)) == ["b"]


def test_a_walk_that_ended_starts_anew(state: State) -> None:
    frontier = Frontier(state, "since-1")
    frontier.begin([HOME])
    frontier.expand(HOME, [])
    assert frontier.end()
    state.commit()
    again = Frontier(state, "since-1")
    assert not again.begin([HOME])
    assert urls(again.take(("home",), 9)) == [""]


def test_a_failed_page_keeps_the_walk_from_ending_and_is_asked_again(state: State) -> None:
    frontier = Frontier(state, "since-1")
    frontier.begin([HOME])
    frontier.expand(HOME, [], failed=True)
    assert frontier.take(("home",), 9) == []
    assert not frontier.end()
    frontier.begin([HOME])
    assert urls(frontier.take(("home",), 9)) == [""]


def test_the_new_walk_asks_its_pages_again_and_keeps_open_articles(state: State) -> None:
    frontier = Frontier(state, "new")
    frontier.begin([HOME])
    frontier.expand(HOME, [article("a"), article("b")])
    frontier.close(article("a").url)
    frontier.begin([HOME])
    assert urls(frontier.take(("home",), 9)) == [""]
    assert urls(frontier.take(("article",), 9)) == ["b"]


def test_two_spellings_are_one_entry_and_the_cheapest_way_names_it(state: State) -> None:
    frontier = Frontier(state, "new")
    frontier.begin([HOME])
    listed = Entry(url="http://www.news.example/a", kind="article", via="listing", title_hint="long title", position=3)
    fed = Entry(url="https://news.example/a/", kind="article", via="feed", published=5.0, position=7)
    for order in ([listed, fed], [fed, listed]):
        frontier.begin([HOME])
        frontier.close("https://news.example/a/")
        frontier.begin([HOME])
        frontier.expand(HOME, [order[0]])
        frontier.expand(HOME, [order[1]])
        assert frontier.take(("article",), 9) == [
            Entry(
                url="https://news.example/a/",
                kind="article",
                via="feed",
                published=5.0,
                title_hint="long title",
                position=3,
            )
        ]


def test_a_twin_for_small_devices_names_an_article_only_where_nothing_else_does(state: State) -> None:
    twin = Entry(url="https://amp.news.example/a/", kind="article", via="feed")
    listed = Entry(url="https://www.news.example/a/", kind="article", via="listing")
    for order in ([listed, twin], [twin, listed]):
        frontier = Frontier(state, f"since-{order[0].via}")
        frontier.begin([HOME])
        frontier.expand(HOME, [order[0]])
        frontier.expand(HOME, [order[1]])
        assert [(e.url, e.via) for e in frontier.take(("article",), 9)] == [(listed.url, "feed")]


def test_newest_first_undated_last(state: State) -> None:
    frontier = Frontier(state, "new")
    frontier.begin([HOME])
    found = [article("old", published=1.0), article("none2", position=2), article("none1", position=1)]
    frontier.expand(HOME, [*found, article("new", published=9.0)])
    assert urls(frontier.take(("article",), 9)) == ["new", "old", "none1", "none2"]
    assert urls(frontier.take(("article",), 1, {article("new").url})) == ["old"]


def test_a_limit_counts_what_was_fetched_before(state: State) -> None:
    frontier = Frontier(state, "new")
    frontier.begin([HOME])
    frontier.expand(HOME, [article(str(n), published=float(n)) for n in range(5)])
    frontier.close(article("4").url)
    frontier.keep_newest(2)
    assert urls(frontier.take(("article",), 9)) == ["3"]
    frontier.begin([HOME])
    assert urls(frontier.take(("article",), 9)) == ["3", "2", "1", "0"]
