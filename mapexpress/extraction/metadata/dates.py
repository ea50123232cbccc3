"""When the article was published and changed: what the page declares, checked against what varies with the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mapexpress.extraction.metadata.sources import Sources, fold, plain
from mapexpress.extraction.metadata.visible_dates import find_dates
from mapexpress.records import DatePrecision

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# of 218 development pages with article:published_time 212 name the gold day; the others are listed in the order of
# how often they do (dateCreated last: 27 of 32)
PUBLISHED = (
    "article:published_time article:published og:article:published_time datepublished parsely-pub-date sailthru.date "
    "cxenseparse:recs:publishtime cxenseparse:publishtime dc.date.issued dcterms.issued dc.date dcterms.date "
    "prism.publicationdate dcterms.created date.created citation_publication_date rnews:datepublished "
    "og:published_time published_time published_date publishdate publish-date publish_date publication_date "
    "pubdate pub_date date_published content:publishdate article.published displaydate date dc.date.created datecreated"
).split()
MODIFIED = (
    "article:modified_time og:updated_time article:modified datemodified dc.date.modified dcterms.modified "
    "cxenseparse:modified_time last-modified lastmod revised updated_time date.modified"
).split()
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19[89]|20[0-4])\d)(?:(?P<s>[/\-_.])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])|(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01]))(?!\d)"
)
# what the theme or an empty field gives: the epoch, year 1, and nothing before printing presses had web sites
_EARLIEST = 1950
_ISO_LIKE = re.compile(r"^(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)")


@dataclass(slots=True, frozen=True, kw_only=True)
class Moment:
    """A date as the page says it; `raw` is the page's own wording."""

    value: date | datetime
    source: str
    raw: str

    @property
    def day(self) -> date:
        return self.value.date() if isinstance(self.value, datetime) else self.value

    @property
    def precision(self) -> DatePrecision:
        if not isinstance(self.value, datetime):
            return "day"
        return "local" if self.value.tzinfo is None else "instant"

    @property
    def iso(self) -> str:
        """ISO 8601 as precise as the page says, fractions of a second left out."""
        if isinstance(self.value, datetime):
            return self.value.replace(microsecond=0).isoformat()
        return self.value.isoformat()


@dataclass(slots=True, frozen=True, kw_only=True)
class Dates:
    published: Moment | None = None
    modified: Moment | None = None
    flags: tuple[str, ...] = ()


def parse_machine(text: str) -> date | datetime | None:
    """Read a date that was written for machines: ISO 8601 and its usual misspellings, RFC 5322.

    >>> parse_machine("2022-04-27T17:39:00.000+0100").isoformat(), parse_machine("2022/04/27")
    ('2022-04-27T17:39:00+01:00', datetime.date(2022, 4, 27))
    >>> parse_machine("Wed, 27 Apr 2022 17:39:00 GMT").isoformat(), parse_machine("0001-01-01T00:00:00")
    ('2022-04-27T17:39:00+00:00', None)
    """
    text = text.strip()
    value: date | datetime | None = None
    try:
        head = _ISO_LIKE.match(text)
        if head is not None:
            rest = text[head.end() :].strip()
            rest = re.sub(r"(?<=\d)\s*(?:UTC|GMT)$", "Z", re.sub(r"\s+(?=[+-]\d)", "", rest))
            iso = "-".join(head.groups())
            value = datetime.fromisoformat(f"{iso}T{rest.lstrip('T ')}") if rest else date.fromisoformat(iso)
        elif re.match(r"^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d", text):
            value = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        head = _ISO_LIKE.match(text)
        try:
            value = date(*map(int, head.groups())) if head else None
        except ValueError:
            value = None
    return (
        value
        if value is not None and value.year >= _EARLIEST and (value.year, value.month, value.day) != (1970, 1, 1)
        else None
    )


def url_date(url: str | None) -> date | None:
    """The day in an address, where it names a whole one.

    >>> url_date("https://a.example/2022/04/27/pluie"), url_date("https://a.example/2022/04/pluie")
    (datetime.date(2022, 4, 27), None)
    """
    path = unquote(urlsplit(url or "").path)
    for match in _URL_DATE.finditer(path):
        try:
            return date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
        except ValueError:
            continue
    return None


