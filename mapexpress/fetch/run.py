"""What the components of one crawl share: each takes it from here, and none asks a spider for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.state.frontier import Frontier
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.options import Options
    from mapexpress.sites import SiteConfig
    from mapexpress.sites.address_map import AddressMap

T = TypeVar("T")
Beside = Callable[[Callable[[], T]], Awaitable[T]]

IN_A_ROW = 6  # failed tries of a host that answered before: two addresses with their retries
STORAGE_FAILED = object()  # signal: nothing more can be kept, so nothing more is waited for


@dataclass(slots=True)
class Outages:
    """What the tries of one run tell of its hosts, by host and port."""

    down: dict[str, str] = field(default_factory=dict)  # a sentence for each
    over: bool = False  # the run ends, and nothing is waited for any more
    looked_at: set[str] = field(default_factory=set)  # hosts whose home is being asked
    _answered: set[str] = field(default_factory=set)
    _tries: Counter[str] = field(default_factory=Counter)  # in vain, by address, on hosts that answered nothing
    _in_a_row: Counter[str] = field(default_factory=Counter)

    @property
    def ends_run(self) -> bool:
        """Whether a host is down, and no other one has answered."""
        return bool(self.down) and self._answered <= self.down.keys()

    def well(self, host: str) -> None:
        """Note an answer that is no fault of the host."""
        self._answered.add(host)
        self._in_a_row[host] = 0

    def fails(self, host: str, url: str, tries: int) -> bool:
        """Note a try in vain. Whether the host has been tried enough: it is down, or its home is worth a look."""
        if host in self._answered:
            self._in_a_row[host] += 1
            return self._in_a_row[host] >= IN_A_ROW
        self._tries[url] += 1
        return self._tries[url] >= tries

    def has_answered(self, host: str) -> bool:
        """Whether a host has answered in this run."""
        return host in self._answered

    def was_tried(self, url: str) -> bool:
        """Whether an address was tried in vain while its host had not answered."""
        return url in self._tries

    def waits(self, host: str) -> bool:
        """Whether it is worth to wait for a host."""
        return not self.over and host not in self.down


@dataclass(slots=True, kw_only=True, eq=False)
class Run:
    """A crawl's site, and what is done for it; a spider of another project leaves all but `store` as it is.

    `store` is opened by the store pipeline, before a spider's `start()` runs. `addresses` tells public addresses from
    those that are asked; `unchecked` are the hosts whose certificates are not checked. `snapshot` is the template that
    records are made with at this moment, and `layout_changes` what has changed of the site's pages. `beside_loop`
    awaits work on pages that is done in another thread; it raises ReadingCancelledError when the run ends. `complete`
    tells whether a walk came to its end; None where the run was none.
    """

    site: SiteConfig | None = None
    options: Options | None = None
    addresses: AddressMap | None = None
    unchecked: AddressMap | None = None
    store: SiteStore | None = None
    outages: Outages = field(default_factory=Outages)
    frontier: Frontier | None = None
    snapshot: Callable[[], TemplateSnapshot | None] = lambda: None
    layout_changes: Callable[[], list[str]] = list
    beside_loop: Beside[object] | None = None
    complete: bool | None = None

    def public(self, url: str) -> str:
        """The public address of a fetched one."""
        return self.addresses.to_public(url) if self.addresses is not None else url

    def fetched(self, url: str) -> str:
        """The address at which a public one is asked."""
        return self.addresses.to_fetch(url) if self.addresses is not None else url


_runs: WeakKeyDictionary[Crawler, Run] = WeakKeyDictionary()


def run_of(crawler: Crawler) -> Run:
    """What this crawl's components share, made for whoever asks first."""
    return _runs.setdefault(crawler, Run())


def store_of(crawler: Crawler) -> SiteStore:
    """The open store of a crawl. Raises RuntimeError when its store pipeline is not enabled or not open."""
    store = run_of(crawler).store
    if store is None:
        raise RuntimeError("the store is not open: enable mapexpress.pipelines.store.StorePipeline")
    return store
