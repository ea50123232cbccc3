"""What a stranger's page, feed, sitemap or answer may hold before it is not read any further: one table.

A crawl and every command read them from the settings and hand them on: to pages and records with their `Options`, to
what is stored with its `Layout`. Each number has its reason here, its row in docs/limits.md and its rejection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from mapexpress.errors import UsageError

MOST_DEPTH = 255  # libxml2 reads no deeper by itself


@dataclass(slots=True, frozen=True, kw_only=True)
class Limits:
    """The defaults. Field `tags` is the setting `MAPEXPRESS_MAX_TAGS`, and so on.

    >>> Limits.read({"MAPEXPRESS_MAX_TAGS": "100"}.get).tags
    100
    """

    # The head of an answer: servers take requests with heads of 8 KB (Apache, nginx); answers with many cookies and
    # policies have been seen with 20 KB and some 60 headers
    header_bytes: int = 128 * 1024
    headers: int = 256
    codings: int = 3  # servers apply one, proxies at times one more

    # A page: of 960 real ones the largest has 1.8 MB, 19,252 tags and 3,858 links; time and memory grow with each
    page_bytes: int = 8 * 1024 * 1024
    tags: int = 50_000
    links: int = 10_000
    # 100,000 attributes hold the parser for over 90 s, 1,000 for under 20 ms; real elements have at most a few dozen
    attributes: int = 1000
    depth: int = MOST_DEPTH

    # Pages within these take up to 0.3 s where they are read, in the crawl's own process; of 960 real pages 1 % have
    # more, and are read in the confined one. The sum over an article's pages counts, for its record is made of all.
    light_bytes: int = 1024 * 1024
    light_tags: int = 8_000

    # A record: of 964 real pages the longest text has 118,600 characters, the longest other field 2,752, the longest
    # list 50 values; the longest article has 33 pages
    text: int = 1_000_000
    field: int = 20_000
    values: int = 1_000
    article_pages: int = 300

    # Ways in: sitemaps.org's own limits; exports are feeds of everything
    sitemap_entries: int = 50_000
    feed_entries: int = 50_000
    nested_sitemaps: int = 3  # sitemaps.org wants indexes to hold sitemaps only; plugins nest them once more
    file_bytes: int = 50 * 1024 * 1024  # of a sitemap or feed, where it is a gzip file of what it holds

    # What is stored, or given to `scrapy clean`, and read as a whole: a line, a response, a template, a document. The
    # longest of 964 real records has 0.3 MB, a page of a crawl 16 MB at most, the longest novels 10 MB
    stored_bytes: int = 64 * 1024 * 1024
    # of one line or file of JSON: a value costs up to 100 bytes of memory, whatever it has of the file; a record has
    # some hundreds, the commas of its text counted, a text of 64 MB less than a million
    json_values: int = 2_000_000

    @classmethod
    def read(cls, setting: Callable[[str], object]) -> Limits:
        """From settings by name; what is not set has its default. Raises UsageError for what is no whole number."""
        values = {}
        for field in fields(cls):
            given = setting(setting_of(field.name))
            if given is None or given == "":
                continue
            try:
                number = int(str(given))
            except ValueError:
                number = 0
            if number < 1 or (field.name == "depth" and number > MOST_DEPTH):
                most = f" up to {MOST_DEPTH}" if field.name == "depth" else ""
                raise UsageError(f"{setting_of(field.name)}: {given!r} is not a whole number from 1{most}")
            values[field.name] = number
        return cls(**values)


def setting_of(name: str) -> str:
    """The setting of a limit.

    >>> setting_of("feed_entries")
    'MAPEXPRESS_MAX_FEED_ENTRIES'
    """
    return f"MAPEXPRESS_MAX_{name.upper()}"


DEFAULTS = Limits()
