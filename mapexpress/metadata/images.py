"""The article's pictures: the one it declares, and those its body shows with their captions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from mapexpress.metadata.sources import Sources, fold
from mapexpress.model.page import Page
from mapexpress.model.record import Image
from mapexpress.text.numbers import whole_number

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LAZY = ("data-src", "data-lazy-src", "data-original", "data-img-url", "data-full-url")
# in lower case: `re.IGNORECASE` costs eight times as much
_DECORATION = re.compile(r"spot_img|avatar|gravatar|logo|icon|sprite|pixel|placeholder|emoji|blank\.gif|spacer|1x1")
_CREDIT = re.compile(  # of folded text, where no space follows another
    r" ?(?:[|/] ?)?[(\[]? ?(?:©|\(c\)|(?:crédits?(?: photos?)?|photo(?:graphe)?|photo credit|credit|foto|bild|source"
    r"|الصورة|تصوير|(?<!\w)ph\.?) ?:) ?(?P<who>[^|]{2,80}?) ?[)\]]? ?$",
    re.IGNORECASE,
)
# an address that joining would leave as it is, at ten times the cost
_WHOLE = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[^\s?#;]*)?(?:\?[^\s#]+)?")
_ROOTED = re.compile(
    r"/[A-Za-z0-9_][A-Za-z0-9_./%~+@,=-]*(?:\?[A-Za-z0-9_.&=%/-]+)?"
)  # as often, on the page's own host
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?=/|$)")
# a link that holds a picture and this many characters is a card of another page, not a picture that opens larger
_TEASER_TEXT = 20
SMALLEST = 100  # pixels: below stand icons, avatars and tracking pixels
MOST = 50


def read_image_url(sources: Sources) -> tuple[str, str] | None:
    """The picture that the page declares as the article's, as an absolute address; never the site's default one."""
    for url, source in declared_images(sources):
        address = absolute(sources.page, url)
        if address is not None and not re.search(
            r"(?:^|[/_-])(?:logo|default|placeholder)[^/]*$", address, re.IGNORECASE
        ):
            return address, source
    return None


def declared_images(sources: Sources) -> Iterator[tuple[str, str]]:
    """(address as written, source) of the pictures that the page declares as the article's."""
    yield from sources.meta("og:image", "og:image:secure_url", "twitter:image", "twitter:image:src")
    for node in sources.articles[:1]:
        for url in _urls(sources, node.get("image"))[:1]:
            if not sources.is_constant("json-ld:image", url):
                yield url, "json-ld:image"


def _urls(sources: Sources, value: object) -> list[str]:
    out: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        node = sources.resolve(one)
        if isinstance(node, dict):
            node = node.get("url") or node.get("contentUrl") or node.get("@id")
            node = node[0] if isinstance(node, list) and node else node
        if isinstance(node, str):
            out.append(node)
    return out


def absolute(page: Page, address: str) -> str | None:
    """An http address of a picture in its absolute form, else None (data:, blob:, broken ones)."""
    address = address.strip()
    if _WHOLE.fullmatch(address):
        return address
    if _ROOTED.fullmatch(address) and "/." not in address and (origin := _ORIGIN.match(page.base_url)):
        return origin[0] + address
    try:
        url = urljoin(page.base_url, address)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc and " " not in url else None


def read_images(page: Page, kept: Iterable[int]) -> list[Image]:
    """Pictures between the first and the last kept block, in page order, each address once.

    The region is the smallest element that holds the kept blocks; pictures in links to other pages' teasers,
    icons and ads are left out.
    """
    elements = [page.blocks[i].element for i in kept if 0 <= i < len(page.blocks)]
    region = _region(elements)
    if region is None:
        return []
    out: dict[str, Image] = {}
    for img in region.iter("img"):
        url = _source(page, img)
        if url is None or url in out or _decoration(img, url):
            continue
        caption, credit = _caption(img, region)
        out[url] = Image(url=url, caption=caption, credit=credit)
        if len(out) == MOST:
            break
    return list(out.values())


def image_of(page: Page, url: str) -> Image | None:
    """The picture at `url` where the page shows it, wherever that is, with its caption."""
    name = re.split(r"[?#]", url)[0].rpartition("/")[2]
    for img in page.root.iter("img"):
        # taking each address of the page apart costs more than a look for the last part of the wanted one
        if name in _raw(img) and _source(page, img) == url and not _decoration(img, url):
            caption, credit = _caption(img, page.root)
            return Image(url=url, caption=caption, credit=credit)
    return None


def _region(elements: list[HtmlElement]) -> HtmlElement | None:
    if not elements:
        return None
    first, last = elements[0], elements[-1]
    ups = {first, *first.iterancestors()}
    common = next((e for e in (last, *last.iterancestors()) if e in ups), None)
    return common if common is not None and common.tag not in ("html",) else None


def _source(page: Page, img: HtmlElement) -> str | None:
    value = _raw(img)
    return absolute(page, value) if value else None


def _raw(img: HtmlElement) -> str:
    for name in (*_LAZY, "src"):
        value: str = img.get(name) or ""
        if value and not value.startswith("data:"):
            return value
    return ""


def _decoration(img: HtmlElement, url: str) -> bool:
    if _DECORATION.search(f"{img.get('class', '')} {img.get('alt', '')} {url.rsplit('/', 1)[-1]}".lower()):
        return True
    sizes = (whole_number((img.get(name) or "").removesuffix("px")) for name in ("width", "height"))
    if any(size is not None and size < SMALLEST for size in sizes):
        return True
    for up in img.iterancestors():
        if up.tag == "a":
            target = urlsplit(up.get("href") or "").path
            if len(fold(up.text_content())) >= _TEASER_TEXT:
                return True
            return (
                not re.search(r"\.(?:jpe?g|png|webp|gif|avif)$", target, re.IGNORECASE)
                and up.getparent() is not None
                and up.getparent().tag not in ("figure", "p", "div")
            )
        if up.tag in ("figure", "article", "body"):
            break
    return False


def _caption(img: HtmlElement, region: HtmlElement) -> tuple[str | None, str | None]:
    for up in img.iterancestors():
        caption = next(up.iterdescendants("figcaption"), None)
        if caption is None and ("wp-caption" in (up.get("class") or "")):
            caption = next(iter(up.find_class("wp-caption-text")), None)
        if caption is not None:
            return split_credit(fold(caption.text_content()))
        if up is region or up.tag in ("figure", "article", "body"):
            break
    return None, None


def split_credit(text: str) -> tuple[str | None, str | None]:
    """Caption and credit of what stands under a picture, of folded text.

    >>> split_credit("Le port de Tanger. © Jane Doe / Agence")
    ('Le port de Tanger.', 'Jane Doe / Agence')
    >>> split_credit("")
    (None, None)
    """
    match = _CREDIT.search(text)
    if match is None:
        return text or None, None
    return text[: match.start()].strip() or None, match["who"].strip()
