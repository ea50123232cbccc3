"""Selectors matched against a walked page the way browsers do it: by their rightmost part, through an index.

Hundreds of rules are asked of every page and nearly none of them match: a rule whose rightmost class, id or
attribute value is nowhere on the page costs one dictionary look-up. What the index does not know of CSS, and XPath, is
asked of parsel. Only the page's block-level elements are subjects; ancestors may be of any kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cssselect
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash, Negation

from mapexpress.web.selectors import Query, is_xpath, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cssselect.parser import Tree
    from lxml.html import HtmlElement

    from mapexpress.model.page import Node, Page

_OPERATORS = frozenset({"exists", "=", "~=", "^=", "$=", "*=", "|="})
# Attributes whose values `Node.names` holds, so that they can be found through the index
_INDEXED = frozenset(
    "itemprop role data-testid data-test data-qa data-component data-type data-name data-module".split()
)


class NodeIndex:
    """The nodes of one page by each word of their class, id and similar attributes, and by tag."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._by_element: dict[HtmlElement, Node] = {}

    def select(self, selector: str) -> list[Node]:
        """The nodes that a selector matches, in page order. Raises ValueError for what is none."""
        found: dict[int, Node] = {}
        rules = compiled(selector)
        if isinstance(rules, Query):
            return self._queried(rules)
        for rule in rules:
            if rule.word and rule.word not in self.page.node_words:
                continue
            if not all(map(self.page.holds, rule.names)):
                continue
            for node in self._candidates(rule):
                if node.index not in found and _matches(rule.tree, node.element):
                    found[node.index] = node
        return [found[i] for i in sorted(found)] if found else []

    def _queried(self, query: Query) -> list[Node]:
        if not self._by_element:
            self._by_element = {node.element: node for node in self.page.nodes}
        found = {node.index: node for el in query.elements(self.page.root) if (node := self._by_element.get(el))}
        return [found[i] for i in sorted(found)]

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
def compiled(selector: str) -> tuple[Selector, ...] | Query:
    """What is asked of the index (tags, classes, ids, attributes, `:not()`, descendants and children, commas), or of
    parsel. Raises ValueError with one line for what is no selector.

    >>> [s.word for s in compiled("div.body.single_act > p, article#story")]
    [None, 'story']
    >>> compiled("p:first-child")
    Query(text='p:first-child')
    """
    if is_xpath(selector):
        return query(selector)
    try:
        parsed = cssselect.parse(selector)
    except cssselect.SelectorError:
        return query(selector)  # which says what is wrong
    if not all(one.pseudo_element is None and _is_indexed(one.parsed_tree) for one in parsed):
        return query(selector)
    selectors = []
    for one in parsed:
        tree = one.parsed_tree
        word, tag = _subject(tree)
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


def _is_indexed(tree: Tree) -> bool:
    """Whether the index can answer a selector as a browser does."""
    if isinstance(tree, CombinedSelector):
        known = tree.combinator in (" ", ">")
        return known and _is_indexed(tree.selector) and _is_indexed(tree.subselector)
    if isinstance(tree, Negation):
        return _is_indexed(tree.selector) and _is_indexed(tree.subselector)
    if isinstance(tree, Attrib):
        return tree.operator in _OPERATORS and tree.namespace is None and _is_indexed(tree.selector)
    if isinstance(tree, (Class, Hash)):
        return _is_indexed(tree.selector)
    if not isinstance(tree, Element) or tree.namespace is not None:
        return False
    return tree.element is None or bool(tree.element.islower())  # names in capitals are parsel's to lower


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
