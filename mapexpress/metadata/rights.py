"""What may be done with the page: read without paying, mined without asking."""

from __future__ import annotations

import re

from mapexpress.metadata.sources import Sources

_NO_AI = re.compile(r"\b(noai|noimageai)\b", re.IGNORECASE)


def read_is_free(sources: Sources) -> tuple[bool, str] | None:
    """schema.org's isAccessibleForFree, which publishers write as boolean, "True", "false", 0 or a URL."""
    for node in [*sources.articles, *sources.pages]:
        value = node.get("isAccessibleForFree")
        if isinstance(value, bool):
            return value, "json-ld:isAccessibleForFree"
        word = str(value).strip().lower().rsplit("/", 1)[-1]
        if word in ("true", "false", "0", "1"):
            return word in ("true", "1"), "json-ld:isAccessibleForFree"
    tier = sources.first_meta("article:content_tier")
    if tier is not None and tier[0].lower() in ("free", "locked", "metered"):
        return tier[0].lower() == "free", tier[1]
    return None


def read_tdm_reserved(sources: Sources) -> tuple[bool, str] | None:
    """Whether text and data mining is reserved: TDM Reservation Protocol (W3C community report 2024) or `noai`.

    The header comes before the page's own meta element, as the protocol says; a robots directive only reserves.
    """
    for value, source in [
        (sources.headers.get("tdm-reservation", ""), "header:tdm-reservation"),
        *sources.meta("tdm-reservation"),
    ]:
        if value.strip() in ("0", "1"):
            return value.strip() == "1", source
    for value, source in [
        (sources.headers.get("x-robots-tag", ""), "header:x-robots-tag"),
        *sources.meta("robots"),
    ]:
        if _NO_AI.search(value):
            return True, source
    return None
