"""What a run is asked for is what it stores."""

import json
from pathlib import Path

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from tests.end_to_end.support import Runner


def day(case: Case) -> str:
    assert case.post is not None
    return f"{case.post.published:%Y-%m-%d}"


def test_limit_takes_the_newest(runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path) -> None:
    seen = len(site.hits)
    run = runner.run(site.url, tmp_path, "limit=3", "lang=ar")
    arabic = {u: c for u, c in stored.items() if c.expected["language"] == "ar"}
    newest = sorted(arabic, key=lambda url: arabic[url].post.published, reverse=True)[:3]  # type: ignore[union-attr]
    assert run.status == 0, run.output
    assert run.urls == sorted(newest)
    articles = {c.post.path for c in stored.values() if c.post}
    assert len({h.target for h in site.hits[seen:]} & articles) == 3  # chosen before they are fetched


def test_days_and_sections(runner: Runner, site: SiteServer, stored: dict[str, Case], tmp_path: Path) -> None:
    run = runner.run(
        site.url,
        tmp_path / "data",
        "since=2026-05-02",
        "until=2026-05-09",
        "undated=skip",
        "sections=societe-et-regions,sports",
        "lang=fr",
        f"-O {tmp_path}/out.jsonl",
    )
    wanted = [
        url
        for url, case in stored.items()
        if "2026-05-02" <= day(case) <= "2026-05-09"
        and case.post
        and case.post.section in ("societe-et-regions", "sports")
    ]
    assert run.status == 0, run.output
    assert run.urls == sorted(wanted)
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert sorted(exported, key=lambda r: str(r["url"])) == sorted(run.records, key=lambda r: str(r["url"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sinse=all",), "since"),
        (("since=2026-13-01",), "2026-13-01"),
        (("via=rss",), "feed"),
        (("lang=xx",), "ar, fr"),
    ],
)
def test_a_wrong_argument_ends_the_run_with_one_line(
    arguments: tuple[str, ...], said: str, runner: Runner, site: SiteServer, tmp_path: Path
) -> None:
    seen = len(site.hits)
    run = runner.run(site.url, tmp_path / "data", *arguments)
    assert run.status == 2
    assert said in run.output
    assert len(run.output.strip().splitlines()) == 1, run.output
    assert len(site.hits) == seen
    assert not (tmp_path / "data").exists()
