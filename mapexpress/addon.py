"""One line for any Scrapy project: `ADDONS = {"mapexpress.addon.MapexpressAddon": 0}`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.utils.misc import load_object

import mapexpress
from mapexpress.limits import Limits, setting_of

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

# Order counts from the engine (low) to the network (high); Scrapy's own: robots.txt 100, retry 550, redirect 600.
DOWNLOADER_MIDDLEWARES = {
    "mapexpress.fetch.connections.guard.AddressGuardMiddleware": 40,  # before anything is asked, robots.txt included
    "mapexpress.fetch.robots.RobotsMiddleware": 100,  # in the place of Scrapy's
    "mapexpress.fetch.tdm_reservation.ReservationMiddleware": 105,  # after robots.txt, before an article is asked
    "mapexpress.fetch.replay.StoredResponseMiddleware": 107,  # after what decides whether, before what asks the site
    "mapexpress.fetch.politeness.CrawlDelayMiddleware": 110,  # knows what robots.txt said
    "mapexpress.fetch.politeness.RetryAfterMiddleware": 540,  # after the plain retries
    "mapexpress.fetch.outages.OutageMiddleware": 560,  # before the plain retries: sees every try
    "mapexpress.fetch.bodies.WholeBodyMiddleware": 595,  # next to HttpCompression: sees the body as it was received
    "mapexpress.fetch.connections.guard.RedirectTargetMiddleware": 605,  # sees a redirect before Scrapy follows it
    "mapexpress.fetch.capture.WarcMiddleware": 880,  # redirects and errors too, before decompression
    "mapexpress.fetch.connections.guard.ResolvedAddressMiddleware": 890,
}
EXTENSIONS = {
    "mapexpress.crawl.extensions.plain_log.PlainLog": 0,  # before anything of a site is logged
    "mapexpress.crawl.extensions.outcome.RunOutcome": 0,
    "mapexpress.crawl.extensions.quality.QualityGates": 0,
    "mapexpress.crawl.extensions.run_log_writer.RunLog": 1,  # keeps what the others found
    "mapexpress.crawl.extensions.progress.Progress": 1,  # tells what the others found
}
# Narrowing first: what a publisher reserves, what is no record, what this run has written; the store is the end.
ITEM_PIPELINES = {
    "mapexpress.pipelines.adapt.AdaptPipeline": 50,  # before all that knows records only
    "mapexpress.pipelines.checks.TdmPipeline": 100,
    "mapexpress.pipelines.checks.ValidatePipeline": 200,
    "mapexpress.pipelines.deduplicate.DeduplicatePipeline": 300,
    "mapexpress.pipelines.store.StorePipeline": 900,
}
FEED_EXPORTERS = {"csv": "mapexpress.pipelines.csv_export.SpreadsheetSafeExporter"}
FEED_STORAGES = {"stdout": "mapexpress.pipelines.standard_output.OutputStorage"}
HANDLER = "mapexpress.fetch.handler.InterruptibleHandler"
RESOLVER = "mapexpress.fetch.connections.guard.GuardedResolver"
SETTINGS = {
    "MAPEXPRESS_DATA": "data",
    "MAPEXPRESS_SITES": "sites",
    "MAPEXPRESS_WITHOUT": [],  # kinds of evidence not listened to, for measuring what the others find by themselves
    "MAPEXPRESS_WARC": True,  # without raw responses nothing can be made again, and a revision is a guess
    "MAPEXPRESS_WARC_DAYS": 0,  # responses older than this are dropped; 0 keeps them for good
    "MAPEXPRESS_ALLOW_HOSTS": "",
    "MAPEXPRESS_CONTACT": "",
    "MAPEXPRESS_LOG_JSON": False,
    "MAPEXPRESS_MAX_URL": 2083,  # Scrapy's number, with a reason instead of silence
    "MAPEXPRESS_MAX_PAGES": 20_000,  # of one pager; the largest sections have some thousands
    "MAPEXPRESS_MAX_WAYS": 50_000,  # sitemaps, and listings, of one run: what one sitemap index may hold
    "MAPEXPRESS_MAX_EDITIONS": 200,  # homes of one run; the broadcasters with the most languages have some 60
    # One request a second asks for 86,400 pages a day: more is no polite crawl, and 8 GB are 100 KB for each, deflated
    "MAPEXPRESS_MAX_RUN_BYTES": 8 * 1024**3,
    "MAPEXPRESS_MAX_DAY_BYTES": 8 * 1024**3,
    "MAPEXPRESS_MAX_RUN_WAYS": 86_400,
    "MAPEXPRESS_MAX_DAY_WAYS": 86_400,
    "MAPEXPRESS_FIRST_BYTE_TIMEOUT": 20.0,  # seconds to the end of the headers; DOWNLOAD_TIMEOUT is for all
    "MAPEXPRESS_PAGE_SECONDS": 10.0,  # for one page in the crawl's own process; they take up to 0.3
    "MAPEXPRESS_EXTRACTION_SECONDS": 20.0,  # for one heavy page; the slowest within the limits of size took 7
    "MAPEXPRESS_EXTRACTION_MEGABYTES": 320,  # above what the confined process starts with
    "MAPEXPRESS_BROWSER": "",  # the browser of sites that ask for one; else chromium on PATH
    "MAPEXPRESS_STORE_RESERVED": False,  # what a publisher reserves for itself is not ours to keep
    "MAPEXPRESS_MAX_CRAWL_DELAY": 60.0,  # a longer one is a way to say no that would keep a run for days
    "MAPEXPRESS_MAX_RETRY_AFTER": 60.0,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,  # Scrapy looks at none: whoever is between could write the records
    "HTTPERROR_ALLOW_ALL": True,  # the spider gives each status its reason
    **{setting_of(name): value for name, value in asdict(Limits()).items()},  # what an answer and a page may hold
}


class MapexpressAddon:
    """Plugs the components in, below whatever the project, the spider or the command line says."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """What is read before there is a crawler: the spiders, and the resolver that all crawlers share."""
        settings.set("TWISTED_DNS_RESOLVER", RESOLVER, priority="addon")
        settings.add_to_list("SPIDER_MODULES", "mapexpress.spiders")

    def update_settings(self, settings: BaseSettings) -> None:
        """Components, handlers that know http and https only, a User-Agent that says who we are, and the limits."""
        for name, components in (
            ("DOWNLOADER_MIDDLEWARES", DOWNLOADER_MIDDLEWARES),
            ("EXTENSIONS", EXTENSIONS),
            ("ITEM_PIPELINES", ITEM_PIPELINES),
        ):
            for path, order in components.items():
                settings.setdefault_in_component_priority_dict(name, load_object(path), order)
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", RobotsTxtMiddleware, None)
        settings.set("FEED_EXPORTERS", FEED_EXPORTERS | settings.getdict("FEED_EXPORTERS"), priority="addon")
        settings.set("FEED_STORAGES", FEED_STORAGES | settings.getdict("FEED_STORAGES"), priority="addon")
        handlers = {"http": HANDLER, "https": HANDLER, "file": None, "ftp": None, "s3": None, "data": None}
        settings.set("DOWNLOAD_HANDLERS", handlers, priority="addon")
        for name, value in SETTINGS.items():
            settings.set(name, value, priority="addon")
        settings.set("USER_AGENT", user_agent(settings.get("MAPEXPRESS_CONTACT")), priority="addon")
        Limits.read(settings.get)  # one that is no number ends the command here


def user_agent(contact: str | None) -> str:
    """Name, version and how to reach whoever runs the crawl.

    >>> user_agent("desk@news.example").split("/")[0], user_agent("desk@news.example").split()[-1]
    ('mapexpress', '(+desk@news.example)')
    """
    return f"mapexpress/{mapexpress.__version__}" + (f" (+{contact})" if contact else "")
