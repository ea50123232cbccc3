"""`scrapy addsite --from`: many sites at once, well and in trouble, as it is typed."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from fixtures.local_papers import LocalPaper, serve_papers

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def command(folder: Path, papers: list[LocalPaper], *arguments: str) -> list[str]:
    settings = {
        "MAPEXPRESS_SITES": folder / "sites",
        "MAPEXPRESS_ALLOW_HOSTS": ",".join(paper.host for paper in papers),
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "MAPEXPRESS_DATA": folder / "data",
    }
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", "addsite", *arguments, *given]


def addsite(
    folder: Path, papers: list[LocalPaper], *arguments: str, text: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, papers, *arguments),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def name_of(paper: LocalPaper) -> str:
    return paper.host.partition(":")[0]


def language(folder: Path, paper: LocalPaper) -> object:
    table = tomllib.loads((folder / f"sites/{name_of(paper)}.toml").read_text("utf-8"))
    return table["editions"][0]["language"]


def test_a_list_gives_a_line_a_site_and_tells_at_its_end_what_failed(tmp_path: Path) -> None:
    papers = [LocalPaper("ar"), LocalPaper("fr", "wordpress"), LocalPaper("fr", trouble="robots"), LocalPaper("zh")]
    with serve_papers(*papers):
        wadi, littoral, closed, shangu = (paper.home for paper in papers)
        (tmp_path / "urls.txt").write_text(
            f"# the press of the valley\n{wadi}   # daily\n\n{littoral}\n{closed}\nnonsense://x\n{littoral}\n", "utf-8"
        )
        done = addsite(tmp_path, papers, "--from", str(tmp_path / "urls.txt"), "--html", str(tmp_path / "seen"))
        lines = done.stdout.splitlines()
        assert done.returncode == 2, done.stderr
        assert sorted(line.split("] ")[1].split()[0] for line in lines if line.startswith("[")) == [
            "failed", "failed", "there", "written", "written",
        ]  # fmt: skip
        assert any(f"{wadi}: " in line and "8 articles, ar, by listing, sitemap" in line for line in lines)
        ends = lines.index("2 of 5 site files written, 1 there already")
        assert lines[ends + 1] == "2 not written:"
        assert sorted(lines[ends + 2 :])[0].startswith(
            f"  {closed}: no site file written: status 4, blocked by the site"
        )
        assert sorted(lines[ends + 2 :])[1].startswith("  nonsense://x: give an http or https address")
        assert language(tmp_path, papers[1]) == "fr"
        assert len(list((tmp_path / "seen" / name_of(papers[0])).glob("*.html"))) == 3
        assert not list(tmp_path.glob("mapexpress-*")), "the trials leave nothing behind"

        # the same list once more asks only the site that has no file, and the one that is new
        asked = len(papers[0].asked)
        again = addsite(tmp_path, papers, "--from", "-", text=f"{wadi}\n{shangu}\n{closed}\n")
        assert again.returncode == 4, again.stderr
        assert "1 of 3 site files written, 1 there already" in again.stdout
        assert language(tmp_path, papers[3]) == "zh"
        assert len(papers[0].asked) == asked


def test_opml_brings_the_feeds_that_a_reader_had(tmp_path: Path) -> None:
    paper = LocalPaper("id", "wordpress")
    with serve_papers(paper):
        (tmp_path / "feeds.opml").write_text(
            f'<opml version="2.0"><body><outline text="Pers"><outline xmlUrl="{paper.home}feed/"/></outline>'
            "</body></opml>",
            "utf-8",
        )
        done = addsite(tmp_path, [paper], "--from", str(tmp_path / "feeds.opml"))
        assert done.returncode == 0, done.stdout
        edition = tomllib.loads((tmp_path / f"sites/{name_of(paper)}.toml").read_text("utf-8"))["editions"][0]
        assert edition == {
            "home": paper.home,
            "language": "id",
            "feeds": [f"{paper.home}feed/"],
            "sitemaps": [f"{paper.home}wp-sitemap.xml"],
        }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "none.txt"], "none.txt: No such file"),
        (["--from", "-"], "no site is listed"),
        (["--from", "-", "--name", "x"], "--name and --feed are for one site"),
        (["--from", "-", "--workers", "0"], "--workers 0"),
        (["--from", "-", "http://127.0.0.1/"], "or a list with --from"),
        ([], "or a list with --from"),
    ],
)
def test_what_is_typed_wrong_is_said_in_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = addsite(tmp_path, [], *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_list_that_is_interrupted_ends_all_its_trials(number: int, tmp_path: Path) -> None:
    papers = [LocalPaper("fr"), LocalPaper("ar", "wordpress")]
    with serve_papers(*papers):
        (tmp_path / "urls.txt").write_text("\n".join(paper.home for paper in papers), "utf-8")
        typed = command(tmp_path, papers, "--from", str(tmp_path / "urls.txt"), "-s", "DOWNLOAD_DELAY=2")
        process = subprocess.Popen(
            typed, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        while not all(paper.asked for paper in papers):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == 128 + number
        asked = [len(paper.asked) for paper in papers]
        assert not list(tmp_path.glob("mapexpress-*")), "nothing is left behind"
        assert not (tmp_path / "sites").exists()
        time.sleep(2.5)
        assert [len(paper.asked) for paper in papers] == asked, "nobody asks on"
