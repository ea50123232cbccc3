import pytest
from lxml.html import fromstring

from mapexpress.web.selectors import query

PAGE = fromstring(
    "<html><body><div id='a' class='story'><p class='lead'>Un</p><p>Deux</p><h2><a href='/b'>Trois</a></h2></div>"
    "<div class='aside-12'><p>Vier</p></div></body></html>"
)


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("div.story > p", ["Un", "Deux"]),
        ("div.story > p:not(.lead)", ["Deux"]),
        ("p + p", ["Deux"]),
        ("p ~ h2", ["Trois"]),
        ("P:first-child", ["Un", "Vier"]),
        ("div:has(> h2) p:nth-of-type(2)", ["Deux"]),
        ("p:is(.lead, .none)", ["Un"]),
        ("//div[re:test(@class, '^aside-[0-9]+$')]/p", ["Vier"]),
        ("(//p)[last()]", ["Vier"]),
        ("./body/div/h2", ["Trois"]),
        ("xpath:descendant::p[has-class('lead')]", ["Un"]),
        ('//p[contains(., "foo(") or position() = 2]', ["Deux"]),
    ],
)  # fmt: skip
def test_all_of_css_and_xpath_is_taken(selector: str, said: list[str]) -> None:
    assert [element.text_content() for element in query(selector).elements(PAGE)] == said


def test_attributes_and_text_are_taken_where_they_are_asked_for() -> None:
    assert query("h2 > a::attr(href)", values=True).found(PAGE) == ["/b"]
    assert query("//h2/a/text()", values=True).found(PAGE) == ["Trois"]
    assert query("p.lead::text", values=True).elements(PAGE) == []


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        ("p[", r"'p\[' is no CSS selector: Expected"),
        ("", "'' is no CSS selector: Expected"),
        ("p::before", "is no CSS selector: "),
        ("p:foo", "is no CSS selector: "),
        ("//p[", "is no XPath expression: XPath error: Invalid expression"),
        ("//p[foo(.)]", r"is no XPath expression: there is no function foo\(\)"),
        ("//div[p[re:tset(., 'a')]]", r"there is no function re:tset\(\)"),
        ("//p[@class = $name]", "there is no variable"),
        ("xpath:count(//p)", "finds a number or a truth, not elements"),
        ("p::text", "finds text: name the element that holds it"),
        ("h2 a::attr(href), p", "finds text"),
        ("//a/@href", "finds text"),
        ("//p | //h2/text()", "finds text"),
    ],
)  # fmt: skip
def test_what_is_no_selector_is_told_in_one_line(selector: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as raised:
        query(selector)
    assert "\n" not in str(raised.value)
