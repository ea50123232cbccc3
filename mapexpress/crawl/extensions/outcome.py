"""What a run came to: its exit status, and the summary that a person reads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.defer import _schedule_coro

from mapexpress.crawl.refusals import REPEATED_TEXT
from mapexpress.dataset.state.recheck_schedule import LAYOUT_CHANGED, passes
from mapexpress.errors import MEANINGS, ExitStatus, MapexpressError, StorageError
from mapexpress.extraction.blocked import ADVICE
from mapexpress.pipelines.standard_output import OUTPUT_FAILED
from mapexpress.pipelines.store import StorePipeline
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_ABSENT = ("http_404", "http_410")
_ALARMED = (REPEATED_TEXT, LAYOUT_CHANGED)  # a gate tells of them
ASKED_LESS = ("forbidden", "too_many_requests", "captcha", "challenge")  # what a site answers who asks too much
FAILURES = 3  # articles of a run that are refused or fail, and none comes, before a site that shows some is called away
MAX_NAMES = 12  # sections and languages that the summary names; a screen holds no more


class RunOutcome:
    """Extension: notes bugs and storage failures, which Scrapy counts but forgives, and reads a run's status.

    A storage failure ends the run at once: nothing that follows could be kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.bugs = 0
        self._failure: MapexpressError | None = None
        crawler.signals.connect(self._error, signals.spider_error)
        crawler.signals.connect(self._error, signals.item_error)
        crawler.signals.connect(self._output_failed, OUTPUT_FAILED)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunOutcome:
        return cls(crawler)

    @property
    def failure(self) -> MapexpressError | None:
        """What ended the run before its end, with the line to show."""
        pipeline = self.crawler.get_item_pipeline(StorePipeline)
        return self._failure or (pipeline.failure if pipeline is not None else None)

    def note(self, error: BaseException) -> None:
        """Count an unexpected error, or end the run for one that has a status of its own."""
        pipeline = self.crawler.get_item_pipeline(StorePipeline)
        if isinstance(error, StorageError) and pipeline is not None:
            pipeline.fail(error)
        elif isinstance(error, MapexpressError):
            if self._failure is None:
                self._failure = error
                _schedule_coro(self.crawler.engine.close_spider_async(reason=type(error).__name__))
        else:
            self.bugs += 1

    def status(self) -> ExitStatus:
        """The run's exit status; where several apply: 6, a bug, 4, 3, 5."""
        stats = self.crawler.stats.get_stats()
        if self.failure is not None:
            return self.failure.status
        if self.bugs:
            return ExitStatus.BUG
        shown = stats.get("mapexpress/shown", 0)
        absent = sum(_by_prefix(stats, "mapexpress/rejected/").get(reason, 0) for reason in _ABSENT)
        blocked = _total(stats, "mapexpress/blocked/") - stats.get("mapexpress/blocked/parked", 0)  # nobody refuses
        if (blocked > absent and _none_came(stats, blocked)) or _is_shut_out(stats):
            return ExitStatus.BLOCKED
        if self.crawler.stats.get_value("mapexpress/ended_down"):
            return ExitStatus.NO_WAY_IN
        if not shown or _none_came(stats, sum(_unanswered(stats).values())):
            return ExitStatus.NO_WAY_IN
        return ExitStatus.QUALITY if _alarms(stats) else ExitStatus.OK

    def told(self, status: ExitStatus) -> str:
        """A run that did not go well in one line: what the status means, and the first thing that says why."""
        why = self.why(status)
        return f"status {int(status)}, {MEANINGS[status]}" + (f": {why}" if why else "")

    def why(self, status: ExitStatus) -> str:
        """The first thing that says why a run ended with a status; empty where nothing does."""
        stats = self.crawler.stats.get_stats()
        if status is ExitStatus.NO_WAY_IN and (down := _told(stats, "down")):
            return f"the site is down: {', '.join(down)}"
        return {
            ExitStatus.QUALITY: next(iter(_alarms(stats)), ""),
            ExitStatus.BLOCKED: _listed(_by_prefix(stats, "mapexpress/blocked/")),
            ExitStatus.NO_WAY_IN: next(iter([*_told(stats, "moved"), *_certificates(stats)]), "")
            or _listed(
                _by_prefix(stats, "mapexpress/blocked/") | _by_prefix(stats, "mapexpress/away/") | _unanswered(stats)
            )
            or _listed(_by_prefix(stats, "mapexpress/rejected/")),
        }.get(status, "")

    def _output_failed(self, error: MapexpressError) -> None:
        self.note(error)

    def _error(self, failure: Failure) -> None:
        if failure.value is not None:
            self.note(failure.value)


