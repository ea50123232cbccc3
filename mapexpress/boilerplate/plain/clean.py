"""Cleaning text that has lost its HTML: a dispatch with everything that stood around it.

Structure is recovered from place, length, punctuation, cut-off endings, runs of labels and the repeated title. Prose
(long lines that end like sentences) shows where the article is; around it, widgets are recognised by their labels. In
the middle of the article nothing goes on a phrase alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mapexpress.boilerplate.lines import Line, read_lines
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.plain.draft import Draft
from mapexpress.boilerplate.plain.head import find_title, first_of_body, judge_footers, judge_head
from mapexpress.boilerplate.plain.inside import judge_captions, judge_inside
from mapexpress.boilerplate.plain.site_lines import Theme
from mapexpress.boilerplate.plain.tail import find_tail, judge_tail
from mapexpress.boilerplate.template.sample import Sketch, Trace
from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, learn_template
from mapexpress.boilerplate.template.units import units_of_lines
from mapexpress.boilerplate.template.verdicts import judge
from mapexpress.model.verdict import Decision


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


@dataclass(slots=True, frozen=True, kw_only=True)
class PlainText:
    """A text to learn from: its id among those of its site, and its headline where it is known beside it."""

    id: str
    text: str
    title: str | None = None


def clean_text(
    text: str,
    *,
    title: str | None = None,
    site: str | None = None,
    snapshot: TemplateSnapshot | None = None,
    id: str = "",
    phrases: bool = True,
) -> TextResult:
    """Find the article in plain text; a text that is only boilerplate gives no paragraphs.

    `site` is the site's name as its footers write it; `snapshot` what the site's other texts teach, `id` this text's
    id among them; `phrases` whether labels and footers are known by the lists.

    >>> result = clean_text("Pluie à Rabat\\n\\nDate:\\n\\nIl a plu toute la nuit sur la capitale et ses environs, dit"
    ...     " la météo.\\n\\nPartager l'article:\\n\\nRelated\\n\\nLa Bourse ouvre en hausse")
    >>> result.title, result.paragraphs
    ('Pluie à Rabat', ['Il a plu toute la nuit sur la capitale et ses environs, dit la météo.'])
    >>> [d.reason for d in result.decisions]
    ['title', 'date', None, 'share', 'related', 'related']
    """
    draft = _draft(read_lines(text, title=title, site=site, phrases=phrases), title, site, snapshot)
    if snapshot is not None:
        kept = [line for line in draft.lines if line.index not in draft.verdicts]
        units = units_of_lines(kept, {"title": draft.title, "site": site or ""})
        draft.verdicts |= judge(units, snapshot, page=id)
    return _result(draft)


def sketch_text(
    text: str,
    *,
    id: str,
    title: str | None = None,
    site: str | None = None,
    snapshot: TemplateSnapshot | None = None,
    phrases: bool = True,
) -> Sketch:
    """What a site's template learns from one of its texts; title and lead are what this module finds.

    `snapshot` is what a first look at the site's texts taught: with it no line of a menu is taken for the headline.
    """
    draft = _draft(read_lines(text, title=title, site=site, phrases=phrases), title, site, snapshot)
    result = _result(draft)
    units = units_of_lines(draft.lines, {"title": result.title, "site": site or ""})
    lead = result.paragraphs[0] if result.paragraphs else ""
    kept = {d.block for d in result.decisions if d.kept}
    traces = tuple(Trace.of(unit, own=unit.index in kept) for unit in units)
    return Sketch(page=id, traces=traces, title=result.title, lead=lead)


def sketch_lines(text: str, *, id: str, phrases: bool = True) -> Sketch:
    """A sketch of a text of which nothing is known yet, not even its headline: the first look at a site's texts."""
    units = units_of_lines(read_lines(text, phrases=phrases), {})
    return Sketch(page=id, traces=tuple(Trace.of(unit, own=unit.is_prose) for unit in units))


def learn_texts(
    texts: Sequence[PlainText], *, pages: Sequence[Sketch] = (), site: str | None = None, phrases: bool = True
) -> TemplateSnapshot:
    """What the texts of a site teach, in two looks: which lines return, then which are headlines and leads.

    The first keeps a menu that stands above every text from being taken for its headline. `pages` are the site's pages
    that have not lost their HTML.
    """
    first = learn_template(sketch_lines(t.text, id=t.id, phrases=phrases) for t in texts)
    sketches = [sketch_text(t.text, id=t.id, title=t.title, site=site, snapshot=first, phrases=phrases) for t in texts]
    return learn_template([*pages, *sketches])


def _draft(lines: list[Line], title: str | None, site: str | None, snapshot: TemplateSnapshot | None) -> Draft:
    """Judge the lines of one text: first where the article begins, then where it ends, then what stands inside."""
    theme = Theme(snapshot) if snapshot is not None and snapshot.is_learned else None
    if theme is not None:
        theme.label(lines, {})
    draft = Draft(lines, title)
    judge_captions(draft)
    draft.first = first_of_body(draft)
    draft.title_line = find_title(draft)
    draft.title = title or (lines[draft.title_line].text if draft.title_line is not None else "")
    if theme is not None:
        theme.label(lines, {"title": draft.title, "site": site or ""}, first=draft.first)
    judge_footers(draft)
    judge_head(draft)
    draft.cut = find_tail(draft)
    judge_tail(draft)
    judge_inside(draft)
    return draft


def _result(draft: Draft) -> TextResult:
    decisions: list[Decision] = []
    paragraphs: list[str] = []
    last: Line | None = None
    for line in draft.lines:
        if line.index in draft.verdicts:
            reason, evidence = draft.verdicts[line.index]
            decisions.append(Decision(block=line.index, reason=reason, evidence=evidence, text=line.text))
            continue
        text = line.text
        glued = _glued_footer(draft, line)
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
    return TextResult(title=draft.title, paragraphs=paragraphs, decisions=decisions)


def _glued_footer(draft: Draft, line: Line) -> str:
    """The footer at the end of a paragraph: believed by its title, or because nothing follows the paragraph."""
    footer = line.footer
    if footer is None or line.shape == "footer" or footer.start == 0:
        return ""
    matches = footer.title_matches or (draft.title and fold(footer.title) == fold(draft.title))
    is_last = all(other.index in draft.verdicts for other in draft.lines[line.index + 1 :])
    return line.text[footer.start :] if matches or is_last else ""
