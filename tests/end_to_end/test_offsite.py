"""An article that redirects to another site is none of this one."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.small_site import SmallSite, crawl, serving, stories


def moved(address: str, status: int = 302) -> tuple[int, dict[str, str], bytes]:
    return status, {"Location": address}, b""


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 301), ("::1", 307)], ids=["another port", "another host"])
def test_an_article_that_leads_to_another_site_is_refused(host: str, status: int, tmp_path: Path) -> None:
    site, other = SmallSite(stories(6)), SmallSite(stories(8))
    with serving(site), serving(other, host):
        there = other.base + other.shown[7].path
        site.answers[site.shown[2].path] = moved(there, status)
        allow = f"{site.host},{other.host}"
        run = crawl(site, tmp_path, allow=allow)
        assert run.status == 0, run.output
        assert run.rejections == {site.base + site.shown[2].path: "offsite"}
        assert {urlsplit(str(r["url"])).netloc for r in run.records} == {site.host}
        site.answers = {site.shown[0].path: moved(there, status)}  # a stored one is none the worse for it
        later = crawl(site, tmp_path, hour=30, allow=allow)
        assert later.rejections[site.base + site.shown[0].path] == "offsite"
        assert [r["revision"] for r in later.of(site.shown[0].title)] == [1]
        assert later.titles == sorted(s.title for n, s in enumerate(site.shown) if n != 2)


def test_a_further_page_that_leads_to_another_site_is_no_page_of_the_article(tmp_path: Path) -> None:
    site, other = SmallSite(stories(6)), SmallSite(stories(8))
    with serving(site), serving(other):
        first = site.shown[0]
        first.extra = f"<a class='page-numbers' href='{first.path}2/'>2</a>"
        site.answers[f"{first.path}2/"] = moved(other.base + other.shown[7].path)
        run = crawl(site, tmp_path, allow=f"{site.host},{other.host}")
        (record,) = run.of(first.title)
        assert record["page_urls"] == [site.base + first.path]
        assert str(record["text"]).split("\n\n") == first.paragraphs


def test_a_host_that_the_site_file_names_is_the_site(tmp_path: Path) -> None:
    site, other = SmallSite(stories(6)), SmallSite(stories(8))
    with serving(site), serving(other, "::1"):
        site.answers[site.shown[2].path] = moved(other.base + other.shown[7].path)
        file = tmp_path / "gazette.toml"
        file.write_text(f'hosts = ["{other.host}"]\n[[editions]]\nhome = "{site.base}/"\n', "utf-8")
        run = crawl(site, tmp_path, allow=f"{site.host},{other.host}", name=str(file))
        assert run.rejections == {}
        assert len(run.of(other.shown[7].title)) == 1


def test_a_redirect_on_the_site_is_followed(tmp_path: Path) -> None:
    site = SmallSite(stories(6))
    with serving(site):
        old = site.shown[2]
        site.answers[old.path] = moved("/archives" + old.path)
        old_page = old.page(site.base)
        site.answers["/archives" + old.path] = (200, {}, old_page.replace(b'rel="canonical"', b'rel="none"'))
        run = crawl(site, tmp_path)
        assert run.rejections == {}
        assert [r["url"] for r in run.of(old.title)] == [f"{site.base}/archives{old.path}"]
