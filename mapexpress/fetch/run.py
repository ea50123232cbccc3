"""What the components of one crawl share: each takes it from here, and none asks a spider for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.state.frontier import Frontier
    from mapexpress.dataset.store import SiteStore
    from mapexpress.fetch.outages import Outages
    from mapexpress.model.options import Options
    from mapexpress.sites import SiteConfig
    from mapexpress.sites.address_map import AddressMap

T = TypeVar("T")
Beside = Callable[[Callable[[], T]], Awaitable[T]]

STORAGE_FAILED = object()  # signal: nothing more can be kept, so nothing more is waited for


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
    outages: Outages | None = None
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
