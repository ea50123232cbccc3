"""A run right after the first, and one after an edit, a new article and a removal, by the server's own log."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.survival.bench import Bench
from fixtures.scale import SECTIONS, scaled_posts
from fixtures.server import serve
from fixtures.website import Website

# What a second run may ask, each once: nothing else, above all no article.
ALLOWED = {
    "robots.txt": r"/robots\.txt",
    "tdmrep.json": r"/\.well-known/tdmrep\.json",
    "feeds": r"(/ar)?/(.+/)?feed/",
    "sitemap index": r"/sitemap_index\.xml",
    "REST types": r"(/ar)?/wp-json/wp/v2/(types|actualite|communiques-de-press|videos)\?.*",
    "first listing pages": r"(/ar)?/(actualite/([a-z-]+/?)?)?",
}


def again(bench: Bench) -> str:
    """The second run stores nothing and asks each way in once; the third stores exactly the three changes."""
    posts = scaled_posts(bench.articles)
    new, edited, gone = posts[0], posts[2], posts[4]
    later = {"body": edited.body + "<p>Le conseil provincial examinera le dossier vendredi, en présence des élus.</p>"}
    posts[2] = replace(edited, later=later | {"modified": datetime(2026, 5, 20, 14, tzinfo=UTC)})
    told, before = [], Counter[str]()
    added = Counter[str]()
    with serve(Website(posts)) as server:
        site = server.website
        site.hidden = {new.name}
        for name, clock in (("first", "12:00"), ("second", "12:02"), ("third", "16:00")):
            if name == "third":
                site.hidden, site.later, site.gone = set(), {edited.name}, {gone.name}
            server.hits.clear()
            bench.crawled(server, "-s", f"MAPEXPRESS_NOW=2026-05-20T{clock}:00+00:00")
            lines = Counter(json.dumps(record, sort_keys=True) for record in bench.records())
            added, before = lines - before, lines
            told.append(f"{name} run: {len(server.hits)} requests, {added.total()} stored")
            if name == "second":
                told[-1] += f" ({_asked(server.targets())})"
                if added:
                    raise AssertionError(told[-1])
    changed = sorted((str(r["url"]), r["revision"], r["status"]) for r in map(json.loads, added))
    expected = sorted([(new.url, 1, "active"), (edited.url, 2, "active"), (gone.url, 2, "gone")])
    if changed != expected:
        raise AssertionError(f"{told[-1]}: {changed}, not {expected}")
    return "; ".join(told) + ": the new one, the edit, the removal"


def _asked(targets: list[str]) -> str:
    """How often each kind was asked. Raises AssertionError for an address asked twice, or one of no such kind."""
    twice = [target for target, count in Counter(t.partition("&orderby")[0] for t in targets).items() if count > 1]
    kinds: Counter[str] = Counter()
    for target in targets:
        kind = next((name for name, pattern in ALLOWED.items() if re.fullmatch(pattern, target)), None)
        if kind is None:
            raise AssertionError(f"the second run asked {target}")
        kinds[kind] += 1
    if twice or kinds["robots.txt"] > 1 or kinds["first listing pages"] > 2 * (len(SECTIONS) + 2):
        raise AssertionError(f"asked twice: {twice}; {dict(kinds)}")
    return ", ".join(f"{count} {name}" for name, count in kinds.items())
