"""Cleaning text that has lost its HTML: a dispatch with everything that stood around it.

Structure is recovered from place, length, punctuation, cut-off endings, runs of labels and the repeated title. Prose
(long lines that end like sentences) shows where the article is; around it, widgets are recognised by their labels. In
the middle of the article nothing goes on a phrase alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from mapexpress.boilerplate.decisions import Decision
from mapexpress.boilerplate.lines import Line, read_lines
from mapexpress.boilerplate.masks import units_of_lines
from mapexpress.boilerplate.phrases import fold, match_line
from mapexpress.boilerplate.sample import Sketch, Trace
from mapexpress.boilerplate.template import TemplateSnapshot
from mapexpress.boilerplate.template_verdicts import judge

# Labels that also head a paragraph of an article or give one value ("Date:", "Source"): they never open a tail.
_WEAK = frozenset({"date", "source", "credit", "byline", "author", "language", "toc", "views", "reading_time"})
_PITCHES = frozenset({"newsletter", "follow", "navigation", "author", "legal", "consent", "paywall", "comments"})
_LISTS = frozenset({"related", "listing", "read_more", "pager"})
# An article goes on after a comment form or a feed footer only when little of it stood before.
_HEADLINE_CHARS = 200  # twice the longest headline that search engines show
_LITTLE = 400  # characters of prose: two short paragraphs
_TEASER_CHARS = 300  # the longest lead that WordPress themes print under a headline: 55 words
_TITLE_WORDS = 4
_HEAD_GROUP = 8  # lines of a byline with its date, counts and buttons
_MENU_RUN = 3  # that many lines of three words or fewer in a row are a menu
_CREDIT = re.compile(r"\([^()]{3,60}\)$")


@dataclass(slots=True, frozen=True, kw_only=True)
class TextResult:
    """`paragraphs` are what is left of the article, without its title; `decisions` speak on every line of the text.

    `Decision.block` counts non-blank lines; a line from which a glued feed footer was cut has two decisions.
    """

    title: str
    paragraphs: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def clean_text(
    text: str,
    *,
    title: str | None = None,
    site: str | None = None,
    snapshot: TemplateSnapshot | None = None,
    id: str = "",
) -> TextResult:
    """Find the article in plain text; a text that is only boilerplate gives no paragraphs.

    `site` is the site's name as its footers write it; `snapshot` what the site's other texts teach, `id` this text's
    id among them.

    >>> result = clean_text("Pluie à Rabat\\n\\nDate:\\n\\nIl a plu toute la nuit sur la capitale et ses environs, dit"
    ...     " la météo.\\n\\nPartager l'article:\\n\\nRelated\\n\\nLa Bourse ouvre en hausse")
    >>> result.title, result.paragraphs
    ('Pluie à Rabat', ['Il a plu toute la nuit sur la capitale et ses environs, dit la météo.'])
    >>> [d.reason for d in result.decisions]
    ['title', 'date', None, 'share', 'related', 'related']
    """
    cleaner = _Cleaner(read_lines(text, title=title, site=site), title)
    return cleaner.run(snapshot, id, site)


def sketch_text(text: str, *, id: str, title: str | None = None, site: str | None = None) -> Sketch:
    """What a site's template learns from one of its texts; title and lead are what this module finds."""
    cleaner = _Cleaner(read_lines(text, title=title, site=site), title)
    result = cleaner.run(None, id, site)
    units = units_of_lines(cleaner.lines, {"title": result.title, "site": site or ""})
    lead = result.paragraphs[0] if result.paragraphs else ""
    kept = {d.block for d in result.decisions if d.kept}
    traces = tuple(Trace.of(unit, own=unit.index in kept) for unit in units)
    return Sketch(page=id, traces=traces, title=result.title, lead=lead)


