from pathlib import Path

import pytest

from mapexpress.errors import UsageError
from mapexpress.model.document import Document
from mapexpress.model.record import Article
from mapexpress.record.build import build
from mapexpress.sites import load_site, site_by_key, site_files, site_of

HOME = '[[editions]]\nhome = "https://news.example/"\n'


def test_a_file_of_ones_own_comes_before_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "mapexpress.toml").write_text(HOME, "utf-8")
    assert load_site("mapexpress", tmp_path).home == "https://news.example/"
    assert load_site("mapexpress", tmp_path / "none").home == "https://www.mapexpress.ma/"
    assert load_site(str(tmp_path / "mapexpress.toml")).key == "mapexpress"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delay = 'slow'\n" + HOME, "delay must be a number"),
        ("time_zone = 1\n" + HOME, "time_zone must be text"),
        ("thresholds = { max_empty = 'none' }\n" + HOME, "thresholds must be a table of numbers"),
        ("hosts = 'news.example'\n" + HOME, "hosts must be a list"),
        ("host = ['news.example']\n" + HOME, "unknown key 'host'"),
        ("browser = 'yes'\n" + HOME, "browser must be true or false"),
        ("verify_certificates = 0\n" + HOME, "verify_certificates must be true or false"),
        ("delay = true\n" + HOME, "delay must be a number"),
        ("delay = -1\n" + HOME, "0 or more"),
        ("keep = ['div[']\n" + HOME, "'div[' is no CSS selector"),
        ("remove = ['']\n" + HOME, "is no CSS selector"),
        ("skip_urls = ['(']\n" + HOME, "'(' is no regular expression"),
        ("time_zone = 'Africa/Casa'\n" + HOME, "no IANA name"),
        ("time_zone = '../zone'\n" + HOME, "no IANA name"),
        (HOME + "language = 'français'", "no code such as fr"),
        (HOME + "feeds = ['/feed/']", "'/feed/' is no http or https address"),
        ("[[editions]]\nhome = 'news.example'\n", "is no http or https address"),
        ("editions = 3", "editions"),
        ("delay = ", "strict"),
        ("", "at least one"),
    ],
)
def test_a_mistake_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        load_site("strict", tmp_path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nothere", "../mapexpress", "a/b", "nothere.toml", ""])
def test_a_name_that_is_no_site(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_site(name, tmp_path)


def test_a_site_is_found_by_its_address_and_by_its_key(tmp_path: Path) -> None:
    """Ones own files come before those that ship; the folder of the records may have another name than the file."""
    (tmp_path / "own.toml").write_text('key = "paper"\nhosts = ["old.example"]\n' + HOME, "utf-8")
    assert site_of("https://www.news.example/a/", tmp_path).key == "paper"
    assert site_of("https://old.example/a/", tmp_path).key == "paper"
    assert site_of("https://www.mapexpress.ma/ar/", tmp_path).key == "mapexpress"
    assert site_of("https://other.example/", tmp_path).key == "other.example"
    assert site_by_key("paper", tmp_path).home == "https://news.example/"
    assert site_by_key("own", tmp_path).home == "https://own/"
    assert {site.key for site in site_files(tmp_path)} >= {"paper", "mapexpress"}


def test_ports_tell_sites_on_one_machine_apart(tmp_path: Path) -> None:
    for port in (8001, 8002):
        home = f'[[editions]]\nhome = "http://127.0.0.1:{port}/"\n'
        (tmp_path / f"site{port}.toml").write_text(home, "utf-8")
    assert site_of("http://127.0.0.1:8002/a", tmp_path).key == "site8002"


def test_certificates_are_checked_unless_a_file_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "old.toml").write_text("verify_certificates = false\n" + HOME, "utf-8")
    assert not load_site("old", tmp_path).verify_certificates
    assert site_of("https://other.example/", tmp_path).verify_certificates


def test_a_site_files_selectors_may_be_all_of_css_and_xpath(tmp_path: Path) -> None:
    given = """keep = ["main > div:has(> p)", "//div[re:test(@id, '^s[0-9]+$')]"]
remove = ["p:last-child"]
listing_links = ["h2 a::attr(href)"]
"""
    (tmp_path / "paper.toml").write_text(given + HOME, "utf-8")
    site = load_site("paper", tmp_path)
    html = "<main><div id='s1'><h1>Le port</h1><p>Il pleut sur le port.</p><p>Lire aussi</p></div></main>"
    record = build([Document(body=html, url="https://news.example/a/")], site=site)
    assert isinstance(record, Article)
    assert record.text == "Il pleut sur le port."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('keep = ["div["]', r"keep: 'div\[' is no CSS selector: "),
        ('remove = ["//p[foo()]"]', r"remove: '//p\[foo\(\)\]' is no XPath expression: there is no function foo"),
        ('keep = ["p::text"]', "keep: 'p::text' finds text: name the element that holds it"),
        ('listing_next = ["a:nxt"]', "listing_next: 'a:nxt' is no CSS selector: "),
    ],
)  # fmt: skip
def test_a_bad_selector_is_told_with_its_file_and_key(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "paper.toml").write_text(f"{line}\n{HOME}", "utf-8")
    with pytest.raises(UsageError, match=f"site file paper: {problem}"):
        load_site("paper", tmp_path)
