"""Hosts with data folders of their own, one store, and runs that store real parts and states."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.bucket import serve_buckets, why_not
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.warc import Exchange
from mapexpress.dataset.store import SiteStore
from mapexpress.fleet.ownership import OwnedSite
from mapexpress.fleet.shared_store import FolderStore, Store
from mapexpress.model.record import Article, content_hash
from mapexpress.web.addresses import article_id

KEY = "news.example"


@dataclass
class FakeTime:
    """A clock that tests move."""

    now: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Machine:
    """One host, and what a task does on it."""

    name: str
    data: Path
    store: Store
    time: FakeTime
    alive: set[str]
    runs: int = 0

    @property
    def layout(self) -> Layout:
        return Layout(self.data, KEY)

    def hold(self) -> OwnedSite:
        """Own the site, or raise."""
        site = OwnedSite(self.layout, self.store, self.name, clock=self.time)
        site.hold(lambda host: host in self.alive)
        return site

    def crawl(self, *numbers: int, seal: bool = True) -> list[str]:
        """Store articles with these numbers, each with its response; what became of each."""
        self.runs += 1
        run = f"{self.time.now:%Y%m%dT%H%M%SZ}-{self.name}{self.runs}"
        with SiteStore.open(self.data, KEY, run=run, clock=self.time) as store:
            became = []
            for number in numbers:
                exchange = Exchange(url=address(number), status=200, body=b"<p>text</p>" * 50, fetched_at=self.stamp)
                became.append(store.write(make_article(number, store.capture(exchange), self.stamp)))
            store.flush()
            if seal:
                store.seal()
            return list(became)

    def turn(self, *numbers: int) -> None:
        """Own the site, crawl, upload."""
        site = self.hold()
        self.crawl(*numbers)
        site.upload({"status": 0})

    def die(self) -> None:
        """Give no more heartbeats."""
        self.alive.discard(self.name)

    @property
    def stamp(self) -> str:
        return self.time.now.isoformat(timespec="seconds")


def address(number: int) -> str:
    return f"https://{KEY}/{number}"


def make_article(number: int, warc_id: str | None, when: str) -> Article:
    title, text = f"Titre {number}", f"Texte de l'article numéro {number}."
    return Article(
        id=article_id(KEY, address(number)),
        site=KEY,
        url=address(number),
        canonical_url=address(number),
        title=title,
        text=text,
        content_hash=content_hash(title, text),
        fetched_at=when,
        http_status=200,
        extractor="generic",
        extractor_version="1",
        warc_record_id=warc_id,
    )


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime()


@pytest.fixture
def machine(tmp_path: Path, store: FolderStore, clock: FakeTime) -> Callable[[str], Machine]:
    alive: set[str] = set()

    def make(name: str) -> Machine:
        alive.add(name)
        return Machine(name, tmp_path / name, store, clock, alive)

    return make


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    """The address of an S3-compatible server."""
    if why_not():
        pytest.skip(why_not())
    with serve_buckets() as endpoint:
        yield endpoint
