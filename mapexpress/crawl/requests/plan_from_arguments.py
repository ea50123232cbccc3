"""What a run is asked for, read from arguments, settings and site file before anything is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress.crawl.requests.arguments import Arguments, read_arguments
from mapexpress.crawl.requests.plan import MAX_URL, Plan
from mapexpress.crawl.requests.settings_check import check_settings
from mapexpress.dataset.clock import clock_from
from mapexpress.errors import UsageError
from mapexpress.fetch.browser_choice import check_browser
from mapexpress.fetch.connections.address_policy import AddressPolicy
from mapexpress.limits import Limits
from mapexpress.model.options import options_without
from mapexpress.report.gates import check_thresholds
from mapexpress.sites import SiteConfig, load_site
from mapexpress.sites.address_map import AddressMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.settings import BaseSettings


def read_plan(given: Mapping[str, str], settings: BaseSettings, *, site_name: str | None = None) -> Plan:
    """The plan of a run; `site_name` is the site file of a spider that knows its site.

    Raises UsageError with one line.
    """
    check_settings(settings)
    now = clock_from(settings.get("MAPEXPRESS_NOW"))()
    arguments = read_arguments(given, needs_url=site_name is None, today=now.astimezone().date())
    name = site_name or arguments.site
    folder = Path(settings.get("MAPEXPRESS_SITES") or "sites")
    site = load_site(name, folder) if name else SiteConfig.for_url(arguments.url or "")
    check_thresholds(site.thresholds, site.key)
    _check_languages(arguments, site)
    if site.browser:
        check_browser(settings.get("MAPEXPRESS_BROWSER"), site.key)
    policy = AddressPolicy.parse(settings.get("MAPEXPRESS_ALLOW_HOSTS") or "")
    for address in filter(None, (arguments.url, arguments.base_url)):
        refusal = policy.refusal(address)
        if refusal:
            raise UsageError(f"{address}: {refusal}; open it with -s MAPEXPRESS_ALLOW_HOSTS=host:port")
    return Plan(
        site=site,
        arguments=arguments,
        addresses=AddressMap(site, arguments.base_url),
        options=options_without(settings.getlist("MAPEXPRESS_WITHOUT"), limits=Limits.read(settings.get)),
        longest=settings.getint("MAPEXPRESS_MAX_URL", MAX_URL),
    )


def _check_languages(arguments: Arguments, site: SiteConfig) -> None:
    """Raise UsageError for languages of which the site file knows no edition."""
    known = {edition.language.lower() for edition in site.editions if edition.language}
    if len(known) == 0 or any(edition.language is None for edition in site.editions):
        return
    wanted = {language.split("-")[0] for language in arguments.wanted.languages}
    if wanted and not wanted & {language.split("-")[0] for language in known}:
        asked = ",".join(arguments.wanted.languages)
        raise UsageError(f"lang={asked}: {site.key} has no such edition; known: {', '.join(sorted(known))}")
