"""Answers that are none, bodies that go on after their end, a robots.txt that fails, bounds of a run."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from tests.end_to_end.support import Runner

POSTS = scaled_posts(6)
PATHS = {post.path for post in POSTS}
QUICK = {"RETRY_TIMES": "0", "MAPEXPRESS_MAX_RETRY_AFTER": "0"}


@contextmanager
def serving(lie: Callable[[str], bytes | None]) -> Iterator[SiteServer]:
    """The site, with the raw answer that `lie` gives to a path instead of its own."""
    with serve(Website(POSTS)) as running:
        handler = running.httpd.RequestHandlerClass
        plain = handler.do_GET  # type: ignore[attr-defined]

        def do_get(self: object) -> None:
            answer = lie(self.path)  # type: ignore[attr-defined]
            if answer is None:
                plain(self)
                return
            with suppress(OSError):
                self.wfile.write(answer)  # type: ignore[attr-defined]
            self.close_connection = True  # type: ignore[attr-defined]

        handler.do_GET = do_get  # type: ignore[attr-defined]
        yield running


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", "Content-Type: text/html", *lines, "", "")).encode()


BODY = (
    b"<html><body><h1>Comptes</h1>" + b"<p>Le conseil a examine les comptes de la ville.</p>" * 30 + b"</body></html>"
)
TOO_LONG = {
    "its length is too short": head("Content-Length: 700") + BODY,
    "a byte too short": head(f"Content-Length: {len(BODY) - 1}") + BODY,
    "more after the last chunk": head("Transfer-Encoding: chunked")
    + b"%x\r\n%s\r\n0\r\n\r\n" % (700, BODY[:700])
    + BODY[700:],
    "its length is too long": head(f"Content-Length: {len(BODY) + 9}") + BODY,
}
WHOLE = {
    "its length": head(f"Content-Length: {len(BODY)}") + BODY,
    "an empty line after it": head(f"Content-Length: {len(BODY)}") + BODY + b"\r\n",
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_body_that_is_not_as_long_as_it_says_is_none(name: str, runner: Runner, tmp_path: Path) -> None:
    with serving(lambda path: TOO_LONG[name] if path in PATHS else None) as site:
        run = runner.run(site.url, tmp_path, "lang=fr", **QUICK)
    assert run.records == []
    assert set(run.rejections.values()) == {"truncated"}, run.output
    assert run.status == 3, run.output  # nothing that was asked for came
    assert "no article  was answered with one" in run.output


@pytest.mark.parametrize("name", WHOLE)
def test_a_body_that_is_as_long_as_it_says_is_whole(name: str, runner: Runner, tmp_path: Path) -> None:
    told = sorted(PATHS)[0]  # one of them: a text that several addresses give is none of theirs
    with serving(lambda path: WHOLE[name] if path == told else None) as site:
        run = runner.run(site.url, tmp_path, "lang=fr", **QUICK)
    assert run.status == 0, run.output
    assert any(url.endswith(told) for url in run.urls), run.output


@pytest.mark.parametrize("answer", [head(status="304 Not Modified"), head("Content-Length: 0", status="500 Oops")])
def test_articles_that_no_answer_gives_are_no_good_run(answer: bytes, runner: Runner, tmp_path: Path) -> None:
    with serving(lambda path: answer if path in PATHS else None) as site:
        run = runner.run(site.url, tmp_path, "lang=fr", **QUICK)
    assert run.status == 3, run.output
    assert set(run.rejections.values()) <= {"http_304", "http_500"}
    assert "no article  was answered with one" in run.output


@pytest.mark.parametrize("status", ["500 Oops", "503 Down", "429 Slow down"])
def test_nothing_is_asked_while_robots_txt_fails(status: str, runner: Runner, tmp_path: Path) -> None:
    lies = {"/robots.txt": head("Content-Length: 0", status=status)}
    with serving(lies.get) as site:
        run = runner.run(site.url, tmp_path, "lang=fr", **QUICK)
        asked = set(site.targets())
        assert run.status == 3, run.output
        assert "robots.txt  cannot be had" in run.output
        assert "Traceback" not in run.output
        assert asked == set()  # the lie is not among them
        lies.clear()
        again = runner.run(site.url, tmp_path, "lang=fr", **QUICK)
    assert again.status == 0, again.output
    assert again.records


def test_a_robots_txt_that_is_not_there_allows(runner: Runner, tmp_path: Path) -> None:
    gone = b"User-agent: *\nDisallow: /\n"
    with serving(
        lambda path: head("Content-Length: 26", status="404 No") + gone if path == "/robots.txt" else None
    ) as s:
        run = runner.run(s.url, tmp_path, "lang=fr", **QUICK)
    assert run.status == 0, run.output
    assert run.records


@pytest.mark.parametrize("bound", ["RUN_BYTES", "DAY_BYTES", "RUN_WAYS", "DAY_WAYS"])
def test_a_run_past_a_bound_leaves_the_rest_to_a_later_one(bound: str, runner: Runner, tmp_path: Path) -> None:
    with serving(lambda _path: None) as site:
        bounds = {f"MAPEXPRESS_MAX_{bound}": "1", "DOWNLOAD_DELAY": "0.5"}  # what is kept counts when it is committed
        run = runner.run(site.url, tmp_path, "lang=fr", **bounds)
        assert f"bounded     MAPEXPRESS_MAX_{bound} is met" in run.output
        assert len(run.records) < len(POSTS)
        (month,) = (tmp_path / "sites/mapexpress/runs").iterdir()
        assert json.loads(month.read_text("utf-8").splitlines()[0])["counts"][f"bounded/{bound.lower()}"] == 1
        again = runner.run(site.url, tmp_path, "lang=fr")
    assert again.status == 0, again.output
    assert {post.url for post in POSTS} <= set(again.urls)


def test_what_this_machine_had_no_room_for_is_asked_soon_again(runner: Runner, tmp_path: Path) -> None:
    with serving(lambda _path: None) as site:
        run = runner.run(site.url, tmp_path, "lang=fr", EXTENSIONS='{"tests.end_to_end.faulty.Exhausted": 0}')
        assert run.status == 1, run.output
        assert "Traceback" not in run.output
        assert "machine     2 times" in run.output
        assert "rejected    2 no_resources" in run.output
        failed = {url for url, reason in run.rejections.items() if reason == "no_resources"}
        assert len(failed) == 2
        soon = (datetime.now(UTC) + timedelta(minutes=40)).isoformat()
        again = runner.run(site.url, tmp_path, "lang=fr", MAPEXPRESS_NOW=soon)
    assert again.status == 0, again.output
    assert failed <= set(again.urls)
