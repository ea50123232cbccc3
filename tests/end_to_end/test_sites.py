"""`scrapy sites` and the report over sites that live and sites that do not, crawled for real."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests import forked
from tests.end_to_end.small_site import START, Answer, Run, SmallSite, Story, crawl, serving, stories

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(
        "sites" not in entry_points(group="scrapy.commands").names, reason="the package is not installed: make install"
    ),
]


@dataclass
class DeadSite(SmallSite):
    """A site that gives `everywhere` to all addresses that it says nothing else of."""

    everywhere: Answer = (404, {}, b"")

    def answer(self, target: str) -> Answer:
        return self.answers.get(target, self.everywhere)


def daily(count: int) -> list[Story]:
    return [replace(story, when=START - timedelta(days=n)) for n, story in enumerate(stories(count))]


PARKED = "<title>gazette.example</title><h1>Ce nom de domaine est à vendre</h1><p>Faites une offre.</p>"
SHELL = "<title>News</title><div id='root'></div><script src='/app.js'></script>"
BANNED: dict[str, Answer] = {"/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")}
# What a site is, and how it stands after its first run
SITES: dict[str, tuple[SmallSite, str, str]] = {
    "well": (SmallSite(daily(12)), "well", ""),
    "refusing": (DeadSite([], everywhere=(403, {}, b"<h1>Forbidden</h1>")), "blocked", "forbidden"),
    "banning": (DeadSite([], answers=BANNED), "blocked", "robots"),
    "down": (DeadSite([], everywhere=(503, {}, b"<h1>Wartung</h1>")), "dead", ""),
    "parked": (DeadSite([], everywhere=(200, {}, PARKED.encode())), "parked", "another page"),
    "shell": (DeadSite([], everywhere=(200, {}, SHELL.encode())), "blocked", "javascript"),
    "missing": (
        SmallSite(daily(8), answers={s.path: (404, {}, b"") for s in daily(8)}),
        "dead",
        "its articles answer 404",
    ),
}


@dataclass
class Operator:
    """A folder with site files and a dataset, and the commands that look at them."""

    folder: Path
    sites: dict[str, SmallSite] = field(default_factory=dict)

    def crawl(self, name: str, hour: float) -> Run:
        file = self.folder / f"sites/{name}.toml"
        return crawl(self.sites[name], self.folder / "data", hour=hour, name=str(file))

    def scrapy(self, *arguments: str, hour: float) -> subprocess.CompletedProcess[str]:
        settings = {
            "MAPEXPRESS_DATA": self.folder / "data",
            "MAPEXPRESS_SITES": self.folder / "sites",
            "MAPEXPRESS_NOW": (START + timedelta(hours=4 + hour)).isoformat(),
        }
        command = list(arguments)
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        return forked.scrapy(*command)

    def told(self, *arguments: str, hour: float) -> dict[str, dict[str, object]]:
        done = self.scrapy("sites", "--json", *arguments, hour=hour)
        return {line["site"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Each site was crawled once; one that has a file was not."""
    folder = tmp_path_factory.mktemp("operator")
    (folder / "sites").mkdir()
    operator = Operator(folder)
    with ExitStack() as stack:
        for name, (site, _, _) in SITES.items():
            operator.sites[name] = stack.enter_context(serving(site))
            (folder / f"sites/{name}.toml").write_text(f'[[editions]]\nhome = "{site.base}/"\n', "utf-8")
            operator.crawl(name, 0)
        (folder / "sites/waiting.toml").write_text('[[editions]]\nhome = "http://waiting.example/"\n', "utf-8")
        begun = (START - timedelta(days=3)).timestamp()
        os.utime(folder / "sites/waiting.toml", (begun, begun))
        yield operator


@pytest.mark.parametrize("name", SITES)
def test_each_trouble_is_named_on_the_first_run(operator: Operator, name: str) -> None:
    _, condition, words = SITES[name]
    told = operator.told(name, hour=1)[name]
    assert told["condition"] == condition, told
    assert told["fails"] == (condition != "well")
    assert words in str(told["reason"] or "")
    assert bool(told["advice"]) == bool(told["fails"])
    assert str(told["last_run"]).startswith(START.date().isoformat())


