"""Lines of a text that its site prints on nearly every page: read like the labels of a list that only this site has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mapexpress.boilerplate.lines import PROSE_WORDS, Line
from mapexpress.boilerplate.phrases.widget_labels import Phrase
from mapexpress.boilerplate.template.snapshot import Entry, TemplateSnapshot
from mapexpress.boilerplate.template.units import COMMON, TEXT, Unit, units_of_lines
from mapexpress.boilerplate.template.verdicts import MOSTLY_EDGE, SAME_PLACE_PAGES, SAME_PLACE_SHARE
from mapexpress.text.sentences import ends_sentence
from mapexpress.text.signatures import is_dateline, is_signature

_LABEL = Phrase("template", "label", "xx")
# Above the article a short line of no sentence is a section, a writer, a trail of breadcrumbs: some of the pages carry
# each. (Between headline and text a kicker is none of the article either.)
_HEAD_SHARE = 0.08
_MOSTLY_INSIDE = 0.5  # of its pages; a writer's name stands inside where a standfirst stands above it


class Theme:
    """What a snapshot says of lines while it is still open where the article begins and ends."""

    def __init__(self, snapshot: TemplateSnapshot) -> None:
        self.snapshot = snapshot

    def label(self, lines: Sequence[Line], slots: Mapping[str, str], *, first: int = 0) -> None:
        """Give lines of the theme the shape of a label; `first` is the first line of the body, when it is known."""
        units = {unit.index: unit for unit in units_of_lines(lines, slots)}
        for line in lines:
            unit = units.get(line.index)
            if unit is None or line.shape in ("label", "footer"):
                continue
            entry = self.snapshot.entry(unit.mark)
            if entry is None or unit.mark in COMMON or is_signature(line.text) or is_dateline(line.text):
                continue
            if self._is_theme(unit, entry) or (line.index < first and self._heads(unit, entry)):
                line.phrase, line.shape = _LABEL, "label"

    def _is_theme(self, unit: Unit, entry: Entry) -> bool:
        if self.snapshot.pages < SAME_PLACE_PAGES or entry.inside > MOSTLY_EDGE * entry.count:
            return False
        if entry.varies and unit.words >= PROSE_WORDS:
            return False  # a sentence with other figures each day
        return self.snapshot.sure_share_at(unit.mark, TEXT) >= SAME_PLACE_SHARE

    def _heads(self, unit: Unit, entry: Entry) -> bool:
        if entry.inside > _MOSTLY_INSIDE * entry.count:
            return False  # a subheading, here below a first paragraph of a few words
        share = self.snapshot.share_at(unit.mark, TEXT)
        return share >= _HEAD_SHARE and (unit.titled or unit.words < PROSE_WORDS) and not ends_sentence(unit.text)
