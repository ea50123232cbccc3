"""The schedulers of docs/operations.md, with the very files of docs/examples: cron's line, the units, Scrapyd."""

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fixtures.courrier import NAMES, serve_courrier

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
BIN = Path(sys.executable).parent
PATIENCE = 600  # seconds until a server that hangs is told from a machine that is busy

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(not (BIN / "scrapy").exists(), reason="scrapy is not installed beside Python: make install"),
]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serve_courrier() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, host: str) -> Path:
    """What docs/operations.md makes of /srv/news, with two sites on loopback."""
    shutil.copytree(EXAMPLES / "project", tmp_path, dirs_exist_ok=True)
    (tmp_path / ".venv").symlink_to(BIN.parent)
    (tmp_path / "log").mkdir()
    (tmp_path / "sites").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"sites/{name}.toml").write_text(f'[[editions]]\nhome = "http://{host}/"\n', "utf-8")
    settings = tmp_path / "jobs/settings.py"
    own = f'\nMAPEXPRESS_ALLOW_HOSTS = "{host}"\nDOWNLOAD_DELAY = 0\nAUTOTHROTTLE_ENABLED = False\n'
    settings.write_text(settings.read_text("utf-8").replace("/srv/news", str(tmp_path)) + own, "utf-8")
    return tmp_path


def records(folder: Path, site: str) -> list[dict[str, Any]]:
    parts = sorted((folder / f"data/dataset/site={site}").glob("*/*.jsonl.gz"))
    return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]


def cron(folder: Path) -> subprocess.CompletedProcess[str]:
    """The line of the example as cron runs it: by /bin/sh, with hardly any environment."""
    lines = (EXAMPLES / "crontab").read_text("utf-8").splitlines()
    command = next(line for line in lines if line.startswith("*/15")).split(" ", 5)[5].replace("/srv/news", str(folder))
    assert "%" not in command, "cron takes it for a line break"
    environment = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "HOME": str(folder), "LOGNAME": "news"}
    return subprocess.run(
        ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not installed (Debian: util-linux)")
def test_the_line_for_cron_crawls_the_sites_whose_turn_it_is(place: Path) -> None:
    done = cron(place)
    assert done.returncode == 0, done.stderr
    assert {len(records(place, site)) for site in ("one", "two")} == {len(NAMES)}
    for name in ("one", "two"):
        told = [json.loads(line) for line in (place / f"log/{name}.jsonl").read_text("utf-8").splitlines()]
        assert any("summary" in line for line in told)
    again = cron(place)
    assert (again.returncode, again.stdout) == (0, ""), "nothing is due a moment later, and cron has nothing to mail"


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not installed (Debian: util-linux)")
def test_a_round_that_is_still_going_on_is_not_joined_by_the_next(place: Path) -> None:
    held = subprocess.Popen(["flock", str(place / ".round.lock"), "sleep", "60"])
    try:
        while subprocess.run(["flock", "-n", str(place / ".round.lock"), "true"], check=False).returncode == 0:
            time.sleep(0.05)
        done = cron(place)
    finally:
        held.terminate()
        held.wait()
    assert done.returncode == 1
    assert not (place / "data").exists()


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not installed (Debian: util-linux)")
def test_a_run_that_fails_is_told_to_cron(place: Path) -> None:
    """The log has all of it; what is printed is one line, for the mail."""
    text = (place / "sites/two.toml").read_text("utf-8")
    (place / "sites/two.toml").write_text(f"thresholds = {{ min_articles = 5, coverage_tags = 0.9 }}\n{text}", "utf-8")
    done = cron(place)
    assert done.returncode == 123
    said = "tags is filled on 0% of the articles, at least 90% wanted"
    assert done.stderr == f"scrapy crawl: two: status 5, quality below its threshold: {said}\n"
    assert said in (place / "log/two.jsonl").read_text("utf-8")
    assert len(records(place, "one")) == len(records(place, "two")) == len(NAMES)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed (Debian: systemd)")
def test_systemd_finds_nothing_wrong_with_the_units(place: Path) -> None:
    for unit in EXAMPLES.glob("*.[st]*i[mc]e*"):
        (place / unit.name).write_text(unit.read_text("utf-8").replace("/srv/news", str(place)), "utf-8")
    names = sorted(path.name for path in place.glob("*@.*"))
    assert names == ["mapexpress-alert@.service", "mapexpress@.service", "mapexpress@.timer"]
    units = [name.replace("@", "@one") for name in names]
    for name, unit in zip(names, units, strict=True):
        (place / unit).symlink_to(place / name)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *units],
        cwd=place,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{place}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@contextmanager
def scrapyd(folder: Path) -> Iterator[str]:
    """A real Scrapyd on a free port of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.2\n"
    (folder / "scrapyd.conf").write_text(config, "utf-8")
    log = (folder / "scrapyd.log").open("w")
    process = subprocess.Popen([BIN / "scrapyd"], cwd=folder, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/"
    try:
        while True:
            try:
                ask(f"{url}daemonstatus.json")
                break
            except OSError:
                assert process.poll() is None, (folder / "scrapyd.log").read_text("utf-8")
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)
        log.close()


def ask(url: str, **values: str) -> dict[str, Any]:
    data = urllib.parse.urlencode(values).encode() if values else None
    with urllib.request.urlopen(url, data, timeout=PATIENCE) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


@pytest.mark.skipif(
    find_spec("scrapyd") is None or find_spec("scrapyd_client") is None,
    reason="scrapyd and scrapyd-client are not installed: make install",
)
def test_scrapyd_deploys_schedules_and_collects(place: Path) -> None:
    (place / "server").mkdir()
    with scrapyd(place / "server") as url:
        config = place / "scrapy.cfg"
        config.write_text(config.read_text("utf-8").replace("http://127.0.0.1:6800/", url), "utf-8")
        deployed = subprocess.run(
            [BIN / "scrapyd-deploy"], cwd=place, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert deployed.returncode == 0, deployed.stderr
        assert "mapexpress" in ask(f"{url}listspiders.json?project=news")["spiders"]
        job = ask(f"{url}schedule.json", project="news", spider="news", site="one")["jobid"]
        finished: list[dict[str, Any]] = []
        end = time.monotonic() + PATIENCE
        while not finished and time.monotonic() < end:
            finished = ask(f"{url}listjobs.json?project=news")["finished"]
            time.sleep(0.1)
    assert [entry["id"] for entry in finished] == [job]
    log = (place / f"server/logs/news/news/{job}.log").read_text("utf-8")
    assert len(records(place, "one")) == len(NAMES), log
    summary = next(line["summary"] for line in map(json.loads, log.splitlines()) if "summary" in line)
    assert summary["stored"] == len(records(place, "one"))
    assert re.search(r"exitstatus=0|Process finished", (place / "server/scrapyd.log").read_text("utf-8"))
