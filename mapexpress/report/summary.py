"""Figures of one site, gathered in one pass over its parts, in memory that does not grow with the records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from mapexpress.dataset.between_runs.ledger import Notice
from mapexpress.dataset.files.layout import Layout, check_site
from mapexpress.dataset.files.parts import read_part
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.report.sketches import Frequent, Spread

# Fields whose share of filled values tells whether extraction still works on a site.
COVERED = (
    "title", "text", "description", "authors", "section", "tags", "date_published", "language", "publisher",
    "image_url", "canonical_url",
)  # fmt: skip
SHOWN_REJECTIONS = 3  # addresses kept of each reason, the newest: enough to go and look
SHOWN_DUPLICATES = 8
SHOWN_LINES = 10  # that recur
SAMPLED = 12  # articles of a site that are made again to show what was removed from them
MAX_NAMES = 2_000  # distinct sections, languages or reasons of one site; beyond, names are noise
LINE_ROOM = 20_000  # candidate lines kept; a line on more than 1 in 20,000 lines is sure to be seen
LONGEST_LINE = 300  # characters; a longer line that recurs is a reprinted article, not a leak


@dataclass(slots=True)
class SiteSummary:
    """Counts over a site's records; `articles` are first revisions, `revisions` later ones, `gone` tombstones."""

    site: str
    zone: ZoneInfo | None = None  # of the site, for dates without an offset
    articles: int = 0
    revisions: int = 0
    gone: int = 0
    duplicates: int = 0
    empty: int = 0
    days: Counter[str] = field(default_factory=Counter)  # of publication
    stored_days: Counter[str] = field(default_factory=Counter)  # of fetching
    sections: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    removed_blocks: Counter[str] = field(default_factory=Counter)
    removed_chars: Counter[str] = field(default_factory=Counter)
    templates: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # id -> first day, last day, records
    rejections: Counter[str] = field(default_factory=Counter)
    chars: Spread = field(default_factory=Spread)
    delay_minutes: Spread = field(default_factory=Spread)  # published to fetched, where both are instants
    revised_days: Counter[str] = field(default_factory=Counter)
    first_stored: str = ""  # when the site was first crawled; what was published before says nothing of freshness
    last_stored: str = ""
    sample: list[tuple[str, str]] = field(default_factory=list)  # ids of articles with responses, the least hashes
    rejected_pages: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # reason -> address, detail
    duplicate_pages: list[tuple[str, str, str]] = field(default_factory=list)  # title, address, id of the first one
    notices: list[Notice] = field(default_factory=list)  # of the runs, the newest first
    lines: Frequent = field(default_factory=lambda: Frequent(LINE_ROOM))
    faults: list[str] = field(default_factory=list)

    def coverage(self, name: str) -> float | None:
        """Share of the articles in which a field is filled; None without articles."""
        return self.filled[name] / self.articles if self.articles else None

    @property
    def rejected(self) -> int:
        """Pages that gave no record."""
        return self.rejections.total()

    def add(self, record: Mapping[str, object]) -> None:
        """Count one record, given as the plain data of its line."""
        fetched = str(record.get("fetched_at") or "")
        if record.get("status") == "gone":
            self.gone += 1
            return
        if record.get("revision") != 1:
            self.revisions += 1
            self.revised_days[fetched[:10]] += 1
            return
        self.articles += 1
        if fetched:
            self.stored_days[fetched[:10]] += 1
            self.first_stored = min(self.first_stored or fetched, fetched)
            self.last_stored = max(self.last_stored, fetched)
        text = str(record.get("text") or "")
        self.empty += not text
        if record.get("duplicate_of"):
            self.duplicates += 1
            told = (str(record.get("title")), str(record.get("url") or ""), str(record.get("duplicate_of")))
            self.duplicate_pages = [*self.duplicate_pages, told][-SHOWN_DUPLICATES:]
        published = record.get("date_published")
        if isinstance(published, str):
            self.days[published[:10]] += 1
            self._count_delay(published, fetched)
        for counter, name in (
            (self.sections, "section"),
            (self.languages, "language"),
            (self.extractors, "extractor"),
        ):
            _bump(counter, record.get(name))
        for name in COVERED:
            self.filled[name] += bool(record.get(name))
        self.chars.add(len(text))
        for removal in _maps(record.get("removed")):
            reason = str(removal.get("reason"))
            self.removed_blocks[reason] += _whole(removal.get("blocks"))
            self.removed_chars[reason] += _whole(removal.get("chars"))
        quality = record.get("quality")
        for flag in quality.get("flags") or () if isinstance(quality, dict) else ():
            _bump(self.flags, flag)
        _count_template(self, record)
        if record.get("warc_record_id"):
            self._sample(str(record.get("id")))
        self.lines.update({p for p in text.split("\n\n") if 0 < len(p) <= LONGEST_LINE})

    def reject(self, rejection: Mapping[str, object]) -> None:
        """Count a page that gave no record."""
        reason = _bump(self.rejections, rejection.get("reason"))
        if reason is not None:
            page = (str(rejection.get("url") or ""), str(rejection.get("detail") or ""))
            self.rejected_pages[reason] = [*self.rejected_pages.get(reason, ()), page][-SHOWN_REJECTIONS:]

    def _count_delay(self, published: str, fetched: str) -> None:
        """From published to stored, of what came out since the site was first crawled: an archive is not late."""
        try:
            start, end = datetime.fromisoformat(published), datetime.fromisoformat(fetched)
            first = datetime.fromisoformat(self.first_stored)
        except ValueError:
            return
        if self.zone is not None and start.tzinfo is None and len(published) > 10:
            start = start.replace(tzinfo=self.zone)
        if start.tzinfo and end.tzinfo and first.tzinfo and end >= start >= first:
            self.delay_minutes.add((end - start).total_seconds() / 60)

    def _sample(self, record_id: str) -> None:
        """Keep the articles whose ids hash least: the same ones in any order, spread over all sections and days."""
        digest = hashlib.blake2b(record_id.encode("utf-8", "replace"), digest_size=8).hexdigest()
        if len(self.sample) < SAMPLED or digest < self.sample[-1][0]:
            self.sample = sorted({*self.sample, (digest, record_id)})[:SAMPLED]

    def leak_suspects(self, n: int = SHOWN_LINES) -> list[tuple[str, int]]:
        """Lines that stand in at least three articles and in at least 2 % of them, commonest first."""
        least = max(3, self.articles // 50)
        return [(line, seen) for line, seen in self.lines.most(n) if seen >= least]


def summarise(data: Path, key: str, *, zone: ZoneInfo | None = None, limits: Limits = DEFAULTS) -> SiteSummary:
    """Read all sealed parts of a site. A damaged part is named in `faults`; what was whole in it counts."""
    layout = Layout(data, key, limits)
    check_site(layout)
    summary = SiteSummary(site=key, zone=zone)
    for record in _records(layout.dataset, limits, summary.faults):
        summary.add(record)
    for rejection in _records(layout.rejections, limits, summary.faults):
        summary.reject(rejection)
    summary.lines.keep(SHOWN_LINES)  # hundreds of sites are held at once
    return summary


def _records(folder: Path, limits: Limits, faults: list[str]) -> Iterator[Mapping[str, object]]:
    from mapexpress.errors import StorageError

    for path in sorted(folder.rglob("*.jsonl.gz")) if folder.is_dir() else ():
        try:
            for line in read_part(path, limits):
                try:
                    value = orjson.loads(line)
                except orjson.JSONDecodeError:
                    faults.append(f"{path.name}: a line is not JSON")
                    continue
                if isinstance(value, dict):
                    yield value
        except StorageError as error:
            faults.append(str(error))


def _count_template(summary: SiteSummary, record: Mapping[str, object]) -> None:
    name, day = record.get("template_id"), str(record.get("fetched_at") or "")[:10]
    if isinstance(name, str):
        first, last, n = summary.templates.get(name, (day, day, 0))
        summary.templates[name] = (min(first, day), max(last, day), n + 1)


def _bump(counter: Counter[str], name: object) -> str | None:
    if name is None:
        return None
    key = str(name)
    key = key if key in counter or len(counter) < MAX_NAMES else "…"
    counter[key] += 1
    return key


def _maps(value: object) -> Iterable[Mapping[str, object]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