def read_dates(sources: Sources, *, headline: int | None, language: str | None, not_after: date | None = None) -> Dates:
    """Published and modified date with their sources.

    `headline` is the block that shows the headline: only dates near it are the article's. `not_after` is the day
    the page was fetched: a later day is nobody's date of publication.
    """
    horizon = not_after + timedelta(days=2) if not_after else None
    published = [m for m in _declared(sources, "datePublished", PUBLISHED, language) if _possible(m, horizon)]
    modified = [m for m in _declared(sources, "dateModified", MODIFIED, language) if _possible(m, horizon)]
    shown, changed = _shown(sources, headline, language)
    shown = [m for m in shown if _possible(m, horizon)]
    address = url_date(sources.page.url)
    flags: list[str] = []
    first = published[0] if published else None
    if first is not None and address is not None and not _near(first.day, address):
        # the address and the visible date vary with the article, a theme's constant does not
        witness = next((m for m in [*published, *shown] if _near(m.day, address)), None)
        if witness is not None:
            first = witness
            flags.append("date_contradicted")
    if first is None and shown:
        first = next((m for m in shown if address and _near(m.day, address)), shown[0])
    if first is None and address is not None and (horizon is None or address <= horizon):
        first = Moment(value=address, source="url", raw=address.isoformat())
    last = next(iter(modified), None) or next((m for m in changed if _possible(m, horizon)), None)
    return Dates(published=first, modified=last, flags=tuple(flags))


def _near(one: date, other: date) -> bool:
    # an address in local time and a date in UTC differ by up to a day
    return abs((one - other).days) <= 1


def _possible(moment: Moment, horizon: date | None) -> bool:
    return horizon is None or moment.day <= horizon


def _declared(sources: Sources, key: str, names: list[str], language: str | None) -> Iterator[Moment]:
    for node in [*sources.articles[:1], *[n for n in sources.pages if key in n][:1]]:
        yield from _moment(plain(node.get(key)), f"json-ld:{key}", language)
    for text, source in sources.meta(*names):
        yield from _moment(text, source, language)
    if key == "datePublished":
        for node in sources.articles[:1]:
            yield from _moment(plain(node.get("dateCreated")), "json-ld:dateCreated", language)
    for el in sources.itemprops.get(key.lower(), [])[:1]:
        text = el.get("datetime") or el.get("content") or fold(el.text_content())
        yield from _moment(text, f"itemprop:{key}", language)


def _moment(text: str, source: str, language: str | None) -> Iterator[Moment]:
    if not text or len(text) > 80:
        return
    value = parse_machine(text)
    if value is None and re.search(r"\D", text):
        seen = find_dates(text, language=language)
        value = seen[0].value if seen else None
    if value is not None and value.year >= _EARLIEST:
        yield Moment(value=value, source=source, raw=text)


def _shown(sources: Sources, headline: int | None, language: str | None) -> tuple[list[Moment], list[Moment]]:
    """Dates that the page shows near its headline: published ones (labelled first), and those of a change."""
    labelled: list[Moment] = []
    bare: list[Moment] = []
    changed: list[Moment] = []
    times = _times(sources, headline)
    for block in sources.near(headline):
        for el in times.pop(block.index, ()):
            moment = next(_moment(el.get("datetime") or "", "time", language), None)
            if moment is not None:
                (changed if _is_update(el) else bare).append(moment)
        if len(block.text) > 220 or block.link_chars > 0.8 * len(block.text) + 12:
            continue
        for seen in find_dates(block.text, language=language):
            moment = Moment(value=seen.value, source="visible text", raw=seen.raw)
            (changed if seen.label == "modified" else labelled if seen.label else bare).append(moment)
    return [*labelled, *bare], changed


def _times(sources: Sources, headline: int | None) -> dict[int, list[HtmlElement]]:
    """`<time datetime>` elements by the block that shows them."""
    if headline is None:
        return {}
    owner = {block.element: block.index for block in reversed(sources.near(headline))}
    out: dict[int, list[HtmlElement]] = {}
    for el in sources.page.root.iter("time"):
        if not el.get("datetime"):
            continue
        up: HtmlElement | None = el
        for _ in range(4):
            if up is None:
                break
            if up in owner:
                out.setdefault(owner[up], []).append(el)
                break
            up = up.getparent()
    return out


def _is_update(el: HtmlElement) -> bool:
    name = f"{el.get('class', '')} {el.get('itemprop', '')}".lower()
    # WordPress marks a post that was never changed "entry-date published updated"
    return ("updated" in name or "modif" in name) and "publi" not in name and "entry-date" not in name
