"""When the article was published and changed: what the page declares, checked against what varies with the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

from mapexpress.metadata.dates.foreign import foreign_date
from mapexpress.metadata.dates.machine import Moment, read_moment
from mapexpress.metadata.dates.shown import shown_dates
from mapexpress.metadata.sources import Sources, fold, plain, types_of

# of 218 development pages with article:published_time 212 name the gold day; the others are listed in the order of
# how often they do
PUBLISHED = (
    "article:published_time article:published og:article:published_time http://ogp.me/ns/article#published_time "
    "datepublished parsely-pub-date sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime dc.date.issued "
    "dcterms.issued dc.date dcterms.date prism.publicationdate dcterms.created date.created citation_publication_date "
    "og:published_time pubdate date dc.date.created"
).split()
MODIFIED = (
    "article:modified_time og:updated_time article:modified datemodified dc.date.modified dcterms.modified "
    "cxenseparse:modified_time last-modified lastmod revised updated_time date.modified"
).split()
# other names of the same: "publish-date", "published_on", "pub_date", "content:publishDate", "releaseDate"
# Dublin Core's bare date is that of any event in a resource's life (DCMI terms): seen as the day of acceptance beside a
# shown day of publication (acpjournals.org). A bare "date" is in TYPO3 that of the last change (ejwue.de)
_VAGUE = frozenset({"meta:dc.date", "meta:dcterms.date", "meta:date"})
_FEW_WORDS = 40  # characters beside a day: a label or the kind of article, not a sentence
_PUBLISHED_NAME = re.compile(r"publi|pub[-_]?date|release[-_]?date|displaydate")
_NOT_PUBLISHED_NAME = re.compile(r"publisher|modif|updat|expir|last|until")
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19[89]|20[0-4])\d)(?:(?P<s>[/\-_.])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])"
    # a day alone, or the second an id was given: "20260503", "A2026050316330004328"
    r"|(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d){2}\d*)?)(?!\d)"
)
# JSON-LD of these kinds dates something else than the page's article
_OTHER_TYPES = frozenset(
    "imageobject videoobject audioobject comment review claimreview organization person event".split()
)


# offsets from UTC that are in use and not whole hours
_ODD_OFFSETS = frozenset({-210, -150, 210, 270, 330, 345, 390, 570, 630, 765})


@dataclass(slots=True, frozen=True, kw_only=True)
class Dates:
    published: Moment | None = None
    modified: Moment | None = None
    flags: tuple[str, ...] = ()


def url_date(url: str | None) -> date | None:
    """The day in an address, where it names a whole one.

    >>> url_date("https://a.example/2022/04/27/pluie"), url_date("https://a.example/2022/04/pluie")
    (datetime.date(2022, 4, 27), None)
    """
    for match in _URL_DATE.finditer(unquote(urlsplit(url or "").path)):
        try:
            return date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
        except ValueError:
            continue
    return None


def _platform_date(sources: Sources, language: str | None, changes: set[date]) -> Moment | None:
    """The date where the page's platform shows it: far from the headline, or without a headline at all.

    Not one that the page shows as that of a change: themes mark up "Updated January 16" as any other date.
    """
    texts, source = sources.of_platform("date")
    moments = (read_moment(text, source, language) for text in texts)
    return next((moment for moment in moments if moment is not None and moment.day not in changes), None)


def _to_the_minute(first: Moment, other: Moment | None) -> Moment:
    """The more precise of two dates that name one day."""
    if other is None or first.day != other.day or isinstance(first.value, datetime):
        return first
    return other


def _title_date(sources: Sources, language: str | None) -> Moment | None:
    """The date that a headline starts with, apart from it: "23.01.2022 - Sieg in Antholz"."""
    for title in [*sources.headings, *sources.page.meta.get("og:title", ()), sources.page.title_tag]:
        head = re.match(r"\s*([\d./-]{8,10})\s*[-–|:]\s", title)
        if head is not None:
            return read_moment(head[1], "title", language)
    return None


def read_dates(sources: Sources, *, headline: int | None, language: str | None, not_after: date | None = None) -> Dates:
    """Published and modified date with their sources.

    `headline` is the block that shows the headline: only dates near it are the article's. `not_after` is the day
    the page was fetched: a later day is nobody's date of publication.
    """
    horizon = not_after + timedelta(days=2) if not_after else date.max
    declared = [m for m in _declared(sources, "datePublished", PUBLISHED, language) if m.day <= horizon]
    changed = [m for m in _declared(sources, "dateModified", MODIFIED, language) if m.day <= horizon]
    shown = shown_dates(sources, headline=headline, language=language)
    visible = [m for m in shown.published if m.day <= horizon]
    address = url_date(sources.page.url)
    address = address if address is not None and address <= horizon else None
    flags: tuple[str, ...] = ()
    first = declared[0] if declared else None
    if first is not None:
        changes = {m.day for m in [*changed, *shown.modified]}
        witnesses = [m for m in visible if m.day not in changes]
        other = (
            _overwritten(first, witnesses, changes, shown.modified)
            or _contradiction(first, declared, witnesses, address)
            or _better_than_vague(first, witnesses, sources, headline)
        )
        if other is not None:
            first, flags = other, ("date_contradicted",)
        first = _in_local_time(first, [*declared, *visible])
    elif visible:
        first = next((m for m in visible if address and _near(m.day, address)), visible[0])
        first = _to_the_minute(first, _platform_date(sources, language, set()))
    elif address is not None:
        first = Moment(value=address, source="url", raw=address.isoformat())
    else:
        changes = {m.day for m in shown.modified}
        last_resort = (
            _title_date(sources, language)
            or _platform_date(sources, language, changes)
            or foreign_date(sources, headline=headline, language=language)
        )
        first = last_resort if last_resort is not None and last_resort.day <= horizon else None
    last = _last(changed, [m for m in shown.modified if m.day <= horizon])
    return Dates(published=first, modified=last, flags=flags)


def _last(declared: list[Moment], shown: list[Moment]) -> Moment | None:
    """The declared change, unless the page shows a later one."""
    last = next(iter([*declared, *shown]), None)
    return next((m for m in shown if last and m.day > last.day and not _near(m.day, last.day)), last)


def _near(one: date, other: date) -> bool:
    # an address in local time and a date in UTC differ by up to a day
    return abs((one - other).days) <= 1


def _overwritten(first: Moment, visible: list[Moment], changes: set[date], shown: list[Moment]) -> Moment | None:
    """The earlier date that the page shows where its declared one is that of the last change.

    A single day apart may be the time zone's, unless the page shows the change as well.
    """
    if first.day not in changes or not visible or visible[0].day >= first.day:
        return None
    if not _near(visible[0].day, first.day) or any(m.day == first.day for m in shown):
        return visible[0]
    return None


def _better_than_vague(first: Moment, visible: list[Moment], sources: Sources, headline: int | None) -> Moment | None:
    """The day shown near the headline as a date line, where the declared one does not say of what it is.

    A day inside a sentence may be that of anything: "preprint first published on 4 April" (jmir.org). A date line has
    few words beside the day, or begins with it: "05.02.2020 - Redaktion: Anne Lévy (Sprecherin des Verbandes)".
    """
    if not visible or first.source not in _VAGUE or _near(visible[0].day, first.day):
        return None
    raw = visible[0].raw
    lines = (line for block in sources.near(headline) for line in block.text.split("\n") if raw in line)
    begins = re.compile(re.escape(raw) + r"\s*[-–—|•·]")
    return visible[0] if any(len(line) <= len(raw) + _FEW_WORDS or begins.match(line) for line in lines) else None


def _contradiction(first: Moment, declared: list[Moment], visible: list[Moment], address: date | None) -> Moment | None:
    """The date that two witnesses name against the first one: what is shown or in the address varies with the article,
    what a theme declares may be its constant.
    """
    if address is not None and _near(address, first.day):
        return None
    if any(_near(m.day, first.day) for m in visible[:2]):
        return None
    if address is not None:
        return next((m for m in [*declared, *visible] if _near(m.day, address)), None)
    return next((m for m in declared if visible and m.day == visible[0].day), None)


def _in_local_time(first: Moment, others: list[Moment]) -> Moment:
    """The same instant in the page's own time, where a date without offset tells how far that is from UTC.

    "2019-10-18T22:04:00Z" beside "19. Oktober 2019, 00:04" is 2019-10-19T00:04:00+02:00.
    """
    value = first.value
    if not isinstance(value, datetime) or value.utcoffset() != timedelta(0):
        return first
    for other in others:
        local = other.value
        if isinstance(local, datetime) and local.tzinfo is None:
            gap = local.replace(second=0, microsecond=0, tzinfo=UTC) - value.replace(second=0, microsecond=0)
            minutes = gap // timedelta(minutes=1)
            if gap and -720 <= minutes <= 840 and (minutes % 60 == 0 or minutes in _ODD_OFFSETS):
                return Moment(value=value.astimezone(timezone(gap)), source=first.source, raw=first.raw)
    return first


def _declared(sources: Sources, key: str, names: list[str], language: str | None) -> Iterator[Moment]:
    published = key == "datePublished"
    for text, source in _statements(sources, key, names):
        if sources.is_constant(source, text):
            continue
        moment = read_moment(text, source, language)
        if moment is not None:
            yield moment
    if not published:
        return
    for node in sources.articles[:1]:
        moment = read_moment(plain(node.get("dateCreated")), "json-ld:dateCreated", language)
        if moment is not None:
            yield moment


def declared_instants(sources: Sources) -> Iterator[tuple[str, str]]:
    """(value, source) of every date with a time that the page declares: what is the same on all pages dates none.

    A day alone is left out: all articles that a first run sees may be of one day.
    """
    for key, names in (("datePublished", PUBLISHED), ("dateModified", MODIFIED)):
        for text, source in _statements(sources, key, names):
            if ":" in text:
                yield text, source


def _statements(sources: Sources, key: str, names: list[str]) -> Iterator[tuple[str, str]]:
    nodes = [n for n in sources.nodes if key in n and not types_of(n) & _OTHER_TYPES]
    own = [n for n in sources.articles if key in n][:1]
    for node in [*own, *[n for n in nodes if n not in sources.articles][:1]]:
        yield plain(node.get(key)), f"json-ld:{key}"
    yield from sources.meta(*names)
    if key == "datePublished":
        for name in sources.page.meta:
            if _PUBLISHED_NAME.search(name) and not _NOT_PUBLISHED_NAME.search(name) and name not in names:
                yield from sources.meta(name)
    for el in sources.itemprops.get(key.lower(), []):
        holder = next((up.get("itemtype", "") for up in el.iterancestors() if up.get("itemscope") is not None), "")
        if (
            "Comment" not in holder
            and "comment" not in " ".join(up.get("class", "") for up in el.iterancestors()).lower()
        ):
            yield el.get("datetime") or el.get("content") or fold(el.text_content()), f"itemprop:{key}"
            return
