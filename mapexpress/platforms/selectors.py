"""CSS selectors matched against a walked page the way browsers do it: by their rightmost part, through an index.

Hundreds of rules are asked of every page and nearly none of them match: a rule whose rightmost class, id or
attribute value is nowhere on the page costs one dictionary look-up. Only the page's block-level elements are
subjects; ancestors may be of any kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cssselect
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash, Negation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cssselect.parser import Tree
    from lxml.html import HtmlElement

    from mapexpress.model.page import Node, Page

# Attributes whose values `Node.names` holds, so that they can be found through the index
_INDEXED = frozenset(
    "itemprop role data-testid data-test data-qa data-component data-type data-name data-module".split()
)


class NodeIndex:
    """The nodes of one page by each word of their class, id and similar attributes, and by tag."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def select(self, css: str) -> list[Node]:
        """The nodes that `css` matches, in page order; raises `cssselect.SelectorError` for what is no selector."""
        found: dict[int, Node] = {}
        for selector in compiled(css):
            if selector.word and selector.word not in self.page.node_words:
                continue
            if not all(map(self.page.holds, selector.names)):
                continue
            for node in self._candidates(selector):
                if node.index not in found and _matches(selector.tree, node.element):
                    found[node.index] = node
        return [found[i] for i in sorted(found)] if found else []

    def _candidates(self, selector: Selector) -> list[Node]:
        if selector.word:
            return self.page.nodes_named(selector.word)
        if selector.tag:
            return self.page.nodes_tagged(selector.tag)
        return self.page.nodes


@dataclass(slots=True, frozen=True)
class Selector:
    """A parsed selector with the `word` or else the `tag` that its subject must carry.

    `names` are the classes and ids that one of several parts must carry each, so that they stand on the page.
    """

    tree: Tree
    word: str | None
    tag: str | None
    names: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def compiled(css: str) -> tuple[Selector, ...]:
    """Parse `css` (tags, classes, ids, attributes, `:not()`, descendants and children, commas).

    >>> [s.word for s in compiled("div.body.single_act > p, article#story")]
    [None, 'story']
    >>> compiled("p:first-child")
    Traceback (most recent call last):
        ...
    cssselect.parser.SelectorSyntaxError: not supported here: Pseudo in p:first-child
    """
    selectors = []
    for parsed in cssselect.parse(css):
        _check(parsed.parsed_tree, css)
        word, tag = _subject(parsed.parsed_tree)
        tree = parsed.parsed_tree
        names = tuple(named_in(tree)) if isinstance(tree, CombinedSelector) else ()
        selectors.append(Selector(tree, word, tag, names))
    return tuple(selectors)


def named_in(tree: Tree) -> Iterator[str]:
    """Classes and ids that a page holds wherever a selector finds anything."""
    if isinstance(tree, CombinedSelector):
        yield from named_in(tree.subselector)
    if isinstance(tree, Class):
        yield tree.class_name
    elif isinstance(tree, Hash):
        yield tree.id
    if isinstance(tree, Class | Hash | Attrib | CombinedSelector | Negation):
        yield from named_in(tree.selector)


def _check(tree: Tree, css: str) -> None:
    if isinstance(tree, CombinedSelector):
        if tree.combinator not in (" ", ">"):
            raise cssselect.parser.SelectorSyntaxError(f"not supported here: {tree.combinator} in {css}")
        _check(tree.selector, css)
        _check(tree.subselector, css)
    elif isinstance(tree, Negation):
        _check(tree.selector, css)
        _check(tree.subselector, css)
    elif isinstance(tree, (Class, Hash, Attrib)):
        _check(tree.selector, css)
    elif not isinstance(tree, Element):
        raise cssselect.parser.SelectorSyntaxError(f"not supported here: {type(tree).__name__} in {css}")


def _subject(tree: Tree) -> tuple[str | None, str | None]:
    if isinstance(tree, CombinedSelector):
        return _subject(tree.subselector)
    if isinstance(tree, Class):
        return tree.class_name, None
    if isinstance(tree, Hash):
        return tree.id, None
    if isinstance(tree, Attrib):
        value = tree.value.value if tree.value is not None else None
        if tree.operator in ("=", "~=") and tree.attrib in _INDEXED and value and " " not in value:
            return value, None
        return _subject(tree.selector)
    if isinstance(tree, Negation):
        return _subject(tree.selector)
    return None, tree.element if isinstance(tree, Element) else None


def _matches(tree: Tree, el: HtmlElement) -> bool:
    if isinstance(tree, Class):  # first, as it is asked of every element above a candidate
        names = el.get("class")
        if names is None or tree.class_name not in names or tree.class_name not in names.split():
            return False
        return _matches(tree.selector, el)
    if isinstance(tree, Element):
        return tree.element is None or el.tag == tree.element
    if isinstance(tree, CombinedSelector):
        return _matches(tree.subselector, el) and any(_matches(tree.selector, up) for up in _above(tree, el))
    if isinstance(tree, Negation):
        return _matches(tree.selector, el) and not _matches(tree.subselector, el)
    if not _matches(tree.selector, el):
        return False
    if isinstance(tree, Hash):
        return bool(el.get("id") == tree.id)
    return isinstance(tree, Attrib) and _attribute(tree, el.get(tree.attrib))


def _above(tree: CombinedSelector, el: HtmlElement) -> Iterator[HtmlElement]:
    if tree.combinator == " ":
        yield from el.iterancestors()
    elif (parent := el.getparent()) is not None:
        yield parent


def _attribute(tree: Attrib, actual: str | None) -> bool:
    if actual is None:
        return False
    wanted = (tree.value.value if tree.value is not None else None) or ""
    match tree.operator:
        case "exists":
            return True
        case "=":
            return actual == wanted
        case "~=":
            return wanted in actual.split()
        case "^=":
            return bool(wanted) and actual.startswith(wanted)
        case "$=":
            return bool(wanted) and actual.endswith(wanted)
        case "*=":
            return bool(wanted) and wanted in actual
        case "|=":
            return actual == wanted or actual.startswith(f"{wanted}-")
    return False
