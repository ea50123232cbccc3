"""A crawl compared with the truth: what was found, missed and wrong, and what it cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from benchmarks.site_kinds.crawling import Run
from benchmarks.site_kinds.site import Site
from benchmarks.site_kinds.stories import Story

# Requests that are neither way in nor listing, for each page of an article.
BUDGET = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Counts of one crawl; `wrong` and `missed` name what they count."""

    run: Run
    expected: int
    found: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    ways: int
    listings: int
    others: int
    pages: int  # pages of the articles that were to be asked

    @property
    def cost(self) -> float:
        """Requests beyond ways in and listings for each page of an article."""
        return self.others / self.pages if self.pages else 0.0

    @property
    def holds(self) -> bool:
        """Nothing missed, nothing wrong, within the budget, status 0."""
        return not self.missed and not self.wrong and self.cost <= BUDGET and self.run.status == 0


def judge(site: Site, run: Run, expected: Sequence[Story], *, asked: Sequence[Story] | None = None) -> Verdict:
    """Compare with the stories that the run had to give; `asked` are those it had to fetch (default: all of them)."""
    by_address = {unquote(a): s for a, s in site.addresses.items()}
    by_title = {s.title: s for s in site.addresses.values()}
    seen: set[str] = set()
    wrong: list[str] = []
    for record in run.records:
        story = by_address.get(unquote(str(record["canonical_url"])))
        if story is None:
            other = by_title.get(str(record["title"]))
            wrong.append(f"{'address' if other else 'not an article'}: {unquote(str(record['canonical_url']))}")
            story = other
        if story is None:
            continue
        if story.title in seen:
            wrong.append(f"twice: {unquote(str(record['url']))}")
        seen.add(story.title)
        wrong += _differences(record, story)
    missed = [s.title for s in expected if s.title not in seen]
    roles = [_role(hit.role, hit.url, run, n) for n, hit in enumerate(run.hits)]
    told = expected if asked is None else asked
    return Verdict(
        run=run,
        expected=len(expected),
        found=len(seen),
        missed=tuple(missed),
        wrong=tuple(wrong),
        ways=roles.count("way"),
        listings=roles.count("listing"),
        others=len(roles) - roles.count("way") - roles.count("listing"),
        pages=sum(len(s.parts) for s in told),
    )


def _role(role: str, url: str, run: Run, place: int) -> str:
    """A way in or listing that was just asked is a waste the second time; guesses of ways in are ways."""
    if role in ("way", "listing"):
        return "waste" if any(hit.url == url for hit in run.hits[:place]) else role
    if role == "waste" and _GUESS.search(url):
        return "way"
    return role


_GUESS = re.compile(
    r"/(?:feed|rss|feeds/posts/default|(?:rss|feed|atom|index)\.xml|feed\.json|(?:sitemap_index|wp-sitemap|sitemap|"
    r"news-sitemap|sitemap-news)\.xml|(?:index\.php/)?wp-json|robots\.txt|\.well-known/tdmrep\.json)/?$|[?&]rest_route=/$"
)


def _differences(record: dict[str, Any], story: Story) -> list[str]:
    out = []
    name = f"{story.number} {story.title[:40]}"
    if record["title"] != story.title:
        out.append(f"title of {name}: {record['title']!r}")
    day = f"{story.published:%Y-%m-%d}"
    if str(record["date_published"] or "")[:10] != day:
        out.append(f"date of {name}: {record['date_published']} for {day}")
    if str(record["language"]).split("-")[0] != story.lang:
        out.append(f"language of {name}: {record['language']}")
    text = [_folded(p) for p in str(record["text"]).split("\n\n")]
    truth = [_folded(p) for p in story.paragraphs]
    lost = [p for p in truth if p not in text]
    more = [p for p in text if p not in truth]
    if lost:
        out.append(f"text of {name}: {len(lost)} of {len(truth)} paragraphs lost: {lost[0][:60]}")
    if more:
        out.append(f"text of {name}: {len(more)} paragraphs more: {more[0][:80]}")
    if not lost and not more and text != truth:
        out.append(f"text of {name}: in another order")
    return out


def _folded(text: str) -> str:
    return " ".join(text.split())
