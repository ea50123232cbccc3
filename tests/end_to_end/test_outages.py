"""A site that is down: known after a few tries, told in its own words, and no reason to blame its articles."""

import json
import os
import shlex
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.small_site import Answer, SmallSite, crawl, serving, stories
from tests.end_to_end.support import PATIENCE, Runner, wait_for


class Failing(SmallSite):
    """A site that fails while `fails` says so of an address."""

    fails: Callable[[str], bool] = staticmethod(lambda _target: False)
    failure: Answer = (503, {"Retry-After": "30"}, b"Service Unavailable")

    def answer(self, target: str) -> Answer:
        return self.failure if self.fails(target) else super().answer(target)


def everything(target: str) -> bool:
    return target != "/robots.txt"


def run_log(data: Path) -> list[dict[str, object]]:
    (month,) = next((data / "sites").iterdir()).glob("runs/*")
    return [json.loads(line) for line in month.read_text("utf-8").splitlines()]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_site_that_answers_503_is_down_and_its_articles_wait(tmp_path: Path) -> None:
    site = Failing(stories(8))
    with serving(site):
        first = crawl(site, tmp_path)
        assert first.status == 0, first.output
        before = first.records
        site.fails, site.asked = everything, []
        down = crawl(site, tmp_path, hour=30, retries=2)
        assert site.asked.count("/") == 3
        assert not [target for target in site.asked if target not in ("/", "/robots.txt")], "no guesses, no articles"
        assert down.status == 3, down.output
        assert f"  down        {site.host} answers 503" in down.output
        assert "0 articles found" in down.output
        assert (down.records, down.rejections) == (before, {})
        last = run_log(tmp_path)[-1]
        assert (last["status"], last["reason"], last["down"]) == (3, "down", [f"{site.host} answers 503"])
        site.fails = lambda _target: False
        back = crawl(site, tmp_path, hour=31, retries=2)
    assert back.status == 0, back.output
    assert "8 articles found" in back.output
    assert "  down " not in back.output
    assert back.records == before


def test_a_new_site_that_refuses_connections(runner: Runner, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    run = runner.run(url, tmp_path, f"url={url}/", spider="news")
    assert run.status == 3, run.output
    assert f"  down        {url[7:]} refuses the connection" in run.output
    assert "Traceback" not in run.output


def test_an_unknown_host(runner: Runner, tmp_path: Path) -> None:
    run = runner.run("http://gazette.invalid", tmp_path, "url=http://gazette.invalid/", spider="news")
    assert run.status == 3, run.output
    assert "  down        gazette.invalid is an unknown host" in run.output


def test_a_host_that_never_answers(runner: Runner, tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        run = runner.run(url, tmp_path, f"url={url}/", spider="news", MAPEXPRESS_FIRST_BYTE_TIMEOUT="1")
    assert run.status == 3, run.output
    assert f"  down        {url[7:]} does not answer in time" in run.output


@pytest.mark.parametrize("walk", [(), ("since=all",)])
def test_a_site_that_goes_down_in_the_middle(walk: tuple[str, ...], tmp_path: Path) -> None:
    site = Failing(stories(80))
    given: set[str] = set()

    def after_some(target: str) -> bool:
        if target.startswith("/actus/") and len(given) < 10:
            given.add(target)
        return len(given) >= 10 and target not in given and target != "/robots.txt"

    site.fails = after_some
    with serving(site):
        down = crawl(site, tmp_path, retries=2, arguments=walk)
        assert down.status == 3, down.output
        assert f"  down        {site.host} answers 503" in down.output
        assert len(down.records) == 10, "what was fetched is stored"
        assert len(set(site.asked) - given) < 40, "the others are not tried one by one"
        if walk:
            assert "not at its end; to go on: scrapy crawl news -a url=" in down.output
            assert "80 articles found, 10 stored" in down.output
        site.fails = lambda _target: False
        back = crawl(site, tmp_path, hour=2, retries=2, arguments=walk)
    assert back.status == 0, back.output
    assert len(back.records) == 80
    assert len({str(record["url"]) for record in back.records}) == 80


def test_pages_that_are_broken_while_the_home_is_well_are_no_outage(tmp_path: Path) -> None:
    site = Failing(stories(24))
    broken = {story.path for story in site.shown[:10]}
    site.fails = broken.__contains__
    with serving(site):
        run = crawl(site, tmp_path, retries=2)
    assert run.status == 0, run.output
    assert len(run.records) == 14
    assert set(run.rejections.values()) == {"http_503"}


LONG = "3600"  # seconds: no test waits so long


@pytest.mark.parametrize(
    ("failure", "settings"),
    [
        ((503, {}, b""), {"AUTOTHROTTLE_ENABLED": "1", "AUTOTHROTTLE_START_DELAY": LONG, "DOWNLOAD_DELAY": LONG}),
        ((429, {"Retry-After": LONG}, b""), {"MAPEXPRESS_MAX_RETRY_AFTER": LONG}),
    ],
)
def test_a_signal_ends_a_run_that_waits(
    failure: Answer, settings: dict[str, str], runner: Runner, tmp_path: Path
) -> None:
    """For its turn on a slow host, or as long as the site asked for."""
    site = Failing(stories(30))
    site.failure = failure
    site.fails = lambda target: target != "/robots.txt"
    with serving(site):
        process = runner.start(site.base, tmp_path, f"url={site.base}/", spider="news", **settings)
        assert wait_for(lambda: len(site.asked) >= (2 if failure[0] == 429 else 1))
        os.kill(process.pid, signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143, output
    assert "Traceback" not in output


def test_a_walk_that_is_interrupted_tells_what_it_found_and_how_to_go_on(runner: Runner, tmp_path: Path) -> None:
    site = SmallSite(stories(30))
    with serving(site):
        slow = {"DOWNLOAD_DELAY": "0.2"}
        process = runner.start(site.base, tmp_path, f"url={site.base}/", "since=all", spider="news", **slow)
        assert wait_for(lambda: len([target for target in site.asked if target.startswith("/actus/")]) >= 3)
        os.kill(process.pid, signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143, output
    assert "127.0.0.1: 30 articles found" in output
    told = next(line for line in output.splitlines() if "not at its end; to go on: " in line)
    again = shlex.split(told.partition("to go on: ")[2])
    assert again[:3] == ["scrapy", "crawl", "news"]
    assert {f"url={site.base}/", "since=all", "DOWNLOAD_DELAY=0.2"} <= set(again)


def test_the_summary_is_the_last_line_of_a_log_for_machines(tmp_path: Path, runner: Runner) -> None:
    site = SmallSite(stories(8))
    with serving(site):
        run = runner.run(site.base, tmp_path, f"url={site.base}/", spider="news", MAPEXPRESS_LOG_JSON="1")
    assert run.status == 0, run.output
    assert json.loads(run.output.splitlines()[-1])["summary"]["found"] == 8
