"""Headlines: what the page shows, without the site's suffix and without the kicker above it."""

import pytest

from mapexpress.metadata.page_metadata import read_metadata
from mapexpress.page.parse import parse

ADDRESS = "https://www.lejour.example/economie/barrage-economie-rif"


def title_of(head: str, body: str, url: str = ADDRESS) -> str:
    page = parse(f"<html><head>{head}</head><body>{body}</body></html>", url=url)
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
        pytest.param(
            "<title>Le barrage rouvre ses vannes ‹ Les Amis du Rif</title>",
            '<h3><a href="/economie/barrage">Le barrage rouvre ses vannes</a></h3>',
            "Le barrage rouvre ses vannes",
            id="a heading of another level tells the suffix",
        ),
        pytest.param(
            '<meta property="og:title" content="Trois communes respirent après la sécheresse">',
            "<h1>Comment les barrages du Nord ont sauvé l'économie du Rif</h1>",
            "Comment les barrages du Nord ont sauvé l'économie du Rif",
            id="an h1 that only the address agrees with",
        ),
        pytest.param(
            '<meta property="og:title" content="Trois communes respirent après la sécheresse">',
            "<h1>Notre journal</h1>",
            "Trois communes respirent après la sécheresse",
            id="an h1 that nothing agrees with",
        ),
        pytest.param(
            '<meta property="og:title" content="Barrage du Nord | Les comptes de la saison">',
            "<h1><div>Les grands travaux de la province</div><div>Barrage du Nord</div></h1>",
            "Barrage du Nord",
            id="a line of the h1",
        ),
        pytest.param("<title>Le barrage rouvre</title>", "<p>Rien d'autre.</p>", "Le barrage rouvre", id="title only"),
        pytest.param(
            "<title>Le barrage rouvre ses vannes - Les Nouvelles du matin</title>",
            "<b>Le barrage rouvre ses vannes</b><br><p>Le texte.</p>",
            "Le barrage rouvre ses vannes",
            id="a suffix that the line above the text goes without",
        ),
        pytest.param(
            "<title>Barrage Rif: ce qu'il faut savoir</title>"
            '<meta property="og:title" content="Le barrage rouvre ses vannes">',
            "<ol><li>Accueil</li><li><h1>Barrage Rif: ce qu'il faut savoir</h1></li></ol>"
            "<h2><span>Sécheresse</span> <span>Le barrage rouvre ses vannes</span></h2><p>Le texte.</p>",
            "Le barrage rouvre ses vannes",
            id="an h1 for search engines in the breadcrumb above the headline",
        ),
        pytest.param(
            '<title>Barrage: eau</title><meta property="og:title" content="Sécheresse: Le barrage rouvre ses vannes">',
            "<h1>Barrage: eau</h1><h2>Sécheresse</h2><div>Le barrage rouvre ses vannes</div><p>Le texte.</p>",
            "Le barrage rouvre ses vannes",
            id="kicker and headline in two blocks",
        ),
        pytest.param(
            "<title>Le barrage rouvre ses vannes</title>"
            '<meta property="og:title" content="Le barrage rouvre ses vannes">'
            '<meta name="headline" content="Trois communes attendaient depuis mai">',
            "<h1>Le barrage rouvre ses vannes</h1><h2>Trois communes attendaient depuis mai</h2>",
            "Le barrage rouvre ses vannes",
            id="a standfirst that a meta element calls headline",
        ),
        pytest.param(
            '<meta property="og:title" content="Le barrage rouvre ses vannes">'
            '<meta name="twitter:title" content="La cueillette des olives commence">',
            '<h1>Le barrage rouvre ses vannes</h1><h3><a href="/olives">La cueillette des olives commence</a></h3>',
            "Le barrage rouvre ses vannes",
            id="a linked heading is another article",
        ),
        pytest.param(
            '<meta property="og:title" content="National / Le vote est ouvert">',
            "<h1><span>National</span><span>Le vote est ouvert</span></h1>",
            "National / Le vote est ouvert",
            id="parts that run together",
        ),
        pytest.param(
            "<title>Le barrage rouvre ses vannes</title>",
            "<h1>LE BARRAGE ROUVRE SES VANNES</h1>",
            "Le barrage rouvre ses vannes",
            id="capitals",
        ),
        pytest.param(
            '<meta property="og:title" content="Vigilance dans le Rif: « Le barrage tient »">',
            "<h1>Crues au nord - « Le barrage tient »</h1>",
            "Crues au nord - « Le barrage tient »",
            id="three words or fewer may be shared by chance",
        ),
        pytest.param(
            '<meta property="og:title" content="Vigilance orange: « Le barrage du Rif tient bon »">',
            "<h1>Crues au nord - « Le barrage du Rif tient bon »</h1>",
            "« Le barrage du Rif tient bon »",
            id="two kickers before one headline",
        ),
        pytest.param(
            "<title>Le barrage rouvre ses vannes | Economie | Journaux LeJour Maroc</title>",
            "<p>Le texte.</p>",
            "Le barrage rouvre ses vannes",
            id="a section of the address and the site in other words",
        ),
        pytest.param(
            "<title>Un plat de lentilles au cumin | Saveurs de Meknès</title>",
            "<h1>Saveurs de Meknès</h1><p>Le texte.</p>",
            "Un plat de lentilles au cumin",
            id="the suffix is the logo's h1",
        ),
        pytest.param(
            '<meta property="og:title" content="السد يفتح أبوابه من جديد - اليوم">'
            '<meta property="og:site_name" content="اليوم">',
            "<h1>السد يفتح أبوابه من جديد</h1>",
            "السد يفتح أبوابه من جديد",
            id="Arabic",
        ),
        pytest.param(
            '<meta property="og:title" content="La presa reabre sus compuertas | El Día">'
            '<meta property="og:site_name" content="El Día">',
            "<p>Texto.</p>",
            "La presa reabre sus compuertas",
            id="Spanish",
        ),
        pytest.param(
            '<meta name="generator" content="blogger"><title>Le Blog: Le port : la date au centre du débat</title>',
            '<div class="post"><h3 class="post-title">Le port : la date au centre du débat</h3><p>Texte.</p></div>',
            "Le port : la date au centre du débat",
            id="the platform's heading where the title begins with the blog's name",
        ),
    ],
)
def test_headline(head: str, body: str, expected: str) -> None:
    assert title_of(head, body) == expected
