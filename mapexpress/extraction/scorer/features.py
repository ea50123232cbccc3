"""What the block scorer sees of a page: one row of numbers a block, computed from the walk alone.

Nothing here depends on a site or a language: text is seen through classes of characters, structure through tags,
flags and where paragraphs gather, names through stems (`name_groups.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mapexpress.extraction.scorer.characters import (
    CJK,
    CLASS_NAMES,
    COMMA,
    DIGIT,
    MARK,
    OTHER,
    QUOTE,
    SPACE,
    STOP,
    UPPER,
    char_classes,
)
from mapexpress.extraction.scorer.name_groups import GROUP_NAMES, name_bits
from mapexpress.extraction.scorer.overlap import overlap, words_of
from mapexpress.extraction.scorer.table import Array, Table, bits, cumulated, shift
from mapexpress.model.page import ASIDE, DIALOG, FOOTER, FORM, HEADING, HIDDEN, LIST, NAV
from mapexpress.page import compiled

if compiled.WHY_NOT is None:
    from mapexpress.page.compiled.columns import count_in, read_blocks, read_characters, read_nodes, read_paths, sharing
else:
    from mapexpress.extraction.scorer.columns import (
        count_in,
        read_blocks,
        read_characters,
        read_nodes,
        read_paths,
        sharing,
    )

if TYPE_CHECKING:
    from mapexpress.model.page import Page


_TAGS = {
    "p": 0, "div": 1, "li": 2, "h1": 3, "h2": 4, "h3": 5, "h4": 6, "h5": 6, "h6": 6, "td": 7, "th": 7, "blockquote": 8,
    "figcaption": 9, "caption": 9, "dt": 10, "dd": 10, "pre": 11, "section": 12, "article": 12, "main": 12, "body": 13,
}  # fmt: skip
_OTHER_TAG = 14
_TAG_NAMES = "p div li h1 h2 h3 h4-6 cell blockquote caption dt-dd pre section body other".split()
_FLAG_NAMES = (
    "nav aside footer header form figure caption quote list table article main heading dialog hidden aria_hidden"
).split()
_SHARE_NAMES = tuple(f"share_{name}" for name in CLASS_NAMES)
_TAG_COLUMNS = tuple(f"tag_{tag}" for tag in _TAG_NAMES)
_FLAG_COLUMNS = tuple(f"in_{flag}" for flag in _FLAG_NAMES)
_OWN_COLUMNS, _NEAR_COLUMNS, _INLINE_COLUMNS, _BELOW_COLUMNS = (
    tuple(f"{where}_{group}" for group in GROUP_NAMES) for where in ("own", "near", "inline", "below")
)
_UP_COLUMNS = tuple(
    tuple(f"up{level}_{what}" for what in ("share", "link", "blocks", "good", "mean")) for level in range(4)
)
_LONGEST_TITLE = 250  # characters
# Characters from which a block may be the whole text once more (the shortest seen has 1,400), how many such are looked
# at, and between how many blocks and characters: the time stays bounded whatever a page repeats
_COPY, _COPIES, _COMPARED, _PROSE = 600, 5, 500, 100_000
_OUTSIDE = NAV | FOOTER | ASIDE | FORM | DIALOG | HIDDEN


class View:
    """The columns of a page's blocks, and the parts of its tree that later stages need again."""

    def __init__(self, page: Page) -> None:
        self.page = page
        n = len(page.blocks)
        self.table = Table(n)
        if n:
            self._text()
            self._tree()
            self._paragraphs()
            self._copies()
            self._main()
            self._neighbours()
            self._signatures()
            self._sources()

    @property
    def names(self) -> list[str]:
        return self.table.names

    def matrix(self) -> Array:
        """One row a block, one column a feature, in the order of `names`."""
        return self.table.matrix()

    def _text(self) -> None:
        page, add = self.page, self.table.add
        self.texts = texts = [x.text for x in page.blocks]
        (lengths, lines, first, last), counts = read_characters(texts, char_classes())
        links, bold, italic, media, self.node, self.tag, self.inline, self.timed, which = read_blocks(
            page.blocks, _TAGS, _OTHER_TAG, name_bits
        )
        self.chars = chars = lengths.astype(np.float32)
        self.size = size = chars + counts[CJK]
        self.words = words = counts[SPACE] + 1 + counts[CJK] / 2
        self.link = link = links.astype(np.float32) / chars
        self.stops = counts[STOP]
        ends = (last == STOP) | (last == QUOTE)
        self.ends = ends.astype(np.float32)
        add("log_size", np.log1p(size))
        add("log_words", np.log1p(words))
        add("word_size", np.minimum(size / words, 30))
        add("link", link)
        add("linked", np.log1p(link * size))
        add("bold", bold.astype(np.float32) / chars)
        add("italic", italic.astype(np.float32) / chars)
        add("media", np.minimum(media, 5))
        add("lines", np.log1p(lines.astype(np.float32)))
        self.table.add_all(_SHARE_NAMES, counts[1:] / chars)
        add("stops", np.minimum(self.stops, 12))
        add("commas", np.minimum(counts[COMMA], 12))
        add("ends_sentence", ends)
        add("ends_comma", last == COMMA)
        add("starts_upper", first == UPPER)
        add("starts_quote", first == QUOTE)
        add("starts_digit", first == DIGIT)
        add("starts_mark", (first == MARK) | (first == OTHER))
        total = np.bincount(which)[which]
        add("repeats_earlier", which != np.arange(len(texts)))
        add("repeated", total > 1)
        add("repeats", np.minimum(total, 6))

    def _tree(self) -> None:
        page, table = self.page, self.table
        self.parent, self.start, self.end, self.depth, flags, self.mask = read_nodes(page.nodes, name_bits)
        node, mask = self.node, self.mask
        self.flags = flags[node]
        self.up = up = np.maximum(self.parent, 0)
        table.add_all(_TAG_COLUMNS, self.tag == np.arange(len(_TAG_NAMES))[:, None])
        table.add_all(_FLAG_COLUMNS, bits(self.flags, len(_FLAG_NAMES)))
        width = len(GROUP_NAMES)
        near = mask[up[node]] | mask[up[up[node]]]
        table.add_all(_OWN_COLUMNS, bits(mask[node], width))
        table.add_all(_NEAR_COLUMNS, bits(near, width))
        table.add_all(_INLINE_COLUMNS, bits(self.inline, width))
        table.add("inline_time", self.timed)
        table.add("depth", self.depth[node])
        ranges = self.end - self.start
        sizes = cumulated(self.size)
        links = cumulated(self.link * self.size)
        self.node_size = sizes[self.end] - sizes[self.start]
        self.node_link = (links[self.end] - links[self.start]) / np.maximum(self.node_size, 1)
        self.node_blocks = ranges

    def _paragraphs(self) -> None:
        """Blocks that read like sentences of a text, whatever the tag; where they gather is the main content."""
        table = self.table
        self.outside = outside = (self.flags & _OUTSIDE) != 0
        good = (self.size >= 60) & (self.link < 0.35) & ((self.stops >= 1) | (self.size >= 150)) & ~outside
        self.good = good.astype(np.float32)
        weight = np.where(good, self.size * (1 - self.link), 0)
        self.weight = weight
        sums, counts = cumulated(weight), cumulated(self.good)
        self.total = float(sums[-1]) or 1.0
        self.node_weight = (sums[self.end] - sums[self.start]) / self.total
        self.node_good = counts[self.end] - counts[self.start]
        blocks = np.maximum(self.node_blocks, 1)
        self.node_log_blocks = np.log1p(blocks)
        self.node_good_share = self.node_good / blocks
        of_node = np.stack(
            (
                self.node_weight,
                self.node_link,
                self.node_log_blocks,
                self.node_good_share,
                np.log1p(self.node_size / blocks),
            )
        )
        at = self.node
        for names in _UP_COLUMNS:
            table.add_all(names, of_node[:, at])
            at = self.up[at]
        table.add("good", self.good)
        table.add("page_blocks", np.log1p(table.rows))
        table.add("page_good", np.log1p(counts[-1]))
        table.add("page_weight", np.log1p(sums[-1]))
        table.add("page_link", self.node_link[0])

    def _copies(self) -> None:
        """Blocks that say again what others say: a paragraph holds a pull quote, a copy of the text all paragraphs."""
        texts = self.texts
        good = np.flatnonzero(self.good > 0).tolist()[:_COMPARED]
        prose = "\n".join(texts[i] for i in good)[:_PROSE]
        contained = np.zeros(self.table.rows, np.float32)
        holds = np.zeros(self.table.rows, np.float32)
        likely = np.flatnonzero((self.size >= 30) & (self.size <= 400) & (self.link < 0.35))
        compared = likely.tolist()[:_COMPARED]
        for i, count in zip(compared, count_in(prose, [texts[i] for i in compared]), strict=True):
            if count:
                contained[i] = count - self.good[i]
        longest = sorted((i for i in good if len(texts[i]) >= _COPY), key=lambda i: -len(texts[i]))
        for i in longest[:_COPIES]:
            text = texts[i][:_PROSE]
            shorter = [texts[k] for k in good if len(texts[k]) < len(text)]
            held = sum(len(part) for part, count in zip(shorter, count_in(text, shorter), strict=True) if count)
            holds[i] = held / len(text)
        self.table.add("contained", np.minimum(contained, 3))
        self.table.add("holds", np.minimum(holds, 2))

    def _main(self) -> None:
        """Where a block stands to the deepest element with more than half of the page's paragraph text."""
        table = self.table
        n = table.rows
        # at most one child of an element has more than half: one path down
        main = self._deepest(0.5)
        chain = self.node_weight > 0.5
        chain[0] = True
        steps, branch, below = read_paths(self.parent, chain.view(np.uint8), self.mask)
        self.main = main
        at = self.node
        top = branch[at]
        fork = np.where(chain[top], top, self.up[top])
        table.add("steps", steps[at])
        table.add("fork", self.depth[main] - self.depth[fork])
        table.add("branch_share", self.node_weight[top])
        table.add("branch_link", self.node_link[top])
        table.add("branch_blocks", self.node_log_blocks[top])
        table.add("branch_size", np.log1p(self.node_size[top]))
        table.add("branch_good", self.node_good_share[top])
        table.add_all(_BELOW_COLUMNS, bits(below[at], len(GROUP_NAMES)))
        index = np.arange(n)
        for name, least in (("half", 0.5), ("most", 0.75), ("all", 0.9)):
            node = self._deepest(least)
            start, end = int(self.start[node]), int(self.end[node])
            table.add(f"{name}_inside", (index >= start) & (index < end))
            table.add(f"{name}_from_start", np.clip(index - start, -30, 60))
            table.add(f"{name}_from_end", np.clip(end - index, -30, 60))
            table.add(f"{name}_depth", self.depth[node])
        good = np.flatnonzero((index >= self.start[main]) & (index < self.end[main]) & (self.good > 0))
        first, last = (int(good[0]), int(good[-1])) if len(good) else (0, n)
        table.add("from_first_good", np.clip(index - first, -30, 60))
        table.add("from_last_good", np.clip(index - last, -60, 30))
        table.add("position", index / n)
        done = cumulated(self.weight)
        table.add("weight_before", done[:-1] / self.total)
        goods = cumulated(self.good)
        table.add("good_before", np.minimum(goods[:-1], 20))
        table.add("good_after", np.minimum(goods[-1] - goods[1:], 20))

    def _deepest(self, least: float) -> int:
        """The deepest element with more than this share of the paragraph text, the first of them."""
        nodes = np.flatnonzero(self.node_weight > least)
        return int(nodes[self.depth[nodes].argmax()]) if len(nodes) else 0

    def _neighbours(self) -> None:
        table = self.table
        log_size = np.log1p(self.size)
        columns = {"size": log_size, "link": self.link, "good": self.good, "ends": self.ends}
        for name, column in columns.items():
            for by in (1, 2, -1, -2):
                table.add(f"{name}_at{-by:+d}", shift(column, by, -1.0))
        same = np.concatenate(([0], self.node[1:] == self.node[:-1]))
        sibling = np.concatenate(([0], self.up[self.node[1:]] == self.up[self.node[:-1]]))
        alike = np.concatenate(([0], self.tag[1:] == self.tag[:-1]))
        for name, flag in (("same", same), ("sibling", sibling), ("alike", alike)):
            flag = flag.astype(np.float32)
            table.add(f"{name}_before", flag)
            table.add(f"{name}_after", shift(flag, -1))
        heading = ((self.flags & HEADING) != 0).astype(np.float32)
        item = ((self.flags & LIST) != 0).astype(np.float32)
        for by in (1, -1):
            table.add(f"heading_at{-by:+d}", shift(heading, by))
            table.add(f"item_at{-by:+d}", shift(item, by))
        weight, size = cumulated(self.weight), cumulated(self.size)
        index = np.arange(table.rows)
        for reach in (3, 8):
            low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, table.rows)
            table.add(f"weight_near{reach}", (weight[high] - weight[low]) / np.maximum(size[high] - size[low], 1))
            table.add(f"weight_ahead{reach}", np.log1p(weight[high] - weight[index + 1]))
            table.add(f"weight_behind{reach}", np.log1p(weight[index] - weight[low]))
        goods = np.where(self.good > 0, index, -1000)
        table.add("since_good", np.minimum(index - shift(np.maximum.accumulate(goods), 1, -1000), 30))
        ahead = np.where(self.good > 0, index, 10**6)
        nearest = np.minimum.accumulate(ahead[::-1])[::-1].astype(np.float32)
        table.add("until_good", np.minimum(shift(nearest, -1, 10**6) - index, 30))

    def _signatures(self) -> None:
        """Blocks built alike (tag and names of the element and its parent): paragraphs of one text share theirs."""
        table, nodes = self.table, self.page.nodes
        ids: dict[tuple[str, str, str], int] = {}
        of = []
        for i in self.node.tolist():
            x = nodes[i]
            up = nodes[x.parent] if x.parent >= 0 else x
            of.append(ids.setdefault((x.tag, x.names, up.names), len(ids)))
        group = np.array(of)
        self.group = group
        count = np.bincount(group)
        size = np.bincount(group, self.size)
        table.add("alike_count", np.log1p(count[group]))
        table.add("alike_mean", np.log1p(size[group] / count[group]))
        table.add("alike_link", (np.bincount(group, self.link * self.size) / size)[group])
        table.add("alike_good", (np.bincount(group, self.good) / count)[group])
        table.add("alike_share", (np.bincount(group, self.weight) / self.total)[group])

    def _sources(self) -> None:
        """How a block compares with what the page says of itself elsewhere: title, description, copies of the text."""
        page, table = self.page, self.table
        meta = page.meta
        titles = [t for t in (*meta.get("og:title", [])[:1], page.title_tag) if t]
        known = [set(words_of(t)) for t in dict.fromkeys(titles)]
        common = np.zeros(table.rows, np.float32)
        for i in sharing(self.texts, set[str]().union(*known), _LONGEST_TITLE):
            common[i] = overlap(set(words_of(self.texts[i])), known)
        table.add("title_overlap", common)
        headings = (self.flags & HEADING) != 0
        rank = common + np.where(self.tag == _TAGS["h1"], 0.5, np.where(headings, 0.2, 0))
        rank[self.outside] -= 0.3
        at = int(rank.argmax()) if rank.max() >= 0.5 else -1
        index = np.arange(table.rows)
        self.has_title = at >= 0
        self.from_title = np.clip(index - at, -30, 60) if at >= 0 else np.full(table.rows, -40)
        table.add("from_title", self.from_title)
        table.add("is_title", index == at)
        goods = cumulated(self.good)
        since = goods[:-1] - goods[at + 1] if at >= 0 else goods[:-1]
        table.add("good_since_title", np.clip(since, -5, 20))
        teaser = next(
            (d for k in ("og:description", "description", "twitter:description") for d in meta.get(k, [])[:1]), ""
        )
        teaser = " ".join(teaser.split()).rstrip(".…")[:80]
        if len(teaser) > 25:
            start = teaser[:50]
            table.add("described", [start in t or (len(t) > 25 and t[:50] in teaser) for t in self.texts])
        else:
            table.add("described", 0)
        copy = " ".join(str(node["articleBody"]) for node in page.jsonld if node.get("articleBody"))
        if len(copy) > 200:
            copy = " ".join(copy.split())
            table.add("copied", np.array(count_in(copy, [t[:40] for t in self.texts])) > 0)
        else:
            table.add("copied", -1)
