"""The publisher's name, and every other name of the site."""

from mapexpress.metadata.publisher import read_publisher, site_names
from tests.metadata.pages import sources_of


def test_the_article_names_its_publisher_first() -> None:
    sources = sources_of(
        head='<meta property="og:site_name" content="lejour.example">',
        jsonld={"@type": "NewsArticle", "publisher": {"@type": "Organization", "name": "Le Jour"}},
    )
    assert read_publisher(sources) == ("Le Jour", "json-ld:publisher")


def test_a_handle_is_no_name() -> None:
    assert read_publisher(sources_of(head='<meta name="publisher" content="@lejour">')) is None


def test_the_host_is_a_name_of_the_site() -> None:
    names = site_names(sources_of(url="https://www.le-jour.example/a"))
    assert {"le jour", "lejour"} <= names
