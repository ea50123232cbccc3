"""Selectors as users of Scrapy know them, run by parsel: all of CSS, with `::attr(name)` and `::text`, and XPath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree
from parsel import Selector

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_VALUE = re.compile(r"::(?:text|attr\([^()]*\))\s*(?:,|$)")  # of CSS: parsel's own pseudo-elements
_VALUE_OF_PATH = re.compile(r"(?:^|[/|])\s*(?:text\(\)|@[\w:*.-]+|attribute::[\w:*.-]+)\s*(?:\||$)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALLED = re.compile(r"(?<![\w.:-])([A-Za-z][\w.-]*(?::[A-Za-z][\w.-]*)?)\s*\(")
# XPath 1.0, sections 4 and 2.3, operators that stand before a bracket, and parsel's: `has-class()`, EXSLT's `re:` and
# `set:`. lxml notices another name only where it comes to call it, on some page
_FUNCTIONS = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before"
    " substring-after substring string-length normalize-space translate boolean not true false lang number sum floor"
    " ceiling round text node comment processing-instruction and or div mod has-class"
    " re:test re:match re:replace set:difference set:distinct set:has-same-node set:intersection set:leading"
    " set:trailing".split()
)
_XPATH = ("/", "./", "../", "(")  # no CSS selector begins like this
_PREFIX = "xpath:"  # for any other expression: "xpath:descendant::p"


@dataclass(slots=True, frozen=True)
class Query:
    """A selector that parsel has taken. `text` is what was written."""

    text: str

    def elements(self, root: HtmlElement) -> list[HtmlElement]:
        """The elements that it finds in a tree, in its order."""
        return [found for found in self.found(root) if not isinstance(found, str)]

    def found(self, root: HtmlElement) -> list[HtmlElement | str]:
        """Elements, or the values of attributes and texts, in the order of the tree."""
        selector = Selector(root=root, type="html")
        if self.text.startswith(_PREFIX):
            found = selector.xpath(self.text.removeprefix(_PREFIX))
        else:
            found = selector.xpath(self.text) if is_xpath(self.text) else selector.css(self.text)
        return [one.root for one in found]


def is_xpath(selector: str) -> bool:
    """Whether a selector is XPath: it begins with `/`, `./`, `../`, `(` or `xpath:`.

    >>> is_xpath("//div[@id='a']"), is_xpath("xpath:descendant::p"), is_xpath("div > p:first-child")
    (True, True, False)
    """
    return selector.startswith((*_XPATH, _PREFIX))


@lru_cache(maxsize=1024)
def query(selector: str, *, values: bool = False) -> Query:
    """Take a selector. Raises ValueError with one line for one that means nothing, or finds no elements.

    `values`: those that find attributes or text are taken too.

    >>> from lxml.html import fromstring
    >>> page = fromstring("<div><p>a</p><p class='x'><a href='/b'>b</a></p></div>")
    >>> [p.text_content() for p in query("p:not(:first-child)").elements(page)]
    ['b']
    >>> query("p:has(a) a::attr(href)", values=True).found(page)
    ['/b']
    >>> query("p[")
    Traceback (most recent call last):
    ValueError: 'p[' is no CSS selector: Expected ident or '*', got <EOF at 2>
    """
    taken = Query(selector)
    kind = "XPath expression" if is_xpath(selector) else "CSS selector"
    try:
        found = taken.found(etree.fromstring("<html><body>a</body></html>"))
    except Exception as error:  # of parsel, cssselect and lxml: each has its own
        said = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{selector!r} is no {kind}: {said}") from None
    plain = _QUOTED.sub("''", selector.removeprefix(_PREFIX))
    if any(isinstance(one, bool | float) for one in found):
        raise ValueError(f"{selector!r} finds a number or a truth, not elements")
    if is_xpath(selector):
        unknown = next((f"function {name}()" for name in _CALLED.findall(plain) if name not in _FUNCTIONS), None)
        if unknown is not None or "$" in plain:
            raise ValueError(f"{selector!r} is no XPath expression: there is no {unknown or 'variable'}")
    if not values and (_VALUE_OF_PATH if is_xpath(selector) else _VALUE).search(plain):
        raise ValueError(f"{selector!r} finds text: name the element that holds it")
    return taken
