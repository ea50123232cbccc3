"""The expressions of this package, and those that its functions make of their arguments."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.pattern_times.finding import Found, found
from mapexpress.boilerplate.phrases import feed_footers
from mapexpress.metadata import dateline
from mapexpress.platforms import load_platforms
from mapexpress.text import lengths

# what a function compiles of its arguments, made of the arguments that it is called with, or of their kind
SAMPLES: dict[str, Callable[[], object]] = {
    "mapexpress.text.lengths:characters": lambda: [script.characters for script in lengths._SCRIPTS],
    "mapexpress.boilerplate.phrases.feed_footers:_compile": feed_footers._footers,
    "mapexpress.boilerplate.phrases.feed_footers:_starts": lambda: [
        re.compile(feed_footers._loose(footer.opening) + r"(?!\w)", re.IGNORECASE) for footer in feed_footers._footers()
    ],
    "mapexpress.metadata.dates.declared:_better_than_vague": lambda: re.compile(r"05\.02\.2020\s*[-–—|•·]"),
    "mapexpress.platforms:recognises": lambda: [
        re.compile(platform.generator, re.IGNORECASE) for platform in load_platforms() if platform.generator
    ],
}
# expressions of site files: whoever runs the command wrote them, and they are tried on no more than an address
TRUSTED = frozenset(
    {
        "mapexpress.discovery.listings:_allowed",
        "mapexpress.sites.values:problems",
        "mapexpress.crawl.requests.plan:_may_be_asked_for",
    }
)


# characters that an expression is given at most, where it may take the square of them
BOUNDED = {"mapexpress.metadata.dateline:_DATELINE": dateline.MOST_READ}


def shape(expression: Found) -> str:
    """What expressions that only differ in their words have in common: tables of words make dozens of such."""
    pattern = expression.expression.pattern
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    return re.sub(r"(?<!\\)[^\W\d_]{2,}", "w", text) + ",".join(sorted(expression.uses))


def expressions() -> list[Found]:
    """All of them; raises `LookupError` for one that is written where it cannot be found."""
    return found("mapexpress", SAMPLES, TRUSTED)
