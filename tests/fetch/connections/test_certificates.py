"""Certificates of https hosts: what holds passes, what does not is refused in words, an exception is one site's.

Real spiders in processes of their own against a real server behind TLS.
"""

import gzip
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fetch.tls_site import VILLAGES, Authority, serve, tunnels

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.crawl


@dataclass
class Ran:
    """A crawl's exit status, what it said, and its data."""

    status: int
    said: str
    data: Path

    def count(self) -> int:
        return len(self._lines("dataset/site=*/ingested=*/*.gz"))

    def rejections(self) -> list[dict[str, str]]:
        return self._lines("sites/*/rejections/*/*.gz")

    def _lines(self, pattern: str) -> list[dict[str, str]]:
        found = []
        for part in self.data.glob(pattern):
            with gzip.open(part, "rt", encoding="utf-8") as lines:
                found += [json.loads(line) for line in lines]
        return found


@pytest.fixture
def trusted(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("other"), name="Nobody's authority")


def crawl(trusted: Authority, *given: str, allow: str, data: str = "data", **environment: str) -> Ran:
    """Crawl with `given` arguments and settings; only `trusted` is an authority."""
    folder = trusted.folder
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    settings = {
        "MAPEXPRESS_DATA": str(folder / data),
        "MAPEXPRESS_SITES": str(folder / "sites"),
        "MAPEXPRESS_ALLOW_HOSTS": allow,
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", *given]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=plain | {"SSL_CERT_FILE": str(trusted.bundle), "COLUMNS": "200"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return Ran(ran.returncode, ran.stdout, folder / data)


def test_a_chain_that_holds_passes_by_name_and_by_address(trusted: Authority) -> None:
    with serve(trusted.certify("localhost", "127.0.0.1")) as port:
        for host in ("localhost", "127.0.0.1"):
            ran = crawl(trusted, "-a", f"url=https://{host}:{port}/", allow=f"{host}:{port}", data=host)
            assert ran.status == 0, ran.said
            assert ran.count() == len(VILLAGES)
            assert "certificate" not in ran.said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("another host", "it is for paper.example, 192.0.2.7, not for 127.0.0.1"),
        ("self-signed", "it is self-signed"),
        ("expired", "it expired on 20"),
        ("not yet", "it is valid from 20"),
        ("unknown authority", "its issuer is not known to this system, or the server leaves it out"),
    ],
)
def test_one_that_does_not_hold_is_refused_in_words(
    wrong: str, words: str, trusted: Authority, other: Authority
) -> None:
    context = {
        "another host": lambda: trusted.certify("paper.example", "192.0.2.7"),
        "self-signed": lambda: trusted.certify("127.0.0.1", self_signed=True),
        "expired": lambda: trusted.certify("127.0.0.1", days=(-3, -1)),
        "not yet": lambda: trusted.certify("127.0.0.1", days=(1, 3)),
        "unknown authority": lambda: other.certify("127.0.0.1"),
    }[wrong]()
    with serve(context) as port:
        ran = crawl(trusted, "-a", f"url=https://127.0.0.1:{port}/", allow=f"127.0.0.1:{port}")
        assert ran.status == 3, ran.said
        assert ran.count() == 0
        (last,) = [line for line in ran.said.splitlines() if line.startswith("  tls ")]
        assert f"the certificate of 127.0.0.1 does not hold: {words}" in last
        assert "verify_certificates = false" in last
        assert "Traceback" not in ran.said


def test_a_setting_leaves_the_check_out_and_the_log_says_so(trusted: Authority, other: Authority) -> None:
    with serve(other.certify("paper.example", days=(-3, -1))) as port:
        off = ("-s", "DOWNLOAD_VERIFY_CERTIFICATES=0")
        ran = crawl(trusted, "-a", f"url=https://127.0.0.1:{port}/", *off, allow=f"127.0.0.1:{port}")
        assert (ran.status, ran.count()) == (0, len(VILLAGES)), ran.said
        assert "certificates are not checked" in ran.said


def test_an_exception_is_for_the_hosts_of_its_site_only(trusted: Authority, other: Authority) -> None:
    """Neither another site, nor where a page of the site leads to, is spared."""
    (trusted.folder / "sites").mkdir()
    with serve(other.certify("127.0.0.1")) as there:
        story = f"/la-halle-de-{VILLAGES[0].lower()}-rouvre-4100/"
        away = {story: f"https://127.0.0.1:{there}{story}"}
        with serve(other.certify("old.example"), away=away) as here:
            allow = f"localhost:{here},127.0.0.1:{there}"
            for name, key in (("old", "verify_certificates = false\n"), ("strict", "")):
                file = trusted.folder / "sites" / f"{name}.toml"
                file.write_text(f'{key}[[editions]]\nhome = "https://localhost:{here}/"\n', "utf-8")
            spared = crawl(trusted, "-a", "site=old", allow=allow)
            assert spared.status == 0, spared.said
            assert spared.count() == len(VILLAGES) - 1
            assert "as its site file says" in spared.said
            (refused,) = [r for r in spared.rejections() if r["reason"] == "tls"]
            assert refused["url"].endswith(story)
            assert "the certificate of 127.0.0.1 does not hold" in refused["detail"]
            strict = crawl(trusted, "-a", "site=strict", allow=allow)
            assert (strict.status, "the certificate of localhost" in strict.said) == (3, True)


def test_behind_a_proxy_the_host_s_own_certificate_is_checked(trusted: Authority) -> None:
    with tunnels() as (proxy, asked), serve(trusted.certify("localhost")) as port:
        through = {"https_proxy": f"http://127.0.0.1:{proxy}"}
        named = crawl(trusted, "-a", f"url=https://localhost:{port}/", allow=f"localhost:{port}", **through)
        assert (named.status, named.count()) == (0, len(VILLAGES)), named.said
        assert f"CONNECT localhost:{port}" in asked
        numbered = crawl(
            trusted, "-a", f"url=https://127.0.0.1:{port}/", allow=f"127.0.0.1:{port}", data="numbered", **through
        )
        assert (numbered.status, numbered.count()) == (3, 0)
        assert "it is for localhost, not for 127.0.0.1" in numbered.said


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 on loopback")
def test_an_ipv6_address_is_a_host_as_well(trusted: Authority) -> None:
    for names, expected in ((("::1",), (0, len(VILLAGES))), (("127.0.0.1",), (3, 0))):
        with serve(trusted.certify(*names), host="::1") as port:
            ran = crawl(trusted, "-a", f"url=https://[::1]:{port}/", allow=f"[::1]:{port}", data=names[0].strip(":"))
            assert (ran.status, ran.count()) == expected, ran.said


def test_one_page_that_is_asked_for_is_checked_too(trusted: Authority) -> None:
    with serve(trusted.certify("paper.example")) as port:
        url = f"https://localhost:{port}/la-halle-de-{VILLAGES[1].lower()}-rouvre-4101/"
        command = [sys.executable, "-m", "scrapy", "explain", "--fetch", url]
        settings = ("-s", f"MAPEXPRESS_ALLOW_HOSTS=localhost:{port}", "-s", f"MAPEXPRESS_DATA={trusted.folder}/data")
        environment = os.environ | {"SSL_CERT_FILE": str(trusted.bundle)}
        ran = subprocess.run([*command, *settings], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert ran.returncode == 2
        assert "the certificate of localhost does not hold: it is for paper.example" in ran.stderr
