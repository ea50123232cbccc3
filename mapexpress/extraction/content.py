"""From a page's blocks to the article's paragraphs, each block kept or removed with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.boilerplate.html.copies import copies
from mapexpress.boilerplate.html.edges import has_words, trim
from mapexpress.boilerplate.html.other_articles import other_articles
from mapexpress.boilerplate.html.structure import structural
from mapexpress.boilerplate.html.widget_lines import without_footer, worded
from mapexpress.boilerplate.template.units import Unit, units_of_page
from mapexpress.boilerplate.template.verdicts import judge
from mapexpress.extraction.paragraphs import paragraphs
from mapexpress.extraction.standfirst import find_standfirst, passed_over, placed_standfirst
from mapexpress.extraction.trafilatura_vote import consult_trafilatura
from mapexpress.model.facts import Facts
from mapexpress.model.options import Options
from mapexpress.model.page import Node, Page
from mapexpress.model.verdict import Chooser, Decision, Reason, Verdict, Verdicts
from mapexpress.platforms import Platform, Removal, outermost, recognise
from mapexpress.platforms.selectors import NodeIndex

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.extraction.scorer.scorer import Seen
    from mapexpress.sites import SiteConfig

# Expected F1 below which others are asked. Chosen with an earlier scorer, with aeb, fundus or wcxb left out of the
# training: .960, .964, .943; never asking .959, .958, .937; always asking .962, .961, .946
_SURE = 0.94
# Characters of the chosen blocks from which trafilatura is not asked. The scorer fails as a whole where it chooses
# little (an imprint, a caption); of a longer choice trafilatura takes away what is right as often as what is wrong.
# With aeb, fundus, wcxb or segments left out this changes .972, .975, .943, .949 to .977, .975, .943, .949, with
# quarters of the sites .976, .976, .951, .954 to .976, .977, .949, .955; from 1,600 to 4,000 it is the same. Of pages
# that the scorer has not seen 5 % are asked instead of 13 %
_LITTLE = 2_400
# Expected F1 below which the scorer is lost rather than unsure: there trafilatura outweighs it. With aeb, fundus or
# wcxb left out this changes .960, .967, .940 to .967, .967, .939
_LOST, _RESCUE = 0.9, 0.7
# Prose between the headline and the chosen blocks, as a share of these, above which the scorer is lost however sure it
# is: an imprint instead of a dispatch of two paragraphs (seen: jpost.com). No other of 609 pages, each judged by two
# scorers that had not seen it, has as much
_PASSED = 0.5
# What a container that is not trusted says there. With wcxb left out of the training its 37 WordPress pages give .943
# without this vote, .945 with .4, .950 with .6; its 12 Elementor pages .971, .987, .987
_CONTAINER_VOTE = 0.6
NO_FACTS = Facts()


@dataclass(slots=True, kw_only=True)
class Content:
    """The text of one page. `extractor` names what chose the blocks, `chooser` by what selector too.

    `decisions` has one entry a block.
    """

    paragraphs: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    extractor: str = "none"
    chooser: Chooser | None = None
    seen: Seen | None = None  # what the scorer saw, where it chose
    flags: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Choice:
    """The blocks that a chooser takes for main content, before anything inside is removed."""

    blocks: set[int]
    extractor: str
    chooser: Chooser
    remove: tuple[Removal, ...] = ()
    seen: Seen | None = None  # by the scorer, where it and whom it asks chose, not a rule for the site or its platform


def extract_content(
    page: Page,
    facts: Facts = NO_FACTS,
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
    key: str = "",
) -> Content:
    """Find the article's paragraphs on a page; never raises for what the page contains.

    `key` is the article's name among the pages of `snapshot`. A page without an article gives no paragraphs and the
    flag `no_text`.
    """
    options = options or Options()
    title = facts.title
    index = NodeIndex(page)
    platforms = recognise(page, index) if options.listens_to("platforms") else []
    choice = _choose(page, index, site, platforms, options, title)
    kept = {i for i in choice.blocks if has_words(page.blocks[i].text)}
    if not kept:
        return Content(
            decisions=_decisions(page, set(), Verdicts(), page.nodes[0] if page.nodes else None, ""),
            extractor="none",
            flags=["no_text"],
        )
    region = region_of(page, kept)
    by_structure, by_phrase = options.listens_to("structure"), options.listens_to("phrases")
    removed = Verdicts(_wanted(options))
    if by_structure:
        removed.put("structure", structural(page, index, region, kept, choice.remove))
    removed.put("copy", copies(page, kept - set(removed)))
    if by_structure:
        removed.put("other_article", other_articles(page, kept, title))
    standfirst = find_standfirst(page, index, platforms, kept) if by_structure else set()
    if by_structure and choice.seen is not None:
        standfirst |= placed_standfirst(page, (kept | standfirst) - set(removed), title)
    if options.standfirst:
        kept |= standfirst
    else:
        removed.put("option", dict.fromkeys(kept & standfirst, Verdict("standfirst", "option: without standfirst")))
    name = site.publisher if site is not None else next(iter(page.meta.get("og:site_name", ())), None)
    before = -1
    while before != len(removed):  # what a removed label stood before is an edge itself
        before = len(removed)
        if by_structure:
            removed.put("edge", trim(page, sorted(kept - set(removed)), title))
        if by_phrase:
            removed.put("phrase", worded(page, sorted(kept - set(removed)), facts, site=name, gone=removed))
    if not options.listens_to("template"):
        snapshot = None
    if snapshot is not None or (site is not None and site.template_remove):
        units = units_of_page(page, {**facts.slots, "title": title}, blocks=sorted(kept - set(removed)))
        _by_template(page, units, removed, site=site, snapshot=snapshot, trusted=standfirst, key=key)
    final = kept - set(removed)
    texts = paragraphs(page, final)
    if texts and by_phrase:
        texts[-1] = without_footer(texts[-1], title=title)
    return Content(
        paragraphs=texts,
        decisions=_decisions(page, final, removed, region, str(choice.chooser)),
        extractor=choice.extractor,
        chooser=choice.chooser,
        seen=choice.seen,
        flags=[] if final else ["no_text"],
    )


def _wanted(options: Options) -> Iterator[Reason]:
    """What is no reason to remove a block, for the user asks for it."""
    if options.captions:
        yield "caption"
    if options.credits:
        yield "credit"


def _by_template(
    page: Page,
    units: Sequence[Unit],
    removed: Verdicts,
    *,
    site: SiteConfig | None,
    snapshot: TemplateSnapshot | None,
    trusted: set[int],
    key: str,
) -> None:
    """Add what the site's other pages say of what is still kept, and what its file does."""
    pinned, spared = (site.template_remove, site.template_keep) if site is not None else ((), ())
    if snapshot is not None:
        safe = frozenset(trusted | {unit.index for unit in units if _is_named(unit, spared)})
        said = judge(units, snapshot, page=key, trusted=safe, leads_to=lambda i: _targets(page, i))
        removed.put("template", said)
    named = (u for u in units if _is_named(u, pinned))
    removed.put("site_file", {u.index: Verdict("template", f"site file: block {u.mark}") for u in named})


