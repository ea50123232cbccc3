"""Real crawls of a real server: what a run ends with, and what it never does."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.crawl
ROOT = Path(__file__).parents[2]

Page = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """A site on loopback: what it answers by path, and what it was asked."""

    pages: dict[str, Page]
    port: int = 0
    asked: list[str] = field(default_factory=list)
    wait: float = 0.0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site({})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            time.sleep(served.wait)
            status, headers, body = served.pages.get(self.path, (404, {}, b"<h1>no such page</h1>"))
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", **headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def command(site: Site, data: Path, *arguments: str, allow: str | None = None, path: str = "/") -> list[str]:
    return [
        sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url=http://{site.host}{path}",
        "-s", f"MAPEXPRESS_ALLOW_HOSTS={site.host if allow is None else allow}", "-s", f"MAPEXPRESS_DATA={data}",
        "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "RETRY_TIMES=1", *arguments,
    ]  # fmt: skip


def crawl(
    site: Site, data: Path, *arguments: str, allow: str | None = None, path: str = "/"
) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        command(site, data, *arguments, allow=allow, path=path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("argument", "named"),
    [("sinse=all", "since"), ("limit=many", "limit"), ("via=rss", "wp_api"), ("until=all", "until")],
)
def test_a_bad_argument_ends_the_run_before_anything_is_asked(
    site: Site, tmp_path: Path, argument: str, named: str
) -> None:
    ran = crawl(site, tmp_path / "data", "-a", argument)
    assert ran.returncode == 2
    assert len(ran.stderr.strip().splitlines()) == 1
    assert named in ran.stderr
    assert site.asked == []
    assert not (tmp_path / "data").exists()


def test_an_address_that_was_not_opened_is_refused_with_what_to_do(site: Site, tmp_path: Path) -> None:
    ran = crawl(site, tmp_path, allow="")
    assert ran.returncode == 2
    assert "MAPEXPRESS_ALLOW_HOSTS" in last_line(ran.stderr)
    assert site.asked == []


def test_a_site_without_articles_is_status_3(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = (200, {}, b"<title>Parked</title><p>Nothing here.")
    ran = crawl(site, tmp_path)
    assert ran.returncode == 3
    assert "0 articles found" in ran.stderr


def test_an_unreachable_site_is_status_3(tmp_path: Path) -> None:
    ran = crawl(Site({}, port=9), tmp_path)  # the discard port: nothing listens there
    assert ran.returncode == 3
    assert "unreachable" in ran.stderr


def test_a_site_that_refuses_is_status_4_and_the_summary_says_what_to_do(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = (403, {}, b"<h1>Forbidden</h1>")
    ran = crawl(site, tmp_path)
    assert ran.returncode == 4
    assert "MAPEXPRESS_CONTACT" in ran.stderr


def test_a_home_that_only_scripts_can_build_is_status_4_and_the_summary_says_what_to_do(
    site: Site, tmp_path: Path
) -> None:
    site.pages["/"] = (200, {}, b"<title>News</title><div id=root></div><script src=/app.js></script>")
    ran = crawl(site, tmp_path)
    assert ran.returncode == 4
    assert "1 javascript: the pages are empty without JavaScript" in ran.stderr


def test_a_site_that_robots_txt_closes_is_status_4(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
    ran = crawl(site, tmp_path)
    assert ran.returncode == 4
    assert site.asked == ["/robots.txt"]


def test_no_hop_leads_inward(site: Site, tmp_path: Path) -> None:
    inner = f"http://127.0.0.1:{site.port + 1}"
    links = f"""<link rel=alternate type=application/rss+xml href="/feed">
        <a href="{inner}/menu">Sport</a><a href="http://169.254.169.254/latest/a-long-title-of-an-article">x</a>"""
    site.pages["/"] = (200, {}, links.encode())
    site.pages["/robots.txt"] = (200, {}, f"Sitemap: {inner}/sitemap.xml\nSitemap: file:///etc/passwd\n".encode())
    site.pages["/feed"] = (302, {"Location": f"{inner}/feed"}, b"")
    ran = crawl(site, tmp_path, "-a", "since=all")
    assert ran.returncode == 3
    assert "address_refused" in ran.stderr
    assert "addresses that are not public" in ran.stderr


def test_a_name_that_resolves_inward_is_refused(tmp_path: Path) -> None:
    # every machine resolves its own name or "localhost."-like aliases through the same resolver; ip6-localhost is in
    # /etc/hosts of Debian, and 127.0.0.1.nip.io needs a network, so the host's own name stands for both
    import socket

    name = socket.gethostname()
    try:
        inward = all(
            a[4][0].startswith(("127.", "10.", "172.", "192.168.", "::1", "fd", "fe80"))
            for a in socket.getaddrinfo(name, 80)
        )
    except OSError:
        pytest.skip("this machine does not resolve its own name")
    if not inward:
        pytest.skip("this machine's own name is a public address")
    ran = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url=http://{name}/",
         "-s", f"MAPEXPRESS_DATA={tmp_path}"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 3
    assert "is not a public address" in ran.stderr or "address_refused" in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_without_waiting_for_the_site(site: Site, tmp_path: Path, number: signal.Signals) -> None:
    site.wait = 120  # longer than anything waits here: only the signal ends the run
    site.pages["/"] = (200, {}, b"<p>slow")
    process = subprocess.Popen(command(site, tmp_path), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not site.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, number)
        _, error = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert "Traceback" not in error
    finally:
        process.kill()
        site.wait = 0


def test_a_second_run_of_the_same_site_is_status_7(site: Site, tmp_path: Path) -> None:
    site.wait = 30
    first = subprocess.Popen(command(site, tmp_path), cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not site.asked and first.poll() is None:
            time.sleep(0.05)
        ran = crawl(site, tmp_path)
        assert ran.returncode == 7
        assert "another run" in last_line(ran.stderr)
    finally:
        first.kill()
        first.wait()
        site.wait = 0


def test_a_folder_that_cannot_be_written_is_status_6(site: Site, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    ran = crawl(site, blocked)
    assert ran.returncode == 6
    assert "MAPEXPRESS_DATA" in last_line(ran.stderr)
    assert site.asked == []


PROSE = "<p>" + "Le port a rouvert ses quais après deux semaines de tempête, et les pêcheurs sont repartis. " * 4


def article(title: str, more: str = "") -> bytes:
    """A page with a sentence of its own: a text that several addresses give is none of theirs."""
    own = title.translate(str.maketrans("0123456789-/", "abcdefghij  "))
    return f"<html><title>{title}</title><h1>{title}</h1>{PROSE * 2}<p>On y lit : {own}.</p>{more}</html>".encode()


def links(*names: str) -> str:
    return "".join(f"<h2><a href='/{n}/'>Ce que dit la dépêche {n}</a></h2>" for n in names)


def test_well_known_addresses_that_are_missing_are_not_asked_again_in_each_run(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = (200, {}, links("le-port-rouvre-ses-quais").encode())
    site.pages["/le-port-rouvre-ses-quais/"] = (200, {}, article("Le port rouvre"))
    assert crawl(site, tmp_path, "-a", "since=all").returncode == 0
    assert {"/feed/", "/feed.json", "/wp-json/", "/sitemap.xml"} <= set(site.asked)
    site.asked.clear()
    assert crawl(site, tmp_path).returncode == 0
    assert site.asked == ["/robots.txt", "/"]


def test_an_amp_twin_leads_to_the_whole_page(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = (200, {}, links("court/le-port-rouvre-ses-quais").encode())
    twin = article("Le port rouvre").replace(
        b"<html>", b'<html amp><link rel="canonical" href="/le-port-rouvre-ses-quais/">'
    )
    site.pages["/court/le-port-rouvre-ses-quais/"] = (200, {}, twin)
    site.pages["/le-port-rouvre-ses-quais/"] = (200, {}, article("Le port rouvre", "<p><a href='2/'>2</a></p>"))
    site.pages["/le-port-rouvre-ses-quais/2/"] = (200, {}, article("Le port rouvre"))
    ran = crawl(site, tmp_path, "-a", "via=listing")
    assert "1 stored" in ran.stderr
    assert site.asked[-2:] == ["/le-port-rouvre-ses-quais/", "/le-port-rouvre-ses-quais/2/"]


def test_a_section_goes_on_behind_what_the_home_page_shows_too(site: Site, tmp_path: Path) -> None:
    names = [f"la-depeche-du-port-numero-{n}" for n in range(6)]
    for name in names:
        site.pages[f"/{name}/"] = (200, {}, article(name))
    menu = "<nav class=menu><a href='/sport/'>Sport</a></nav>"
    site.pages["/"] = (200, {}, (menu + links(*names[:4])).encode())
    for number in (1, 2, 3, 4, 5):  # the fourth and all behind it show the third again
        shown = links(*names[2 * min(number, 3) - 2 : 2 * min(number, 3)])
        page = f"{shown}<div class=pagination><a href='/sport/page/{number + 1}/'>{number + 1}</a></div>"
        site.pages["/sport/" if number == 1 else f"/sport/page/{number}/"] = (200, {}, page.encode())
    ran = crawl(site, tmp_path, "-a", "since=all", "-a", "via=listing")
    assert "6 stored" in ran.stderr
    assert [path for path in site.asked if "/page/" in path] == [f"/sport/page/{n}/" for n in (2, 3, 4)]


def test_a_home_that_leads_to_another_site_is_not_followed_into_it(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = (302, {"Location": f"http://localhost:{site.port}/home"}, b"")
    site.pages["/home"] = (200, {}, links("le-port-rouvre-ses-quais").encode())
    ran = crawl(site, tmp_path, "-a", "via=listing", allow=f"{site.host},localhost:{site.port}")
    assert ran.returncode == 3
    assert f"give its address: http://localhost:{site.port}/home" in ran.stderr
    assert "/le-port-rouvre-ses-quais/" not in site.asked


def test_a_sitemap_that_robots_txt_names_by_its_path(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"Sitemap: /map.txt\nSitemap: none of them\n")
    site.pages["/"] = (200, {}, b"<title>Journal</title><p>Bienvenue")
    site.pages["/map.txt"] = (200, {"Content-Type": "text/plain"}, f"http://{site.host}/le-port-rouvre/".encode())
    site.pages["/le-port-rouvre/"] = (200, {}, article("Le port rouvre"))
    ran = crawl(site, tmp_path, "-a", "via=sitemap")
    assert "1 stored" in ran.stderr


def test_a_site_in_a_folder_is_not_the_whole_host(site: Site, tmp_path: Path) -> None:
    own = [f"journal/la-depeche-du-port-numero-{n}" for n in range(4)]
    others = [f"la-ville-informe-ses-habitants-{n}" for n in range(3)]
    for name in (*own, *others):
        site.pages[f"/{name}/"] = (200, {}, article(name))
    site.pages["/journal/"] = (200, {}, links(*own[:3]).encode())
    listed = "\n".join(f"http://{site.host}/{name}/" for name in (*others, *own))
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"Sitemap: /map.txt\n")
    site.pages["/map.txt"] = (200, {"Content-Type": "text/plain"}, listed.encode())
    ran = crawl(site, tmp_path, "-a", "since=all", path="/journal/")
    assert "4 stored" in ran.stderr
    assert not [path for path in site.asked if "la-ville" in path]


def test_archives_by_month_lead_back_where_there_is_no_pager(site: Site, tmp_path: Path) -> None:
    names = {month: [f"2026/{month}/la-depeche-du-mois-{n}" for n in range(3)] for month in ("03", "04", "05")}
    months = "<ul>" + "".join(f"<li><a href='/2026/{month}/'>{month}</a></li>" for month in names) + "</ul>"
    for month, articles in names.items():
        site.pages[f"/2026/{month}/"] = site.pages[f"/2026/{month}"] = (200, {}, (links(*articles) + months).encode())
        for name in articles:
            site.pages[f"/{name}/"] = (200, {}, article(name))
    site.pages["/"] = (200, {}, (links(*names["05"]) + months).encode())
    assert "9 stored" in crawl(site, tmp_path / "all", "-a", "since=all", "-a", "via=listing").stderr
    assert "3 stored" in crawl(site, tmp_path / "new", "-a", "via=listing").stderr
