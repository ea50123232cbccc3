"""Archives by month and year, and pagers whose addresses end in their numbers."""

import pytest

from mapexpress.discovery.archive_pages import archive_pages
from mapexpress.discovery.pagers import next_pages
from mapexpress.discovery.section_links import section_links
from mapexpress.page.parse import parse

HOME = "https://news.example/"


def listed(*paths: str, around: str = "ul") -> str:
    return f"<{around}>" + "".join(f"<li><a href='{path}'>{path}</a></li>" for path in paths) + f"</{around}>"


def test_months_are_asked_newest_first_and_years_only_where_no_month_is_listed() -> None:
    html = listed("/2025/11/", "/2026/01/", "/2026/", "/2024/", "/2026/01/12/", "/2026/01/pluie.html")
    assert archive_pages(parse(html, url=HOME)) == tuple(HOME + p for p in ("2026/01/", "2025/11/", "2024/"))


@pytest.mark.parametrize("path", ["/archives/2026/03", "/?m=202603", "/ar/2026/03/", "/2026-03.html"])
def test_archives_as_platforms_write_them(path: str) -> None:
    assert len(archive_pages(parse(listed(path), url=HOME))) == 1


def test_a_calendar_and_the_list_on_another_archive_lead_nowhere() -> None:
    calendar = "<table><tr><td><a href='/2026/02/'>« Février</a></td></tr></table>"
    assert archive_pages(parse(calendar, url=HOME)) == ()
    assert archive_pages(parse(listed("/2026/01/", "/2026/02/"), url=f"{HOME}2026/03/")) == ()
    assert archive_pages(parse(listed("/2026/01/", "/2025/12/"), url=f"{HOME}2026/")) == (f"{HOME}2026/01/",)


@pytest.mark.parametrize(
    ("own", "following"),
    [("", "news/list_2.html"), ("news/list_2.html", "news/list_3.html"), ("news/list_4.html", None)],
)
def test_a_pager_that_counts_in_its_addresses(own: str, following: str | None) -> None:
    links = "".join(f"<a href='/news/list_{n}.html'>{n}</a> " for n in range(1, 5) if not own.endswith(f"_{n}.html"))
    found = next_pages(parse(f"<div class=x>{links}</div>", url=HOME + own))
    assert found == ((HOME + following,) if following else ())


def test_numbers_that_lead_to_numbered_articles_are_no_pager() -> None:
    lone = "<p><a href='/news/2/'>2</a> commentaires</p><p><a href='/news/3/'>3</a></p>"
    assert next_pages(parse(lone, url=HOME)) == ()


def test_sections_that_a_query_names_and_no_links_below_a_teaser() -> None:
    menu = "".join(
        f"<li><a href='/index.php?option=com_content&amp;view=category&amp;id={n}'>Rubrique</a></li>" for n in (7, 8)
    )
    assert len(section_links(parse(f"<ul class=menu>{menu}</ul>", url=HOME))) == 2
    below = (
        "<p><a href='/12/pluie/#respond'>Commenter</a> <a href='/12/pluie/#share'>Partager</a> <a href='/rss/a'>Fil</a>"
    )
    assert section_links(parse(below, url=HOME)) == ()