def test_failing_sites_are_an_exit_status(operator: Operator) -> None:
    every = operator.scrapy("sites", hour=1)
    assert every.returncode == 0, every.stderr
    names = [line.split()[0] for line in every.stdout.splitlines()[1:]]
    assert sorted(names) == sorted([*SITES, "waiting"])
    assert names[-1] == "well", "those that fail come first"
    failing = operator.scrapy("sites", "--failing", hour=1)
    assert failing.returncode == 5
    assert "well" not in [line.split()[0] for line in failing.stdout.splitlines()]
    assert "scrapy crawl news -a site=waiting" in failing.stdout
    alone = operator.scrapy("sites", "--failing", "well", hour=1)
    assert (alone.returncode, alone.stdout) == (0, "")
    wrong = operator.scrapy("sites", "nowhere", hour=1)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_the_report_is_not_green_for_dead_sites(operator: Operator) -> None:
    page = operator.folder / "report.html"
    done = operator.scrapy("report", "--html", str(page), hour=1)
    assert done.returncode == 5
    html = page.read_text("utf-8")
    assert f"{len(SITES)} of {len(SITES) + 1} sites fail a quality gate" in html
    told = operator.told(hour=1)
    for line in operator.scrapy("report", "--json", hour=1).stdout.splitlines():
        report = json.loads(line)
        assert report["standing"] == told[report["site"]], "the report and the table are one"
        gates = {failure["gate"] for failure in report["failed_gates"]}
        assert (report["standing"]["condition"] in gates) == report["standing"]["fails"], report["site"]
        assert all(failure["message"] for failure in report["failed_gates"])


def test_a_site_is_silent_by_its_own_rhythm_until_something_new_comes(tmp_path: Path) -> None:
    here = Operator(tmp_path)
    (tmp_path / "sites").mkdir()
    with serving(SmallSite(daily(12))) as site:
        here.sites["daily"] = site
        (tmp_path / "sites/daily.toml").write_text(f'[[editions]]\nhome = "{site.base}/"\n', "utf-8")
        here.crawl("daily", 0)
        here.crawl("daily", 48)
        assert here.told(hour=49)["daily"]["condition"] == "well", "two days are a weekend"
        here.crawl("daily", 24 * 5)
        silent = here.told(hour=24 * 5 + 1)["daily"]
        assert (silent["condition"], silent["silent_days"], silent["usual_pause"]) == ("silent", 5, 1)
        assert silent["newest"] == START.date().isoformat()
        report = json.loads(here.scrapy("report", "--json", hour=24 * 5 + 1).stdout)
        assert [f["gate"] for f in report["failed_gates"]] == ["max_silence"]
        assert list(report["runs_per_month"]) == ["2026-03"]
        counts = report["runs_per_month"]["2026-03"]
        assert [counts[kind] for kind in ("runs", "new", "revised", "gone", "back")] == [3, 12, 0, 0, 0]
        assert counts["unchanged"] > 0
        site.shown.insert(0, replace(stories(13)[12], when=START + timedelta(days=5)))
        here.crawl("daily", 24 * 5 + 2)
        well = here.told(hour=24 * 5 + 3)["daily"]
        assert (well["condition"], well["silent_days"], well["status"]) == ("well", 0, 0)
        file = tmp_path / "sites/daily.toml"
        file.write_text(f"thresholds = {{ max_silense = 9 }}\n{file.read_text('utf-8')}", "utf-8")
        wrong = here.scrapy("sites", hour=1)
        assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
        assert "did you mean max_silence?" in wrong.stderr


def test_a_site_that_falls_and_rises(tmp_path: Path) -> None:
    """What is told is the last run's, with the first of those that failed one after another."""
    here = Operator(tmp_path)
    (tmp_path / "sites").mkdir()
    with serving(SmallSite(daily(12))) as site:
        here.sites["gazette"] = site
        (tmp_path / "sites/gazette.toml").write_text(f'[[editions]]\nhome = "{site.base}/"\n', "utf-8")
        here.crawl("gazette", 0)
        addresses = ["/", "/feed/", "/robots.txt", "/sitemap.xml", *(story.path for story in site.shown)]
        site.answers = dict.fromkeys(addresses, (200, {}, PARKED.encode()))
        for hour in (12, 24):
            here.crawl("gazette", hour)
        told = here.told(hour=25)["gazette"]
        assert told["condition"] == "parked"
        assert str(told["since"]).startswith((START + timedelta(hours=16)).isoformat()[:13])
        assert told["articles"] == 12
        site.answers = {}
        here.crawl("gazette", 36)
        assert here.told(hour=37)["gazette"]["condition"] == "well"
        later = here.told(hour=36 + 24 * 4)["gazette"]
        assert later["condition"] == "overdue", "its runs have ended"
