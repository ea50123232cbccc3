"""Headlines: what the page shows, without the site's suffix and without the kicker above it."""

import pytest

from mapexpress.blocks import parse
from mapexpress.extraction.metadata import read_metadata


def title_of(head: str, body: str) -> str:
    page = parse(f"<html><head>{head}</head><body>{body}</body></html>", url="https://www.lejour.example/a/barrage")
    return read_metadata(page).title


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(
            '<meta property="og:title" content="Le barrage rouvre ses vannes | Le Jour">',
            "<h1>Le Jour</h1><h1>Le barrage rouvre ses vannes</h1>",
            "Le barrage rouvre ses vannes",
            id="the site's suffix and its logo in an h1",
        ),
        pytest.param(
            '<meta property="og:title" content="Le barrage rouvre ses vannes">',
            "<h1><span>Sécheresse dans le Rif :</span> Le barrage rouvre ses vannes</h1>",
            "Le barrage rouvre ses vannes",
            id="a kicker inside the h1",
        ),
        pytest.param(
            '<meta property="og:title" content="Sécheresse : le barrage rouvre toutes ses vannes">',
            "<h1>Sécheresse : le barrage rouvre ses vannes</h1>",
            "Sécheresse : le barrage rouvre ses vannes",
            id="a colon that belongs to the headline",
        ),
        pytest.param("<title>Le barrage rouvre</title>", "<p>Rien d'autre.</p>", "Le barrage rouvre", id="title only"),
    ],
)
def test_headline(head: str, body: str, expected: str) -> None:
    assert title_of(head, body) == expected
