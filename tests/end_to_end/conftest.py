"""A real spider in a process of its own against the fixture site on a real port."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixtures.posts import Case, load_cases, load_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from tests.end_to_end.support import Crawl, Runner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs a real spider."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.crawl)


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    running = Runner(tmp_path_factory.mktemp("crawls"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def site() -> Iterator[SiteServer]:
    """The site as it is, for every test that does not change it."""
    with serve(Website(load_posts())) as server:
        yield server


@pytest.fixture
def own_site() -> Iterator[Callable[[], SiteServer]]:
    """Sites of a test's own, to be edited and broken."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(serve(Website(load_posts())))


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    return [case for case in load_cases() if case.post is not None]


@pytest.fixture(scope="session")
def stored(cases: list[Case]) -> dict[str, Case]:
    """Cases that a crawl stores, by public address."""
    return {c.expected["url"]: c for c in cases if not {"rejected", "crawl_rejects"} & c.expected.keys()}


@pytest.fixture(scope="session")
def first_run(runner: Runner, site: SiteServer) -> Crawl:
    """One crawl with every default."""
    return runner.run(site.url, runner.folder / "first")
