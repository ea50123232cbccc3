"""A site's first run learns its template before it cleans; nothing of it depends on how the run went."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from fixtures.posts import Case
from fixtures.server import SiteServer
from fixtures.website import Rule
from mapexpress.boilerplate.template.snapshot import Entry, to_data
from mapexpress.boilerplate.template.units import units_of_page
from mapexpress.dataset.between_runs.templates import current_snapshot
from mapexpress.dataset.files.layout import Layout
from mapexpress.page.parse import parse
from tests.end_to_end.support import ROOT, Crawl, Runner, wait_for

OwnSite = Callable[[], SiteServer]


def template_of(run: Crawl) -> dict[str, object]:
    folder = run.data / "sites/mapexpress/template"
    name = (folder / "current").read_text("utf-8")
    return json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))


def test_records_of_a_first_run_name_the_template_it_learned(first_run: Crawl) -> None:
    template = template_of(first_run)
    assert {record["template_id"] for record in first_run.records} == {template["id"]}
    assert template["pages"] == 30


def test_held_pages_are_fetched_once(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    run = runner.run(server.url, tmp_path, "lang=ar")
    assert len({record["template_id"] for record in run.records} - {None}) == 1
    asked = Counter(server.targets(200))
    assert max(asked[case.post.path] for url, case in stored.items() if case.post and url in run.urls) == 1


def test_killed_while_pages_are_held(
    runner: Runner, own_site: OwnSite, first_run: Crawl, stored: dict[str, Case], tmp_path: Path
) -> None:
    """They are in the WARC: not asked again, and cleaned with the same template as if nothing had happened."""
    server = own_site()
    articles = {c.post.path for c in stored.values() if c.post}
    for path in articles:
        server.website.rules[path] = Rule(delay=1.0)
    process = runner.start(server.url, tmp_path)
    assert wait_for(lambda: len(set(server.targets(200)) & articles) > 12)
    before = set(server.targets(200)) & articles
    for path in articles - before:
        server.website.rules[path] = Rule(delay=8.0)
    wait_for(lambda: False, 3.0)  # a commit is at most a second away, on a busy machine somewhat more
    runner.kill(process)
    assert not list(tmp_path.glob("sites/mapexpress/template/*")), "the template was learned before the kill"
    server.website.rules.clear()
    again = runner.run(server.url, tmp_path)
    assert again.status == 0, again.output
    twice = Counter(t for t in server.targets(200) if t in articles)
    assert sum(twice[path] - 1 for path in before) <= 4, "only what was under way at the kill is asked again"
    assert Counter(again.urls) == Counter(stored.keys())
    assert {r["template_id"] for r in again.records} == {r["template_id"] for r in first_run.records}
    texts = {r["url"]: (r["title"], r["text"], r["removed"]) for r in first_run.records}
    assert {r["url"]: (r["title"], r["text"], r["removed"]) for r in again.records} == texts


def test_a_new_template_is_never_a_revision_and_reclean_brings_it_in(
    runner: Runner, own_site: OwnSite, tmp_path: Path
) -> None:
    server = own_site()
    first = runner.run(server.url, tmp_path, "lang=ar")
    layout = Layout(tmp_path, "mapexpress")
    old = current_snapshot(layout)
    assert old is not None
    record = next(r for r in first.records if str(r["text"]).count("\n\n") > 2)
    last = str(record["text"]).rpartition("\n\n")[2]
    address = server.url + urlsplit(str(record["url"])).path
    with urlopen(address) as answer:
        unit = next(u for u in units_of_page(parse(answer.read(), url=address), {}) if u.text == last)
    ending = Entry(count=80, places={unit.place: 80}, example=last)  # as what four of five pages end with
    new = replace(old, id="0123456789abcdef", pages=100, entries={**old.entries, unit.mark: ending})
    (layout.template / f"{new.id}.json.gz").write_bytes(gzip.compress(to_data(new)))
    (layout.template / "current").write_text(new.id, "utf-8")
    lines = Counter(first.lines())
    again = runner.run(server.url, tmp_path, "lang=ar", "full=1")
    assert again.status == 0, again.output
    assert Counter(again.lines()) == lines

    def reclean() -> list[dict[str, object]]:
        command = [sys.executable, "-m", "scrapy", "reclean", "--data", str(tmp_path)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
        return again.records

    made = {r["id"]: r for r in reclean()}
    assert {r["template_id"] for r in made.values()} == {new.id}
    assert {r["revision"] for r in made.values()} == {1}
    assert made[record["id"]]["text"] == str(record["text"]).removesuffix(f"\n\n{last}")
    before = again.lines()
    reclean()
    assert again.lines() == before


def test_without_stored_responses_nothing_is_held(runner: Runner, own_site: OwnSite, tmp_path: Path) -> None:
    server = own_site()
    first = runner.run(server.url, tmp_path, "lang=fr", MAPEXPRESS_WARC="0")
    assert first.status == 0, first.output
    assert {record["template_id"] for record in first.records} == {None}
    second = runner.run(server.url, tmp_path, "lang=ar", MAPEXPRESS_WARC="0")
    assert {r["template_id"] for r in second.records if r["language"] == "ar"} == {template_of(second)["id"]}
