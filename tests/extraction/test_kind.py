"""What a page is, by its own evidence, and what is sent in place of it."""

import pytest

from mapexpress.blocks import parse
from mapexpress.extraction.blocked import detect_block
from mapexpress.extraction.kind import classify

PROSE = "<p>" + "Une phrase assez longue pour être celle d'un article de presse, avec des mots. " * 2 + "</p>"
CARD = "<div><h3><a href='/une-histoire-numero-{n}/'>Une histoire numéro {n} du jour</a></h3>{prose}</div>"
CARDS = "".join(CARD.format(n=n, prose=PROSE) for n in range(10))
URL = "https://news.example/pluie-a-fes/"


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        (f"<h1>Pluie à Fès</h1>{PROSE * 5}", URL, "article"),
        (f"<h1>Pluie à Fès</h1>{PROSE * 5}<aside>{CARDS}</aside>", URL, "article"),
        (f"<div class='offcanvas-menu-wrapper'>{PROSE * 5}</div>", URL, "article"),
        (CARDS, "https://news.example/sport/", "listing"),
        (CARDS, "https://news.example/", "home"),
        (PROSE * 5, "https://news.example/ar/", "home"),
        (CARDS, "https://news.example/tag/fes/", "tag"),
        (CARDS, "https://news.example/?s=fes", "search"),
        (PROSE * 9, "https://news.example/mentions-legales/", "page"),
        ("", URL, "empty"),
    ],
)
def test_by_structure_and_address(body: str, url: str, kind: str) -> None:
    assert classify(parse(f"<html><body>{body}</body></html>", url=url)).kind == kind


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ("post-template-default single single-post postid-12", "article"),
        ("archive category category-sport", "listing"),
        ("archive author author-jo", "author"),
        ("error404 wp-theme-x", "error"),
        ("page-template-default page page-id-7 a-propos", "page"),
        ("tag-template tag-sport", "tag"),
    ],
)
def test_by_what_the_platform_writes(classes: str, kind: str) -> None:
    assert classify(parse(f"<html><body class='{classes}'>{PROSE * 5}</body></html>", url=URL)).kind == kind


def test_a_page_that_sends_on_is_no_article() -> None:
    html = f"<html><head><meta http-equiv=refresh content='0; url=/autre/'></head><body>{PROSE * 5}</body></html>"
    assert classify(parse(html, url=URL)).kind == "error"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>Wait", "challenge"),
        ("<title>Page introuvable</title><h1>Page introuvable</h1><p>Retour à l'accueil.</p>", "soft_404"),
        ("<title>News</title><div id='root'></div><script src='/app.js'></script>", "javascript"),
        ("<title>Erreur</title><p>Internal Server Error</p>", "error"),
        ("<title>Connexion</title><h1>Veuillez vous connecter</h1>", "login"),
        ("<div id='didomi-notice'><p>Nous respectons votre vie privée</p></div>", "consent"),
    ],
)  # fmt: skip
def test_what_is_sent_in_place_of_a_page(html: str, kind: str) -> None:
    blocked = detect_block(parse(html, url=URL))
    assert blocked is not None
    assert blocked.kind == kind
    assert blocked.advice


def test_an_article_about_captchas_is_an_article() -> None:
    html = f"<h1>Verify you are human: l'histoire du captcha</h1>{PROSE * 15}<div class='g-recaptcha'></div>"
    assert detect_block(parse(html, url=URL)) is None
    assert detect_block(parse("<p>Rien</p>", url=URL), status=403) is not None
