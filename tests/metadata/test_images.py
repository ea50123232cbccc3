"""Pictures of the article: with caption and credit, without decoration and teasers."""

import pytest

from mapexpress.metadata.images import read_image_url, read_images, split_credit
from mapexpress.model.record import Image
from mapexpress.page.parse import parse
from tests.metadata.pages import sources_of

FIRST, LAST = "<p>Le premier paragraphe du texte.</p>", "<p>Le dernier paragraphe du texte.</p>"


def images_of(middle: str) -> list[Image]:
    page = parse(f"<body><article>{FIRST}{middle}{LAST}</article></body>", url="https://lejour.example/a/")
    kept = [b.index for b in page.blocks if b.text.startswith("Le ")]
    return read_images(page, kept)


def test_a_figure_with_its_caption_and_credit() -> None:
    figure = '<figure><img src="/p.jpg"><figcaption>Vue du port. Photo : Omar Haddad</figcaption></figure>'
    assert images_of(figure) == [
        Image(url="https://lejour.example/p.jpg", caption="Vue du port.", credit="Omar Haddad")
    ]


def test_a_lazy_picture_has_its_real_address() -> None:
    assert [i.url for i in images_of('<img src="data:image/gif;base64,R0" data-src="q.jpg">')] == [
        "https://lejour.example/a/q.jpg"
    ]


@pytest.mark.parametrize(
    "decoration",
    [
        '<img src="/avatar.png">',
        '<img src="/x.png" width="24" height="24">',
        '<img src="/x.jpg" alt="spot_img">',
        '<a href="/autre"><img src="/t.jpg">Un autre article du même jour</a>',
        '<img src="data:image/png;base64,AA">',
    ],
)
def test_no_picture_of_the_article(decoration: str) -> None:
    assert images_of(decoration) == []


def test_a_logo_is_not_the_declared_picture() -> None:
    head = '<meta property="og:image" content="https://lejour.example/img/logo.png">'
    assert read_image_url(sources_of(head=head)) is None
    assert read_image_url(sources_of(head=head.replace("logo", "port"))) == (
        "https://lejour.example/img/port.png",
        "meta:og:image",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le port. © Omar Haddad", ("Le port.", "Omar Haddad")),
        ("© Omar Haddad", (None, "Omar Haddad")),
        ("الميناء. تصوير: سعيد", ("الميناء.", "سعيد")),
        ("Le port", ("Le port", None)),
    ],
)
def test_split_credit(text: str, expected: tuple[str | None, str | None]) -> None:
    assert split_credit(text) == expected