def _alarms(stats: Mapping[str, object]) -> list[str]:
    """Gates that failed, and what changed in the site's layout: a person has to look at either."""
    return [
        alarm
        for name in ("absent_alarm", "quality_alarm", "layout_change", "way_alarm")
        for alarm in _told(stats, name)
    ]


def _told(stats: Mapping[str, object], name: str) -> list[str]:
    """Sentences that were kept under a name."""
    told = stats.get(f"mapexpress/{name}")
    return [str(sentence) for sentence in told] if isinstance(told, list) else []


def _certificates(stats: Mapping[str, object]) -> list[str]:
    """Hosts whose certificates do not hold, each with what is wrong and what can be done."""
    advice = "; wait until the site mends it, or say verify_certificates = false in its site file"
    return [f"{sentence}{advice}" for sentence in _told(stats, "certificates")]


def _none_came(stats: Mapping[str, object], failed: int) -> bool:
    """Whether none of the articles that were asked came. Where the ways in show known ones one failure says little."""
    if any(_count(stats, name) for name in ("stored", "unchanged", "left_out")):
        return False
    return failed >= (FAILURES if _count(stats, "known") else 1)


def _is_shut_out(stats: Mapping[str, object]) -> bool:
    """Whether the site refuses whoever asks more than a few pages: most of what a run asked, or it gave up for that."""
    asked_less = sum(_count(stats, f"blocked/{reason}") for reason in ASKED_LESS)
    came = sum(_count(stats, name) for name in ("stored", "unchanged", "left_out"))
    return bool(_count(stats, "shut_out")) or (asked_less >= FAILURES and asked_less > came)


def _unanswered(stats: Mapping[str, object]) -> dict[str, int]:
    """Articles that are not there, or failed for what the network, the server or this machine does; none where most
    were answered.

    A notice in the place of articles is an answer where a gate tells of it: a person has to look, status 5.
    """
    rejected = _by_prefix(stats, "mapexpress/rejected/")
    failed = {reason: count for reason, count in rejected.items() if passes(reason) or reason in _ABSENT}
    if _alarms(stats):
        failed = {reason: count for reason, count in failed.items() if reason not in _ALARMED}
    return failed if 2 * sum(failed.values()) > sum(rejected.values()) else {}