def _targets(page: Page, block: int) -> list[str]:
    """The addresses that the links in a block lead to."""
    return [anchor.href for anchor in page.anchors if anchor.block == block]


def _is_named(unit: Unit, marks: Collection[str]) -> bool:
    """Whether a site file names a block, by either of the marks that `scrapy template` lists of it."""
    return unit.mark in marks or unit.worded in marks


def region_of(page: Page, kept: set[int]) -> Node:
    """The innermost node that holds at least nine tenths of the kept characters."""
    sums = [0]
    for block in page.blocks:
        sums.append(sums[-1] + (len(block.text) if block.index in kept else 0))
    best = page.nodes[0]
    for node in page.nodes:
        if node.depth >= best.depth and sums[node.end] - sums[node.start] >= 0.9 * sums[-1]:
            best = node
    return best


def _choose(
    page: Page,
    index: NodeIndex,
    site: SiteConfig | None,
    platforms: list[Platform],
    options: Options,
    title: str | None,
) -> Choice:
    extra = tuple(rule for platform in platforms for rule in platform.remove)
    if site is not None:
        extra += tuple(Removal(css=css, reason="site_rule") for css in site.remove)
        for css in site.keep:
            if blocks := _visible(page, outermost(index.select(css))):
                return Choice(
                    blocks=blocks, extractor=f"site:{site.key}", chooser=Chooser("site file", css), remove=extra
                )
    for platform in platforms:
        css, nodes = platform.containers(index) if platform.trusted else ("", [])
        if nodes:
            return Choice(
                blocks=_visible(page, nodes),
                extractor=f"platform:{platform.name}",
                chooser=Chooser(f"platform {platform.name}", css),
                remove=extra,
            )
    if not options.listens_to("candidates"):
        return Choice(blocks=_visible(page, page.nodes[:1]), extractor="all", chooser=Chooser("all visible blocks"))
    # its numpy takes a tenth of a second to import: a run without a page does not pay for it
    from mapexpress.extraction.scorer.scorer import decode, see, with_vote

    seen = see(page)
    if seen is None:
        blocks = consult_trafilatura(page)
        return Choice(blocks=blocks, extractor="trafilatura", chooser=Chooser("trafilatura"), remove=extra)
    scores, blocks, confidence = seen.chances.tolist(), seen.chosen, seen.confidence
    voters = ["scorer"]
    if confidence >= _SURE and passed_over(page, blocks, title) > _PASSED * sum(
        len(page.blocks[i].text) for i in blocks
    ):
        confidence = 0.0
    if confidence < _SURE:
        little = not confidence or sum(len(page.blocks[i].text) for i in blocks) < _LITTLE
        for name, kept, weight in _votes(page, index, platforms, confidence, little):
            scores = with_vote(scores, kept, weight)
            voters.append(name)
        blocks, _ = decode(page, scores)
    blocks = {i for i in blocks if not page.blocks[i].hidden}
    extractor = "+".join(voters)
    return Choice(blocks=blocks, extractor=extractor, chooser=Chooser(extractor), remove=extra, seen=seen)


