"""The recipes of docs/operations.md, typed as they stand into a shell, against a site on loopback."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.courrier import NAMES, serve_courrier

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
PATIENCE = 600  # seconds until what hangs is told from a machine that is busy
NOW = "2026-05-22T12:00:00+00:00"  # the day after the newest article of the site

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(not (BIN / "scrapy").exists(), reason="scrapy is not installed beside Python: make install"),
]


def recipe(head: str) -> list[str]:
    """The shell scripts below a heading of the page."""
    part = re.search(rf"^### {re.escape(head)}$(.*?)(?=^##|\Z)", PAGE, re.M | re.S)
    assert part, head
    return re.findall(r"^```sh\n(.*?)^```$", part[1], re.M | re.S)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serve_courrier() as running:
        yield running


class Machine:
    """A folder as the page makes it, whose clock a test sets."""

    def __init__(self, folder: Path, other: Path, host: str) -> None:
        self.folder, self.other, self.host = folder, other, host
        for place in (folder, other):
            shutil.copytree(ROOT / "docs/examples/project", place, dirs_exist_ok=True)
            (place / ".venv").symlink_to(BIN.parent)
            (place / "log").mkdir()
            (place / "sites").mkdir()
        self.set_clock(NOW)

    def set_clock(self, now: str) -> None:
        own = (
            f'\nMAPEXPRESS_ALLOW_HOSTS = "{self.host}"\nDOWNLOAD_DELAY = 0\nAUTOTHROTTLE_ENABLED = False\n'
            f'RETRY_TIMES = 0\nMAPEXPRESS_NOW = "{now}"\n'
        )
        for place in (self.folder, self.other):
            text = (ROOT / "docs/examples/project/jobs/settings.py").read_text("utf-8")
            (place / "jobs/settings.py").write_text(text.replace("/srv/news", str(place)) + own, "utf-8")

    def add(self, name: str, extra: str = "", host: str = "") -> None:
        text = f'{extra}[[editions]]\nhome = "http://{host or self.host}/"\n'
        (self.folder / f"sites/{name}.toml").write_text(text, "utf-8")

    def type(self, script: str) -> subprocess.CompletedProcess[str]:
        script = script.replace("/srv/other", str(self.other))
        return subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self.folder,
            # the settings are written anew within a second, which a compiled copy of them would not notice
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path, host: str) -> Machine:
    return Machine(tmp_path / "news", tmp_path / "other", host)


STRICT = "thresholds = { min_articles = 5, coverage_tags = 0.9 }\n"  # the site has no tags: status 5


def test_an_export_follows_a_run_with_a_warning(machine: Machine) -> None:
    (script,) = recipe("Crawl, then export")
    machine.add("example", STRICT)
    done = machine.type(script)
    assert done.returncode == 5, done.stderr
    lines = (machine.folder / "example.jsonl").read_text("utf-8").splitlines()
    assert len({json.loads(line)["url"] for line in lines}) == len(lines) == len(NAMES)
    (machine.folder / "example.jsonl").unlink()
    machine.add("example", host="127.0.0.1:9")
    dead = machine.type(script)
    assert dead.returncode == 3, dead.stderr
    assert not (machine.folder / "example.jsonl").exists(), "there is nothing new to export"


def test_statuses_are_told_in_words(machine: Machine) -> None:
    (script,) = recipe("Be told by status")
    machine.add("example", STRICT)
    warned = machine.type(script)
    assert (warned.returncode, warned.stdout) == (0, "example: look at it: .venv/bin/scrapy report example\n")
    machine.add("example")
    well = machine.type(script)
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    machine.add("example", host="127.0.0.1:9")
    assert machine.type(script).stdout == "example: no articles, see log/example.jsonl\n"
    machine.add("example", "no_such_key = 1\n")
    wrong = machine.type(script)
    assert (wrong.returncode, wrong.stdout) == (1, "example: look at once, see log/example.jsonl\n")


def test_failing_sites_are_told_once(machine: Machine) -> None:
    (script,) = recipe("Be told by how the sites stand")
    machine.add("example")
    crawl = ".venv/bin/scrapy crawl news -a site=example --logfile log/example.jsonl"
    assert machine.type(crawl).returncode == 0
    assert machine.type(script).stdout == "", "nothing fails"
    line = re.search(r"^    0 7 \* \* \* (.*--failing)$", PAGE, re.M)
    assert line, "the line for cron"
    daily = line[1].replace("/srv/news", str(machine.folder))
    quiet = machine.type(daily)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    machine.add("example", host="127.0.0.1:9")
    machine.set_clock("2026-05-22T13:00:00+00:00")
    assert machine.type(crawl).returncode == 3
    told = machine.type(script).stdout
    assert re.search(r"^example +dead ", told, re.M)
    assert machine.type(script).stdout == "", "it was told"
    mailed = machine.type(daily)
    assert (mailed.returncode, mailed.stdout) == (5, told), "every day anew"
    machine.add("example")
    machine.set_clock("2026-05-22T14:00:00+00:00")
    assert machine.type(crawl).returncode == 0
    machine.type(script)
    assert (machine.folder / ".conditions").read_text("utf-8") == "", "it is well again"


def test_rounds_of_all_sites(machine: Machine) -> None:
    (due,) = recipe("Every fifteen minutes")
    machine.add("one")
    machine.add("two")
    done = machine.type(due)
    assert done.returncode == 0, done.stderr
    machine.set_clock("2026-05-29T12:00:00+00:00")
    (weekly,) = recipe("Every week")
    week = machine.type(weekly)
    assert week.returncode == 0, week.stderr
    assert "2 sites, 24 articles" in week.stdout
    assert (machine.folder / "report.html").exists()
    sites = machine.type(".venv/bin/scrapy sites --json").stdout.splitlines()
    assert {(s["site"], s["articles"], s["last_run"][:10]) for s in map(json.loads, sites)} == {
        (name, len(NAMES), "2026-05-29") for name in ("one", "two")
    }


def test_a_moved_site_goes_on_where_it_was(machine: Machine) -> None:
    move, remove = recipe("Move a site")
    (move_all,) = recipe("Move all sites")
    for name in ("example", "stays"):
        machine.add(name)
        done = machine.type(f".venv/bin/scrapy crawl news -a site={name}")
        assert done.returncode == 0, done.stderr
    moved = machine.type(move)
    assert moved.returncode == 0, moved.stderr
    assert machine.type(remove).returncode == 0
    assert not list(machine.folder.rglob("*example*.toml"))
    assert "example" not in machine.type(".venv/bin/scrapy sites").stdout
    machine.set_clock("2026-05-22T12:20:00+00:00")
    again = machine.type("cd /srv/other && .venv/bin/scrapy crawl news -a site=example")
    assert again.returncode == 0, again.stderr
    (line,) = machine.type("cd /srv/other && .venv/bin/scrapy sites --json").stdout.splitlines()
    assert (json.loads(line)["site"], json.loads(line)["articles"]) == ("example", len(NAMES))
    rest = machine.type(move_all)
    assert rest.returncode == 0, rest.stderr
    both = machine.type("cd /srv/other && .venv/bin/scrapy sites --json").stdout.splitlines()
    assert {json.loads(line)["site"] for line in both} == {"example", "stays"}


def test_sites_from_a_list(machine: Machine) -> None:
    (script,) = recipe("Fifty sites from a list")
    (machine.folder / "urls.txt").write_text(f"http://{machine.host}/\nhttp://127.0.0.1:9/\n", "utf-8")
    done = machine.type(script)
    assert done.returncode == 0, done.stderr
    assert len(list((machine.folder / "sites").glob("*.toml"))) == 1
    assert re.search(rf"well .* {len(NAMES)} ", done.stdout)
