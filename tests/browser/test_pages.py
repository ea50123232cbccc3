"""The pages we write, as a browser shows them: quiet, by keyboard, right to left, accessible, and safe."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.website import Website
from mapexpress.article import Document, explain
from mapexpress.dataset.store import SiteStore
from mapexpress.extraction.consult import consult_trafilatura
from mapexpress.records import Article, Removal, content_hash
from mapexpress.report.explained import sourced_values
from mapexpress.report.gates import check
from mapexpress.report.summary import summarise
from mapexpress.views.explain_html import render_explain
from mapexpress.views.report_html import render_report
from tests.browser.conftest import Browser

pytestmark = pytest.mark.xdist_group("browser")

HOSTILE = '<script>window.hit=1</script><img src=x onerror="window.hit=1"></span><svg onload="window.hit=1">'
VIEWS = [(1300, False), (1300, True), (420, False), (420, True)]


def explained(folder: Path, name: str) -> Path:
    """The explain page of a fixture post."""
    post = next(p for p in load_posts() if p.name == name)
    body = Website(load_posts()).answer(post.path).body
    made = explain([Document(body=body, url=f"https://www.mapexpress.ma{post.path}")])
    html = render_explain(
        made.record,
        values=list(sourced_values(made)),
        decisions=made.decisions[0],
        other=consult_trafilatura(made.pages[0]),
    )
    (folder / f"{name}.html").write_text(html, "utf-8")
    return folder / f"{name}.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    with SiteStore.open(folder, "news.example", run="r1", clock=lambda: now, warc=False) as store:
        for n in range(40):
            article = Article(
                id=f"id-{n}",
                site="news.example",
                url=f"https://news.example/{n}",
                title=f"{HOSTILE} {n}",
                text=f"Le port de la ville {n} a rouvert lundi.\n\n{HOSTILE}",
                section=HOSTILE,
                language="ar" if n % 2 else "fr",
                date_published=f"2026-03-{1 + n % 28:02}T08:00:00+00:00",
                date_precision="instant",
                fetched_at=f"2026-03-{1 + n % 28:02}T08:30:00+00:00",
                extractor="scorer",
                extractor_version="1",
                removed=[Removal(reason="share", blocks=1, chars=20)],
            )
            article.content_hash = content_hash(article.title, article.text)
            store.write(article)
        store.seal()
    summary = summarise(folder, "news.example")
    (folder / "report.html").write_text(render_report([(summary, check(summary))]), "utf-8")
    return folder / "report.html"


@pytest.mark.parametrize(("width", "dark"), VIEWS)
@pytest.mark.parametrize("name", ["fr-port-safi", "ar-kora-talat"])
def test_an_explain_page_is_quiet_and_accessible(
    browser: Browser, name: str, width: int, dark: bool, tmp_path: Path
) -> None:
    browser.open(explained(tmp_path, name), width=width, dark=dark)
    assert browser.errors() == []
    assert browser.requests() == []
    assert browser.serious() == []
    wider = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, "the page scrolls sideways"


def test_the_blocks_can_be_walked_and_filtered_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    browser.open(explained(tmp_path, "fr-port-safi"))
    shown = "return [...document.querySelectorAll('ol.blocks li')].filter(e => e.offsetParent).length"
    at_first = browser.run(shown)
    keys = lambda text: ActionChains(browser.driver).send_keys(text).perform()  # noqa: E731
    keys("n")
    first = browser.run("return document.activeElement.textContent")
    keys("n")
    assert browser.run("return document.activeElement.textContent") != first
    keys("p")
    assert browser.run("return document.activeElement.textContent") == first
    keys("o")
    assert browser.run(shown) > at_first
    keys("ok")
    assert browser.run(shown) < at_first
    keys("kt")
    badges = "return [...document.querySelectorAll('.badge')].filter(e => getComputedStyle(e).display != 'none').length"
    assert browser.run(badges) > 0


def test_arabic_runs_from_right_to_left(browser: Browser, tmp_path: Path) -> None:
    browser.open(explained(tmp_path, "ar-kora-talat"))
    directions = browser.run(
        "return [...document.querySelectorAll('li.kept > span[dir]')].map(e => getComputedStyle(e).direction)"
    )
    assert directions
    assert set(directions) == {"rtl"}


@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_a_report_is_quiet_accessible_and_runs_no_script_of_an_article(
    browser: Browser, report: Path, width: int, dark: bool
) -> None:
    browser.open(report, width=width, dark=dark)
    assert browser.errors() == []
    assert browser.requests() == []
    assert browser.run("return window.hit === undefined")
    assert browser.run("return document.querySelectorAll('svg.chart').length") >= 4
    assert browser.run("return document.querySelectorAll('figure details table, figure table').length") >= 4
    assert browser.serious() == []


def test_a_hostile_article_cannot_run_script_in_its_explain_page(browser: Browser, tmp_path: Path) -> None:
    page = f"<html><body><article><h1>Le port</h1><p>Le port a rouvert. {HOSTILE.replace('<', '&lt;')}</p></article>"
    made = explain([Document(body=page + HOSTILE, url="https://news.example/port?" + HOSTILE)])
    html = render_explain(made.record, values=list(sourced_values(made)), decisions=made.decisions[0])
    (tmp_path / "page.html").write_text(html, "utf-8")
    browser.open(tmp_path / "page.html")
    assert browser.run("return window.hit === undefined")
    assert browser.errors() == []
    assert "onerror" in str(browser.run("return document.body.textContent"))


def test_the_checks_themselves_can_fail(browser: Browser, tmp_path: Path) -> None:
    faulty = (
        '<html lang="en"><title>t</title><img src="http://127.0.0.1:9/x.png"><script>throw new Error("no")</script>'
    )
    (tmp_path / "faulty.html").write_text(faulty, "utf-8")
    browser.open(tmp_path / "faulty.html")
    assert any("image-alt" in fault for fault in browser.serious())
    assert any("Error: no" in error for error in browser.errors())
    assert browser.requests() == ["http://127.0.0.1:9/x.png"]
