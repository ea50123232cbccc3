"""Signals at moments that no one hits by hand."""

from pathlib import Path

from fixtures.server import SiteServer
from tests.crawl.support import Runner


def test_a_signal_while_the_engine_starts_is_not_forgotten(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    run = runner.run(site.url, tmp_path, EXTENSIONS='{"tests.crawl.faulty.EarlySignal": 0}')
    assert run.status == 130, run.output
    assert "Traceback" not in run.output
    assert run.records == []
