"""Who publishes the page, and every name that stands for the site: for suffixes and bylines that are none."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mapexpress.metadata.sources import Sources, plain, types_of, words

_HOST_PARTS = frozenset("www m mobile amp news com org net co uk info fr ar en de es".split())
_HANDLE = re.compile(r"^@\w+$")


def read_publisher(sources: Sources) -> tuple[str, str] | None:
    """The publisher's name and its source; the site file's name wins, a handle ("@lemonde") is no name."""
    if sources.site is not None and sources.site.publisher:
        return sources.site.publisher, "site file"
    for name, source in declared_publishers(sources):
        if not _HANDLE.match(name) and "://" not in name and len(name) <= 80:
            return name, source
    return None


def declared_publishers(sources: Sources) -> list[tuple[str, str]]:
    """Every name that the page declares as its publisher's or its site's, with its source, the surest first."""
    if sources.publishers is None:
        sources.publishers = _declared(sources)
    return sources.publishers


def _declared(sources: Sources) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in sources.articles:
        name = _name(sources, node.get("publisher"))
        if name:
            found.append((name, "json-ld:publisher"))
    found += sources.meta("og:site_name")
    for node in sources.nodes:
        kinds = types_of(node)
        if kinds & {"newsmediaorganization", "website"} or ("organization" in kinds and not found):
            name = plain(node.get("name"))
            if name:
                found.append((name, "json-ld:" + sorted(kinds)[0]))
    found += sources.meta("application-name", "dc.publisher", "dcterms.publisher", "copyright", "publisher")
    return found


def _name(sources: Sources, value: object) -> str:
    value = sources.resolve(value[0] if isinstance(value, list) and value else value)
    return plain(value)


def site_names(sources: Sources) -> set[str]:
    """Every name of the site in words (see `words`): declared ones, and the host as people write it.

    For "www.news-day.example.com" that is "news day", "newsday", "news day example com" and so on.
    """
    if sources.names is None:
        sources.names = _site_names(sources)
    return sources.names


def _site_names(sources: Sources) -> set[str]:
    names = {words(name) for name, _ in declared_publishers(sources)}
    if sources.site is not None and sources.site.publisher:
        names.add(words(sources.site.publisher))
    host = urlsplit(sources.page.url or "").hostname or ""
    if host:
        parts = [p for p in host.split(".") if p not in _HOST_PARTS]
        names |= {words(host.removeprefix("www.")), words(".".join(host.split(".")[-2:]))}
        for part in parts[-2:]:
            if len(part) > 2:
                names |= {words(part), words(part.replace("-", " ")), part.replace("-", "")}
    return {n for n in names if n}