def _votes(
    page: Page, index: NodeIndex, platforms: list[Platform], confidence: float, little: bool
) -> Iterator[tuple[str, set[int], float]]:
    """Who is asked where the scorer is unsure: the platform's container, then trafilatura where it chose little."""
    for platform in platforms:
        if nodes := platform.containers(index)[1]:
            yield f"platform:{platform.name}", _visible(page, nodes), _CONTAINER_VOTE
            break
    if not little:
        return
    if second := consult_trafilatura(page, framed=False):
        from mapexpress.extraction.scorer.scorer import TRAFILATURA_VOTE

        yield "trafilatura", second, TRAFILATURA_VOTE if confidence >= _LOST else _RESCUE


def _visible(page: Page, nodes: list[Node]) -> set[int]:
    return {b.index for n in nodes for b in page.blocks[n.start : n.end] if not b.hidden}


def _decisions(page: Page, final: set[int], removed: Verdicts, region: Node | None, evidence: str) -> list[Decision]:
    out = []
    left_out = f"{evidence or 'no chooser'}: left out"
    for block in page.blocks:
        i = block.index
        inside = region is not None and region.start <= i < region.end
        if i in final:
            out.append(Decision(i, None, evidence, inside, block.text))
        elif i in removed:
            out.append(Decision(i, *removed[i], True, block.text))
        elif block.hidden:
            out.append(Decision(i, "hidden", "structure: not shown", inside, block.text))
        else:
            out.append(Decision(i, "not_content", left_out, inside, block.text))
    return out
