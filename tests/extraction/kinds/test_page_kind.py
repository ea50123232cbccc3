"""What a page is, by its own evidence, and what is sent in place of it."""

from typing import get_args

import pytest

from mapexpress.extraction.blocked import ADVICE, BlockKind, detect_block, detect_refusal
from mapexpress.extraction.kinds.page_kind import classify
from mapexpress.page.parse import parse

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
        ("<title></title><script>window.awsWafCookieDomainList = [];</script><div id=challenge>", "challenge"),
        ("<script src='/_Incapsula_Resource?SWJIYLWA=1'></script>", "challenge"),
        ("<h1>Access Denied</h1>Reference #18.2 <a href='https://errors.edgesuite.net/18.2'>details</a>", "forbidden"),
        ("<iframe src='https://geo.captcha-delivery.com/captcha/?cid=1'></iframe>Please wait", "captcha"),
        ("<h1>Access to this page has been denied</h1><div id='px-captcha'></div>", "captcha"),
        ("<h1>Too Many Requests</h1>", "too_many_requests"),
        ("<h1>Acceso denegado</h1>", "forbidden"),
        ("<h1>يجب تسجيل الدخول</h1>", "login"),
        ("<title>Page introuvable</title><h1>Page introuvable</h1><p>Retour à l'accueil.</p>", "soft_404"),
        ("<title>News</title><div id='root'></div><script src='/app.js'></script>", "javascript"),
        ("<title>Erreur</title><p>Internal Server Error</p>", "error"),
        ("<title>Connexion</title><h1>Veuillez vous connecter</h1>", "login"),
        ("<title>news.example</title><h1>This domain is for sale</h1><p>Make an offer.</p>", "parked"),
        ("<title>الموقع</title><p>هذا النطاق للبيع</p>", "parked"),
        ("<title>news.example</title><p>Ce nom de domaine a expiré</p>", "parked"),
        ("<title>news.example</title><h2>此域名正在出售</h2>", "parked"),
        ("<title>news.example</title><h1>Этот домен припаркован</h1>", "parked"),
        ("<body><script src='https://img1.wsimg.com/parking-lander/static/js/main.js'></script>", "parked"),
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


CLOUDFLARE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
LET_THROUGH = (
    b"<title>Le port rouvre</title><p>Les quais.</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>"
)


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (403, CLOUDFLARE, {}, "challenge"),
        (200, CLOUDFLARE, {}, "challenge"),
        (200, b"<p>x", {"cf-mitigated": "challenge"}, "challenge"),
        (202, b"<script>window.awsWafCookieDomainList = [];</script>", {}, "challenge"),
        (403, b"<iframe src='https://geo.captcha-delivery.com/captcha/'>", {}, "captcha"),
        (403, b"<h1>Access Denied</h1> https://errors.edgesuite.net/18.1", {}, "forbidden"),
        (403, b"<h1>Forbidden</h1>", {}, "forbidden"),
        (429, b"", {}, "too_many_requests"),
        (401, b"", {}, "login"),
        (200, b"<script src='//d38psrni17bvxu.cloudfront.net/themes/x.js'></script>", {}, "parked"),
        (
            200,
            b"<title>news.example is for sale | HugeDomains</title><a href='https://www.hugedomains.com/domain_profile.cfm?d=x'>",
            {},
            "parked",
        ),
        # what a service adds to the pages that it lets through says nothing
        (200, LET_THROUGH, {}, None),
        (404, LET_THROUGH, {}, None),
        # an article about the trade in domains
        (
            200,
            b"<title>A town's name</title><p>Sold for a million.</p><a href='https://dan.com/buy-domain/x'>",
            {},
            None,
        ),
        (200, b"<title>Contact</title><div class='g-recaptcha'></div>", {}, None),
        (200, LET_THROUGH + b"<p>Un texte." * 3000 + CLOUDFLARE, {}, None),
    ],
)
def test_an_answer_that_refuses(status: int, body: bytes, headers: dict[str, str], reason: str | None) -> None:
    assert detect_refusal(status, body, headers) == reason


def test_redirects_to_a_wall() -> None:
    asked = "https://www.news.example/a/"
    assert detect_refusal(200, b"<p>x", {}, url="https://guce.news.example/consent", asked=asked) == "consent"
    assert detect_refusal(200, b"<p>x", {}, url="https://www.news.example/connexion?to=a", asked=asked) == "login"
    assert detect_refusal(200, b"<p>x", {}, url="https://www.news.example/authors-of-the-year/", asked=asked) is None


def test_every_reason_has_its_advice() -> None:
    assert set(ADVICE) == set(get_args(BlockKind))


def test_an_article_about_a_domain_for_sale_is_an_article() -> None:
    html = (
        f"<h1>La commune de Fès met en vente son nom de domaine</h1>{PROSE * 4}<p>This domain is for sale, lit-on.</p>"
    )
    assert detect_block(parse(html, url=URL)) is None


def test_a_brief_beside_a_link_to_an_older_article_is_an_article() -> None:
    html = """<div class=widget><h3>Le port rouvre</h3><p>{0}</p><p>{0}</p>
    <div class=blog-pager><a href="/2026/06/la-tempete-est-passee-hier.html">Article plus ancien</a></div></div>
    <aside><h3><a href="/2026/06/la-tempete-est-passee-hier.html">La tempête est passée hier</a></h3></aside>"""
    text = "Le port a rouvert ses quais après deux semaines de tempête, et les pêcheurs sont repartis au large."
    page = parse(html.format(text), url="https://news.example/2026/06/le-port-rouvre.html")
    assert classify(page).is_article


@pytest.mark.parametrize("kind", ["Product", "Event", "JobPosting", "AboutPage"])
def test_what_calls_itself_something_else_is_no_article(kind: str) -> None:
    typed = f'<script type="application/ld+json">{{"@type":"{kind}","name":"Concert au port"}}</script>'
    assert classify(parse(f"{typed}<h1>Concert au port</h1>{PROSE * 2}", url=URL)).kind == "page"
    both = typed + f'<script type="application/ld+json">{{"@type":"NewsArticle","url":"{URL}"}}</script>'
    assert classify(parse(f"{both}<h1>Concert au port</h1>{PROSE * 2}", url=URL)).is_article


def test_a_short_article_among_teasers_says_twice_that_it_is_one() -> None:
    typed = f'<script type="application/ld+json">{{"@type":"NewsArticle","url":"{URL}"}}</script>'
    og = '<meta property="og:type" content="article">'
    body = f"<h1>Pluie à Fès</h1>{PROSE}{CARDS}"
    assert classify(parse(f"<head>{og}{typed}</head>{body}", url=URL)).is_article
    assert not classify(parse(f"<head>{typed}</head>{body}", url=URL)).is_article
