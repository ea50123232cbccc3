"""Where the article ends in plain text: the first widget below it, and all that follows."""

from __future__ import annotations

from itertools import pairwise

from mapexpress.boilerplate.lines import Line
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.plain.draft import LISTS, TITLE_WORDS, Draft
from mapexpress.model.verdict import Reason
from mapexpress.text.sentences import SENTENCE_ENDS

# Labels that also head a paragraph of an article or give one value ("Date:", "Source"): they never open a tail.
_WEAK = frozenset({"date", "source", "credit", "byline", "author", "language", "toc", "views", "reading_time"})
_PITCHES = frozenset({"newsletter", "navigation", "author", "legal", "consent", "paywall", "comments"})
# An article goes on after a comment form or a feed footer only when little of it stood before.
_LITTLE = 400  # characters of prose: two short paragraphs
TEASER_CHARS = 300  # the longest lead that WordPress themes print under a headline: 55 words


def _is_marker(draft: Draft, line: Line) -> bool:
    if line.shape == "footer" or _is_author(draft, line):
        return True
    if line.phrase is None or line.shape not in ("label", "prefix"):
        return False
    if line.shape == "prefix" and not line.phrase.separated:
        # "Sign up for ..." begins sentences too: it opens a widget when another label stands close below
        below = draft.lines[line.index + 1 : line.index + 4]
        return line.text[-1] not in SENTENCE_ENDS and any(other.shape in ("label", "footer") for other in below)
    return line.phrase.kind not in _WEAK


def _is_author(draft: Draft, line: Line) -> bool:
    """Whether the name that stood above the article stands again, alone, below: the author's box."""
    return bool(draft.names) and line.shape == "short" and line.index > draft.first and fold(line.text) in draft.names


def _is_final(draft: Draft, line: Line) -> bool:
    """Whether a marker stands only below articles: a feed footer of this article, a comment form."""
    if line.shape == "footer":
        return line.index in draft.verdicts
    phrase = line.phrase
    if phrase is None or phrase.kind != "comments" or line.shape != "label":
        return False
    return phrase.strength == "notice" or line.words >= 2


def find_tail(draft: Draft) -> int:
    """The first widget below the article: a marker after which no stretch reads like the article going on."""
    lines = draft.lines
    teasers = _teasers(draft)
    markers = [line.index for line in lines[draft.first + 1 : teasers] if _is_marker(draft, line)]
    if not markers:
        return teasers
    before = sum(line.size for line in lines[: markers[0]] if line.shape == "prose")
    ends = [*markers[1:], len(lines)]
    stretches = [lines[m + 1 : e] for m, e in zip(markers, ends, strict=True)]
    goes_on = False
    resumed: list[bool] = [False] * len(markers)
    for i in range(len(markers) - 1, -1, -1):
        between = i + 1 < len(markers)
        goes_on = goes_on or _reads_on(draft, lines[markers[i]], stretches[i], before, between=between)
        resumed[i] = goes_on
    sizes = [sum(line.size for line in s if line.shape == "prose") for s in stretches]
    seen = before
    for i, marker in enumerate(markers):
        if _is_final(draft, lines[marker]) and (seen >= _LITTLE or seen * 3 >= sum(sizes[i:])):
            return marker
        if not resumed[i]:
            return marker
        seen += sizes[i]
    return teasers


def _teasers(draft: Draft) -> int:
    """Where a list of teasers ends the text that no label heads: headlines with cut-off leads, twice or more."""
    last = max((line.index for line in draft.lines if line.shape in ("prose", "sentence", "prefix")), default=-1)
    below = draft.lines[last + 1 :]
    headlines = [
        line
        for line, lead in pairwise(below)
        if line.shape == "short" and line.words >= TITLE_WORDS and lead.shape == "cut"
    ]
    if len(headlines) < 2 or last < draft.first:
        return len(draft.lines)
    first = headlines[0].index
    above = draft.lines[first - 1]
    return first - 1 if above.shape == "short" and above.words <= TITLE_WORDS and above.index > last else first


def _reads_on(draft: Draft, marker: Line, stretch: list[Line], before: int, *, between: bool) -> bool:
    """Whether the lines below a marker are article: prose that follows prose, or stands right below the marker.

    A list of teasers is headline and lead in turn: its prose stands alone, and is short. So is the pitch of a
    sign-up box or an author's biography, `between` this marker and the next one.
    """
    prose = [line for line in stretch if line.shape == "prose"]
    if not prose:
        return False
    kind = marker.phrase.kind if marker.phrase else "author" if _is_author(draft, marker) else ""
    if between and kind in _PITCHES and len(prose) == 1 and prose[0].size <= 2 * TEASER_CHARS:
        return False
    if stretch[0].shape == "prose" or any(a.index + 1 == b.index for a, b in pairwise(prose)):
        return True
    if len(prose) == 1 and marker.phrase is not None and marker.phrase.kind not in LISTS:
        return prose[0].size >= TEASER_CHARS * 2 // 3
    if any(line.size > TEASER_CHARS for line in prose):
        return True
    return sum(line.size for line in prose) > before


def judge_tail(draft: Draft) -> None:
    lines = draft.lines
    label: Reason | None = None
    for line in lines[draft.cut :]:
        if line.shape == "footer" and line.footer is not None:
            draft.remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, at the tail")
            continue
        if line.phrase is not None and line.shape in ("label", "prefix"):
            draft.remove_phrase(line, "below the article")
            if line.phrase.kind not in _WEAK:
                label = line.phrase.kind
            continue
        draft.remove(line, label or "footer", f"place: below the article, under {label or 'tail'!r}")
    # what stands between the last sentence and the first widget goes only when it is no text
    for line in reversed(lines[draft.first + 1 : draft.cut]):
        if line.shape == "figure":
            draft.remove(line, "date", "shape: date, number or signs below the article")
        elif line.phrase is not None and (
            line.shape == "label" or (line.shape == "prefix" and line.phrase.separated and line.words <= 12)
        ):
            draft.remove_phrase(line, "below the article")
        else:
            break