def summary(stats: Mapping[str, object], *, site: str, data: str, complete: bool | None, again: str = "") -> str:
    """A run in a few lines: found, new and stored, revised, gone, back, rejected by reason, by section and language,
    where the data is.

    Where the sections that were asked for hold nothing, those that do are named.

    `complete` tells whether a walk back came to its end; None for a run that only took what is new. `again` is the
    command that goes on with a walk.

    >>> print(summary({"mapexpress/found": 3, "mapexpress/new": 2, "mapexpress/rejected/no_text": 1,
    ...     "mapexpress/language/fr": 2}, site="news.example", data="data", complete=None))
    news.example: 3 articles found, 2 stored, 1 rejected
      rejected    1 no_text
      languages   2 fr
      data        data
    """
    rejected = _by_prefix(stats, "mapexpress/rejected/")
    parts = [f"{_count(stats, 'found')} articles found", f"{_count(stats, 'new')} stored"]
    for name, word in (
        ("revised", "revised"),
        ("gone", "gone"),
        ("returned", "back"),
        ("unchanged", "unchanged"),
        ("known", "known already"),
        ("left_out", "not asked for"),
    ):
        if _count(stats, name):
            parts.append(f"{_count(stats, name)} {word}")
    parts.append(f"{sum(rejected.values())} rejected")
    lines = [f"{site}: {', '.join(parts)}"]
    for title, counts in (
        ("rejected", rejected),
        ("sections", _by_prefix(stats, "mapexpress/section/")),
        ("languages", _by_prefix(stats, "mapexpress/language/")),
        ("ways", _by_prefix(stats, "mapexpress/via/")),
    ):
        if counts:
            lines.append(f"  {title:<12}{_listed(counts)}")
    elsewhere = stats.get("mapexpress/other_sections")
    if isinstance(elsewhere, list) and not _count(stats, "stored"):
        lines.append(f"  sections    none that was asked for; the articles are in: {_listed(dict(elsewhere))}")
    lines += troubles(stats)
    for title, name in (
        ("twice", "same_host"),
        ("moved", "moved"),
        ("ways", "failing_way"),
        ("ways", "way_alarm"),
        ("absent", "absent_alarm"),
        ("quality", "quality_alarm"),
        ("layout", "layout_change"),
    ):
        lines += [f"  {title:<12}{sentence}" for sentence in _told(stats, name)]
    if complete is not None:
        lines.append("  walk        complete" if complete else f"  walk        not at its end; to go on: {again}")
    lines.append(f"  data        {data}")
    return "\n".join(map(visible, lines))


def troubles(stats: Mapping[str, object]) -> list[str]:
    """What kept a run from pages: the site, the network, this machine, bounds; each with what can be done."""
    lines: list[str] = []
    blocked = _by_prefix(stats, "mapexpress/blocked/")
    for reason, count in blocked.items():
        lines.append(f"  blocked     {count} {reason}: {ADVICE[reason]}")
    waiting = f"; {_count(stats, 'put_off')} articles wait for it" if _count(stats, "put_off") else ""
    lines += [f"  down        {host}{waiting}: run the same command again later" for host in _told(stats, "down")]
    away = _by_prefix(stats, "mapexpress/away/")
    if away.pop("tls", 0):
        lines += [f"  {'tls':<12}{told}" for told in _certificates(stats)]
    if away.pop("robots_unreachable", 0):
        lines.append(
            "  robots.txt  cannot be had, and while it fails nothing is asked (RFC 9309): run the same command later"
        )
    if away and not _told(stats, "down"):
        lines.append(
            f"  no answer   {_listed(away)}: check the address and the network, then run the same command again"
        )
    failed = _unanswered(stats)
    if _none_came(stats, sum(failed.values())):
        lines.append(
            f"  no article  was answered with one: {_listed(failed)}; they are asked again by a run that comes later"
        )
    lines += [
        f"  bounded     MAPEXPRESS_MAX_{bound.upper()} is met: the rest is left to a later run"
        for bound in _by_prefix(stats, "mapexpress/bounded/")
    ]
    if _count(stats, "exhausted"):
        lines.append(
            f"  machine     {_count(stats, 'exhausted')} times without memory, files or processes: free some, run"
            " the same command again"
        )
    if _count(stats, "refused_addresses"):
        lines.append(
            f"  refused     {_count(stats, 'refused_addresses')} addresses that are not public http or https"
            " (open a host with MAPEXPRESS_ALLOW_HOSTS)"
        )
    return lines


def _listed(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{count} {name}" for name, count in ranked[:MAX_NAMES])
    return named + (f", {len(ranked) - MAX_NAMES} more" if len(ranked) > MAX_NAMES else "")


def _count(stats: Mapping[str, object], name: str) -> int:
    value = stats.get(f"mapexpress/{name}", 0)
    return value if isinstance(value, int) else 0


def _by_prefix(stats: Mapping[str, object], prefix: str) -> dict[str, int]:
    return {k.removeprefix(prefix): v for k, v in stats.items() if k.startswith(prefix) and isinstance(v, int)}


def _total(stats: Mapping[str, object], prefix: str) -> int:
    return sum(_by_prefix(stats, prefix).values())