class _Cleaner:
    """One text on its way: `verdicts` holds (reason, evidence) for each removed line."""

    def __init__(self, lines: list[Line], title: str | None) -> None:
        self.lines = lines
        self.known_title = title
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.group_sizes = Counter(line.group for line in lines)
        self._judge_captions()
        self.first = self._first_of_body()
        self.title_line = self._find_title()
        self.title = title or (lines[self.title_line].text if self.title_line is not None else "")
        self.cut = len(lines)
        self.names: frozenset[str] = frozenset()

    def run(self, snapshot: TemplateSnapshot | None, id: str, site: str | None) -> TextResult:
        self._judge_footers()
        self._judge_head()
        self.cut = self._find_tail()
        self._judge_tail()
        self._judge_middle()
        if snapshot is not None:
            kept = [line for line in self.lines if line.index not in self.verdicts]
            units = units_of_lines(kept, {"title": self.title, "site": site or ""})
            self.verdicts |= judge(units, snapshot, page=id)
        return self._result()

    # -- where the article begins -------------------------------------------------------------------------------

    def _first_of_body(self) -> int:
        for shape in ("prose", "sentence", "cut"):
            for line in self.lines:
                if line.shape == shape and line.index not in self.verdicts:
                    return self._below_headline(line)
        return len(self.lines)

    def _below_headline(self, line: Line) -> int:
        """The first line of the body: `line`, or what follows when `line` is a headline that ends in "!", "?" or "…".

        Such a headline stands first, and a byline, a date or another short line below it.
        """
        if line.text[-1] not in "!?…؟！？" or line.size > _HEADLINE_CHARS or line.phrase is not None:
            return line.index
        if any(other.shape == "short" and other.words >= _TITLE_WORDS for other in self.lines[: line.index]):
            return line.index
        below = self.lines[line.index + 1 :]
        if not below or below[0].shape not in ("label", "figure", "short", "prefix"):
            return line.index
        body = (other.index for other in below if other.shape in ("prose", "sentence", "cut"))
        return next(body, line.index)

    def _find_title(self) -> int | None:
        """The headline: a line that is the known title or a footer's, else the first headline above the article."""
        lines = self.lines
        above = lines[: self.first + 1]
        for wanted in [self.known_title, *(line.footer.title for line in lines if line.footer)]:
            folded = fold(wanted) if wanted else ""
            if folded:
                for line in above:
                    if fold(line.text) == folded:
                        return line.index
        if self.known_title:
            return None
        start = self._after_menu()
        candidates = [
            line
            for line in lines[start : self.first]
            if line.shape in ("short", "sentence", "cut", "prose")
            and not line.is_item
            and 12 <= line.size <= _HEADLINE_CHARS
            and line.text[-1] not in ".。"
        ]
        if not candidates:
            return None
        long_enough = [line for line in candidates if line.words >= _TITLE_WORDS] or candidates
        best = long_enough[0]
        return next((line.index for line in long_enough[1:] if _is_trail(best.text, line.text)), best.index)

    def _after_menu(self) -> int:
        run = 0
        for line in reversed(self.lines[: self.first]):
            if line.shape == "short" and line.words < _TITLE_WORDS:
                run += 1
                if run == _MENU_RUN:
                    return line.index + _MENU_RUN
            else:
                run = 0
        return 0

    # -- verdicts -----------------------------------------------------------------------------------------------

    def _remove(self, line: Line, reason: str, evidence: str) -> None:
        self.verdicts.setdefault(line.index, (reason, evidence))

    def _remove_phrase(self, line: Line, place: str) -> None:
        assert line.phrase is not None
        self._remove(line, line.phrase.kind, f"phrase: {line.phrase.strength} {line.phrase.locale}, {place}")

    def _judge_footers(self) -> None:
        """A footer is believed when its title is the article's; `_find_tail` believes others by their place."""
        folded = fold(self.title)
        for line in self.lines:
            if line.footer is None or line.shape != "footer":
                continue
            if line.footer.title_matches or (folded and fold(line.footer.title) == folded):
                self._remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, title matches")
            elif not self.title_line and not self.title and line.index > self.first:
                self.title = line.footer.title
                self._remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, the text has no other title")

    def _judge_head(self) -> None:
        lines, title = self.lines, self.title_line
        folded = fold(self.title)
        if title is not None:
            self._remove(lines[title], "title", "place: headline above the article")
        for line in lines[: self.first]:
            if line.phrase is not None and line.shape in ("label", "prefix"):
                self._remove_phrase(line, "above the article")
            elif line.shape == "figure":
                self._remove(line, "date", "shape: date, number or signs above the article")
            elif folded and line.index != title and (fold(line.text) == folded or _is_trail(line.text, self.title)):
                self._remove(line, "navigation", "title repeated above the article")
            elif title is not None and line.index < title and line.shape in ("short", "cut"):
                self._remove(line, "header", "place: above the title")
        for line in lines[: self.first]:
            self._judge_byline(line)
        self.names = frozenset(
            fold(lines[i].text)
            for i, (reason, _) in self.verdicts.items()
            if reason == "byline" and not lines[i].phrase
        )

    def _judge_byline(self, line: Line) -> None:
        """A name above the article has no mark of its own: it stands beside a byline label, a date or a count."""
        if line.index in self.verdicts or line.shape != "short" or line.words > 6:
            return
        before = self.verdicts.get(line.index - 1, ("", ""))[0]
        after = self.verdicts.get(line.index + 1, ("", ""))[0]
        previous = self.lines[line.index - 1] if line.index else None
        labelled = before == "byline" and previous is not None and not (previous.phrase and previous.phrase.rest)
        small = self.group_sizes[line.group] <= _HEAD_GROUP
        in_group = (
            small
            and "date" in (before, after)
            and any(
                other.group == line.group
                for other in self.lines[max(0, line.index - 1) : line.index + 2]
                if other is not line
            )
        )
        if labelled or (in_group and line.words <= 4):
            self._remove(line, "byline", "place: beside a byline, date or count above the article")

    # -- where the article ends ---------------------------------------------------------------------------------

    def _is_marker(self, line: Line) -> bool:
        if line.shape == "footer" or self._is_author(line):
            return True
        if line.phrase is None or line.shape not in ("label", "prefix"):
            return False
        if line.shape == "prefix" and not line.phrase.separated:
            # "Sign up for ..." begins sentences too: it opens a widget when another label stands close below
            below = self.lines[line.index + 1 : line.index + 4]
            return line.text[-1] not in ".!?" and any(other.shape in ("label", "footer") for other in below)
        return line.phrase.kind not in _WEAK

    def _is_author(self, line: Line) -> bool:
        """Whether the name that stood above the article stands again, alone, below: the author's box."""
        return bool(self.names) and line.shape == "short" and line.index > self.first and fold(line.text) in self.names

    def _is_final(self, line: Line) -> bool:
        """Whether a marker stands only below articles: a feed footer of this article, a comment form."""
        if line.shape == "footer":
            return line.index in self.verdicts
        phrase = line.phrase
        if phrase is None or phrase.kind != "comments" or line.shape != "label":
            return False
        return phrase.strength == "notice" or line.words >= 2

    def _find_tail(self) -> int:
        """The first widget below the article: a marker after which no stretch reads like the article going on."""
        lines = self.lines
        markers = [line.index for line in lines[self.first + 1 :] if self._is_marker(line)]
        if not markers:
            return len(lines)
        before = sum(line.size for line in lines[: markers[0]] if line.shape == "prose")
        ends = [*markers[1:], len(lines)]
        stretches = [lines[m + 1 : e] for m, e in zip(markers, ends, strict=True)]
        goes_on = False
        resumed: list[bool] = [False] * len(markers)
        for i in range(len(markers) - 1, -1, -1):
            between = i + 1 < len(markers)
            goes_on = goes_on or self._reads_on(lines[markers[i]], stretches[i], before, between=between)
            resumed[i] = goes_on
        sizes = [sum(line.size for line in s if line.shape == "prose") for s in stretches]
        seen = before
        for i, marker in enumerate(markers):
            if self._is_final(lines[marker]) and (seen >= _LITTLE or seen * 3 >= sum(sizes[i:])):
                return marker
            if not resumed[i]:
                return marker
            seen += sizes[i]
        return len(lines)

    def _reads_on(self, marker: Line, stretch: list[Line], before: int, *, between: bool) -> bool:
        """Whether the lines below a marker are article: prose that follows prose, or stands right below the marker.

        A list of teasers is headline and lead in turn: its prose stands alone, and is short. So is the pitch of a
        sign-up box or an author's biography, `between` this marker and the next one.
        """
        prose = [line for line in stretch if line.shape == "prose"]
        if not prose:
            return False
        kind = marker.phrase.kind if marker.phrase else "author" if self._is_author(marker) else ""
        if between and kind in _PITCHES and len(prose) == 1 and prose[0].size <= 2 * _TEASER_CHARS:
            return False
        if stretch[0].shape == "prose" or any(a.index + 1 == b.index for a, b in pairwise(prose)):
            return True
        if len(prose) == 1 and marker.phrase is not None and marker.phrase.kind not in _LISTS:
            return prose[0].size >= _TEASER_CHARS * 2 // 3
        if any(line.size > _TEASER_CHARS for line in prose):
            return True
        return sum(line.size for line in prose) > before

    def _judge_tail(self) -> None:
        lines = self.lines
        label = "tail"
        for line in lines[self.cut :]:
            if line.shape == "footer" and line.footer is not None:
                self._remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, at the tail")
                continue
            if line.phrase is not None and line.shape in ("label", "prefix"):
                self._remove_phrase(line, "below the article")
                if line.phrase.kind not in _WEAK:
                    label = line.phrase.kind
                continue
            reason = label if label != "tail" else "footer"
            self._remove(line, reason, f"place: below the article, under {label!r}")
        # what stands between the last sentence and the first widget goes only when it is no text
        for line in reversed(lines[self.first + 1 : self.cut]):
            if line.shape == "figure":
                self._remove(line, "date", "shape: date, number or signs below the article")
            elif line.phrase is not None and (
                line.shape == "label" or (line.shape == "prefix" and line.phrase.separated and line.words <= 12)
            ):
                self._remove_phrase(line, "below the article")
            else:
                break

    # -- inside the article -------------------------------------------------------------------------------------

    def _judge_middle(self) -> None:
        for line in self.lines[self.first + 1 : self.cut]:
            if line.index in self.verdicts or line.phrase is None:
                continue
            if line.shape == "label":
                self._judge_label(line)
            elif line.shape == "prefix" and line.phrase.kind == "related" and line.phrase.separated:
                rest = line.phrase.rest
                if len(rest.split()) >= _TITLE_WORDS and rest[-1] not in ".,;:" and not rest[0].islower():
                    self._remove_phrase(line, "announces a headline on a line of its own")

    def _judge_captions(self) -> None:
        """A picture leaves its alternative text and its caption: two lines of one group that say the same.

        The caption must end in a credit, for a subheading and its paragraph say the same too.
        """
        lines = self.lines
        for i, line in enumerate(lines[:-1]):
            caption = lines[i + 1]
            if self.group_sizes[line.group] != 2:
                continue
            if line.group == caption.group and line.text == caption.text and line.shape == "short":
                self._remove(line, "caption", "structure: a picture's text, then the same as its caption")
                self._remove(caption, "caption", "structure: a caption that repeats its picture's text")
            if line.shape != "short" or caption.group != line.group or not _CREDIT.search(caption.text):
                continue
            words, others = set(fold(line.text).split()), set(fold(caption.text).split())
            if len(words & others) >= max(2, 0.4 * len(words)):
                self._remove(line, "caption", "structure: alternative text above its caption")
                self._remove(caption, "caption", "structure: caption with a credit under its alternative text")

    def _judge_label(self, line: Line) -> None:
        phrase = line.phrase
        assert phrase is not None
        following = self.lines[line.index + 1 : self.cut]
        before = self.lines[line.index - 1]
        if phrase.strength == "notice":
            self._remove_phrase(line, "wording that no article has")
        elif (following and following[0].shape == "label") or (before.shape == "label"):
            self._remove_phrase(line, "in a run of labels")
        if phrase.kind not in _LISTS:
            return
        listed: list[Line] = []
        for other in following:
            if other.shape not in ("short", "cut", "figure"):
                break
            listed.append(other)
        headlines = [other for other in listed if other.words >= _TITLE_WORDS]
        if len(headlines) >= 2 and (len(headlines) > 2 or any(other.shape == "cut" for other in listed)):
            self._remove_phrase(line, "heads a list of teasers")
            last_cut = max((i for i, other in enumerate(listed) if other.shape == "cut"), default=len(listed) - 1)
            for other in listed[: last_cut + 1]:
                self._remove(other, phrase.kind, f"structure: teaser under {line.text!r}")

    # -- the result ---------------------------------------------------------------------------------------------

    def _result(self) -> TextResult:
        decisions: list[Decision] = []
        paragraphs: list[str] = []
        last: Line | None = None
        for line in self.lines:
            if line.index in self.verdicts:
                reason, evidence = self.verdicts[line.index]
                decisions.append(Decision(block=line.index, reason=reason, evidence=evidence, text=line.text))
                continue
            text = line.text
            glued = self._glued_footer(line)
            if glued:
                text = text[: -len(glued)].rstrip()
            decisions.append(Decision(block=line.index, text=text))
            if glued:
                decisions.append(
                    Decision(block=line.index, reason="feed_footer", evidence="phrase: footer glued on", text=glued)
                )
            if last is not None and last.is_item and line.is_item and last.group == line.group:
                paragraphs[-1] = f"{paragraphs[-1]}\n{text}"
            else:
                paragraphs.append(text)
            last = line
        return TextResult(title=self.title, paragraphs=paragraphs, decisions=decisions)

    def _glued_footer(self, line: Line) -> str:
        """The footer at the end of a paragraph: believed by its title, or because nothing follows the paragraph."""
        footer = line.footer
        if footer is None or line.shape == "footer" or footer.start == 0:
            return ""
        matches = footer.title_matches or (self.title and fold(footer.title) == fold(self.title))
        is_last = all(other.index in self.verdicts for other in self.lines[line.index + 1 :])
        return line.text[footer.start :] if matches or is_last else ""


def _is_trail(text: str, title: str) -> bool:
    """Whether a line is a trail of breadcrumbs that ends in the title ("HomeNewsRain in June", "Home > Rain in June").

    >>> _is_trail("HomeNewsRain in June", "Rain in June"), _is_trail("Weather: Rain in June", "Rain in June")
    (True, False)
    """
    text, title = text.replace("’", "'"), title.replace("’", "'")
    if len(text) <= len(title) or not title or not text.endswith(title):
        return False
    before = text[: -len(title)]
    if before[-1].isalpha() or before.rstrip()[-1:] in set(">›»/|→"):
        return True
    home = match_line(before.split()[0])
    return home is not None and home.kind == "navigation"
