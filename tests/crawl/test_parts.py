"""A page whose pager names another article as its own second page: both stay what they are."""

import gzip
import json
from pathlib import Path

import pytest

from tests.end_to_end.test_crawl import Site, article, crawl, site  # noqa: F401  (a fixture)

pytestmark = pytest.mark.crawl

VICTIM = "<p>Le vote sur la digue aura lieu mardi, a dit la maire de Tessandre devant deux cents habitants réunis.</p>"


def listed(*names: str) -> tuple[int, dict[str, str], bytes]:
    items = "".join(f"<article><h2><a href='/{n}.html'>{n.replace('-', ' ')}</a></h2></article>" for n in names)
    return 200, {}, f"<html><body><main>{items}</main></body></html>".encode()


def stored(data: Path) -> dict[str, tuple[str, bool]]:
    """Title, and whether the victim's paragraph is in it, by address."""
    found = {}
    for part in sorted(data.glob("dataset/site=*/ingested=*/*.gz")):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                name = record["url"].rpartition("/")[2]
                found[name] = (record["title"], "vote sur la digue" in record["text"])
    return found


@pytest.mark.parametrize("earlier", [False, True], ids=["in the same run", "stored before"])
def test_another_article_is_no_part(earlier: bool, site: Site, tmp_path: Path) -> None:  # noqa: F811
    pager = "<div class='pagination'>Pages : 1 <a href='/la-digue-du-bourg-2.html'>2</a></div>"
    site.pages["/la-digue-du-bourg-2.html"] = (200, {}, article("Le conseil votera mardi", VICTIM))
    site.pages["/la-digue-du-bourg.html"] = (200, {}, article("Un lecteur parle de la digue", pager))
    if earlier:
        site.pages["/"] = listed("la-digue-du-bourg-2")
        assert crawl(site, tmp_path, "-a", "via=listing").returncode == 0
        site.pages["/"] = listed("la-digue-du-bourg")
    else:
        site.pages["/"] = listed("la-digue-du-bourg", "la-digue-du-bourg-2")
    ran = crawl(site, tmp_path, "-a", "via=listing")
    assert ran.returncode == 0, ran.stderr
    assert stored(tmp_path) == {
        "la-digue-du-bourg.html": ("Un lecteur parle de la digue", False),
        "la-digue-du-bourg-2.html": ("Le conseil votera mardi", True),
    }


def test_a_part_that_is_listed_too_stays_one(site: Site, tmp_path: Path) -> None:  # noqa: F811
    pager = "<div class='pagination'>Pages : 1 <a href='/la-digue-du-bourg-2.html'>2</a></div>"
    site.pages["/la-digue-du-bourg.html"] = (200, {}, article("La digue du bourg", pager))
    site.pages["/la-digue-du-bourg-2.html"] = (200, {}, article("La digue du bourg (2)", VICTIM))
    site.pages["/"] = listed("la-digue-du-bourg", "la-digue-du-bourg-2")
    ran = crawl(site, tmp_path, "-a", "via=listing")
    assert ran.returncode == 0, ran.stderr
    assert stored(tmp_path)["la-digue-du-bourg.html"] == ("La digue du bourg", True)
