"""A site that the browser shows: chromium checks its certificate, unless the site file makes an exception."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.browser.test_javascript_sites import crawl
from tests.fetch.tls_site import Authority, serve

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(
        not shutil.which("chromium") or importlib.util.find_spec("scrapy_playwright") is None,
        reason="chromium or scrapy-playwright is not installed",
    ),
]


@pytest.mark.parametrize(("exception", "status"), [("", 3), ("verify_certificates = false\n", 0)])
def test_a_certificate_that_does_not_hold(exception: str, status: int, tmp_path: Path) -> None:
    with serve(Authority(tmp_path).certify("paper.example", self_signed=True)) as port:
        host = f"127.0.0.1:{port}"
        (tmp_path / "sites").mkdir()
        text = f'browser = true\n{exception}[[editions]]\nhome = "https://{host}/"\n'
        (tmp_path / "sites/app.toml").write_text(text, "utf-8")
        # robots.txt is asked without the browser, and would be refused first
        ran = crawl(tmp_path, host, "-a", "via=listing", "-s", "ROBOTSTXT_OBEY=False")
    assert ran.returncode == status, ran.stderr
    assert ("the certificate of 127.0.0.1 does not hold: net::ERR_CERT" in ran.stderr) is (status == 3)
