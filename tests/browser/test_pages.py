"""The pages we write, as a browser shows them: quiet, by keyboard, right to left, accessible, and safe."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.website import Website
from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.files.layout import site_keys
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, Rejection, Removal, content_hash
from mapexpress.record.build import Document, explain
from mapexpress.report.site_report import report_site
from mapexpress.views.explain_html import explain_page
from mapexpress.views.report_html import render_report
from tests.browser.conftest import Browser

HOSTILE = '<script>window.hit=1</script><img src=x onerror="window.hit=1"></span><svg onload="window.hit=1">'
VIEWS = [(1300, False), (1300, True), (420, False), (420, True)]


def explained(folder: Path, name: str) -> Path:
    """The explain page of a fixture post."""
    post = next(p for p in load_posts() if p.name == name)
    body = Website(load_posts()).answer(post.path).body
    made = explain([Document(body=body, url=f"https://www.mapexpress.ma{post.path}")])
    (folder / f"{name}.html").write_text(explain_page(made), "utf-8")
    return folder / f"{name}.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    for site in ("news.example", "quiet.example", "third.example", "fourth.example"):
        with SiteStore.open(folder, site, run="r1", clock=lambda: now, warc=False) as store:
            for n in range(40 if site == "news.example" else 8):
                store.write(hostile_article(site, n))
            store.write(Rejection(url=f"https://{site}/{HOSTILE}", stage="page", reason=HOSTILE, site=site))
            Ledger(store.state).note("2026-04-01", "layout", [f"`{HOSTILE}` no longer found on 40 of 42 pages"])
            store.seal()
    reports = [report_site(folder, site) for site in site_keys(folder)]
    (folder / "report.html").write_text(render_report(reports), "utf-8")
    (folder / "one.html").write_text(render_report(reports[1:2]), "utf-8")
    return folder / "report.html"


def hostile_article(site: str, n: int) -> Article:
    article = Article(
        id=f"{site}-{n}",
        site=site,
        url=f"https://{site}/{n}",
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
    return article


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


def press(browser: Browser, text: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser.driver).send_keys(text).perform()


SHOWN = "return [...document.querySelectorAll('.block')].filter(e => e.checkVisibility()).length"


def test_the_blocks_can_be_walked_and_filtered_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    browser.open(explained(tmp_path, "fr-port-safi"))
    at_first = browser.run(SHOWN)
    focused = "return document.activeElement.className + document.activeElement.textContent"
    press(browser, "n")
    first = browser.run(focused)
    assert str(first).startswith("block ")
    press(browser, "n")
    assert browser.run(focused) != first
    press(browser, "p")
    assert browser.run(focused) == first
    press(browser, "o")
    assert browser.run(SHOWN) > at_first
    press(browser, "ok")
    assert browser.run(SHOWN) < at_first
    press(browser, "kt")
    layer = "return [...document.querySelectorAll('.layer.differs')].filter(e => e.checkVisibility()).length"
    assert browser.run(layer) > 0
    press(browser, "t")
    assert browser.run(layer) == 0


def test_the_whole_page_can_be_reached_with_the_tab_key(browser: Browser, tmp_path: Path) -> None:
    """Each control and each block that is shown gets the focus, in page order, and shows it."""
    browser.open(explained(tmp_path, "fr-port-safi"))
    reached = []
    for _ in range(60):
        press(browser, "\ue004")
        reached.append(browser.run("const e = document.activeElement; return e.id || e.className || e.localName"))
        if reached[-1] in ("body", "scroll"):
            break
        outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", reached[-1]
    assert {"kept", "removed", "outside", "other", "view-both", "summary", "block kept"} <= set(reached)
    assert reached.count("block kept") == browser.run("return document.querySelectorAll('.block.kept').length")


def test_the_view_is_chosen_and_a_phone_begins_with_the_page(browser: Browser, tmp_path: Path) -> None:
    visible = "return [...document.querySelectorAll(arguments[0])].some(e => e.checkVisibility())"
    path = explained(tmp_path, "fr-port-safi")
    browser.open(path)
    assert browser.run(visible, ".before .block")
    assert browser.run(visible, ".after p")
    press(browser, "2")
    assert not browser.run(visible, ".after p")
    press(browser, "3")
    assert browser.run(visible, ".after p")
    assert not browser.run(visible, ".before .block")
    browser.open(path, width=420)
    assert browser.run(visible, ".before .block")
    assert not browser.run(visible, ".after p")


def test_a_paragraph_stands_level_with_its_block(browser: Browser, tmp_path: Path) -> None:
    browser.open(explained(tmp_path, "fr-port-safi"))
    apart = browser.run(
        """return [...document.querySelectorAll('.row.kept')].map(row => {
        const tops = ['.said', '.after p'].map(css => row.querySelector(css).getBoundingClientRect().top);
        return Math.abs(tops[0] - tops[1])})"""
    )
    assert apart
    assert max(apart) < 12


def test_arabic_runs_from_right_to_left(browser: Browser, tmp_path: Path) -> None:
    browser.open(explained(tmp_path, "ar-kora-talat"))
    directions = browser.run(
        "return [...document.querySelectorAll('.kept > .said, .after > p')].map(e => getComputedStyle(e).direction)"
    )
    assert directions
    assert set(directions) == {"rtl"}
    left = "return document.querySelector('.row.kept ' + arguments[0]).getBoundingClientRect().left"
    assert browser.run(left, ".before") > browser.run(left, ".after"), "the page begins on the right"


@pytest.mark.parametrize("name", ["report.html", "one.html"])
@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_a_report_is_quiet_accessible_and_runs_no_script_of_an_article(
    browser: Browser, report: Path, name: str, width: int, dark: bool
) -> None:
    browser.open(report.with_name(name), width=width, dark=dark)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.errors() == []
    assert browser.requests() == []
    assert browser.run("return window.hit === undefined")
    charts = browser.run("return document.querySelectorAll('svg.chart').length")
    assert charts >= 8
    assert browser.run("return document.querySelectorAll('figure svg.chart ~ details table').length") == charts
    assert browser.serious() == []
    wider = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, "the page scrolls sideways"


def test_bars_are_as_long_as_their_figures(browser: Browser, report: Path) -> None:
    browser.open(report)
    drawn = browser.run(
        """const figure = [...document.querySelectorAll('figure')].find(f => f.textContent.startsWith('Sites'));
        return [[...figure.querySelectorAll('.bar')].map(b => Number(b.getAttribute('width'))),
          [...figure.querySelectorAll('td.num')].map(c => Number(c.textContent))]"""
    )
    widths, figures = drawn  # type: ignore[misc]
    assert figures == [40, 8, 8, 8]
    assert [round(width / widths[0], 2) for width in widths] == [round(n / figures[0], 2) for n in figures]


# Words of up to 28 letters that stand on two lines, in what is shown; a box that scrolls may hide some of it
BROKEN = """
const walker = document.createTreeWalker(document.querySelector(arguments[0]), NodeFilter.SHOW_TEXT), broken = [];
while (walker.nextNode()) {
  const node = walker.currentNode;
  if (!node.parentElement.checkVisibility() || node.parentElement.closest('svg,.hidden')) continue;
  for (const word of node.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
    if (word[0].length <= 28 && !word[0].includes('-') && lines.size > 1) broken.push(word[0]);
  }
}
return broken"""
# Labels of the axes of all charts that touch each other or leave their chart
COLLIDING = """
const found = [];
for (const chart of document.querySelectorAll('svg.chart')) {
  const frame = chart.getBoundingClientRect();
  if (!frame.width) continue;
  const labels = [...chart.querySelectorAll('text')].map(label => [label.textContent, label.getBoundingClientRect()]);
  labels.forEach(([name, box], i) => {
    if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${name} is cut`);
    for (const [other, next] of labels.slice(i + 1))
      if (box.left < next.right && next.left < box.right && box.top < next.bottom - 3 && next.top < box.bottom - 3)
        found.push(`${name} touches ${other}`);
  });
}
return found"""


@pytest.mark.parametrize("width", [400, 700, 1300])
@pytest.mark.parametrize("name", ["report.html", "one.html"])
def test_a_report_breaks_no_word_and_its_labels_do_not_touch(
    browser: Browser, report: Path, name: str, width: int
) -> None:
    browser.open(report.with_name(name), width=width)
    browser.run("for (const part of document.querySelectorAll('details.more')) part.open = true")
    assert browser.run(BROKEN, "body") == []
    assert browser.run(COLLIDING) == []


@pytest.mark.parametrize("width", [400, 1300])
def test_authors_and_dates_stand_beside_the_title(browser: Browser, width: int, tmp_path: Path) -> None:
    browser.open(explained(tmp_path, "fr-port-safi"), width=width)
    assert "2026-04-22" in str(browser.run("return document.querySelector('header .byline').textContent"))
    below = browser.run("return document.querySelector('table.values').textContent")
    assert "date_published" not in str(below), "it stands once"
    top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
    heights = [float(str(browser.run(top, place))) for place in ("h1", ".byline", ".bar", "table.values")]
    assert heights == sorted(heights)


def test_the_overview_is_sorted_and_filtered_by_keyboard(browser: Browser, report: Path) -> None:
    browser.open(report)
    names = (
        "return [...document.querySelectorAll('#overview tbody tr')]"
        ".filter(r => !r.hidden).map(r => r.cells[0].textContent)"
    )
    assert browser.run(names) == ["fourth.example", "news.example", "quiet.example", "third.example"]
    browser.run("document.querySelectorAll('#overview thead button')[4].focus()")
    press(browser, "\ue006")
    press(browser, "\ue006")
    assert browser.run(names)[0] == "news.example"  # type: ignore[index]
    assert browser.run("return document.querySelectorAll('#overview th')[4].getAttribute('aria-sort')") == "descending"
    browser.run("document.getElementById('filter').focus()")
    press(browser, "QUIET")
    assert browser.run(names) == ["quiet.example"]
    sites = "return [...document.querySelectorAll('section.site')].filter(s => !s.hidden).length"
    assert browser.run(sites) == 1
    assert browser.run("return document.getElementById('shown').textContent") == "1 of 4"


def test_a_link_to_a_site_unfolds_its_charts(browser: Browser, report: Path) -> None:
    browser.open(report)
    charts = "return document.querySelector('#site-1 svg.chart').checkVisibility()"
    assert not browser.run(charts)
    browser.run("document.querySelector('#overview a[href=\"#site-1\"]').click()")
    browser.run("return new Promise(done => setTimeout(done, 200))")
    assert browser.run(charts)


def test_a_hostile_article_cannot_run_script_in_its_explain_page(browser: Browser, tmp_path: Path) -> None:
    page = f"<html><body><article><h1>Le port</h1><p>Le port a rouvert. {HOSTILE.replace('<', '&lt;')}</p></article>"
    made = explain([Document(body=page + HOSTILE, url="https://news.example/port?" + HOSTILE)])
    (tmp_path / "page.html").write_text(explain_page(made), "utf-8")
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
    touching = (
        '<svg class="chart" width="99" height="20"><text y="15">2026-05-01</text><text x="9" y="15">2026</text></svg>'
    )
    narrow = '<p style="width:2em;overflow-wrap:anywhere">unbreakable</p>'
    (tmp_path / "faulty.html").write_text(touching + narrow, "utf-8")
    browser.open(tmp_path / "faulty.html")
    assert browser.run(BROKEN, "body") == ["unbreakable"]
    assert browser.run(COLLIDING) == ["2026-05-01 touches 2026"]
