"""The kinds of sites, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.site_kinds import blogs, presses
from benchmarks.site_kinds import wordpress_themes as themes
from benchmarks.site_kinds.site import Site


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. With a `domain` it is served under that name by https, else by its port on loopback."""

    name: str
    build: Callable[[str, str], Site]
    domain: str | None = None

    def host(self, lang: str) -> str | None:
        """The host of the site in a language."""
        return self.domain


KINDS = (
    Kind("wp-core", themes.core),
    Kind("tagdiv", themes.newspaper, "www.littoral.example"),
    Kind("elementor", themes.elementor),
    Kind("jnews", themes.jnews, "www.gazette.example"),
    Kind("blogger", blogs.blogger, "littoral.blogspot.example"),
    Kind("ghost", blogs.ghost),
    Kind("static", blogs.static, "courrier.example"),
    Kind("drupal", presses.drupal),
    Kind("spip", presses.spip),
    Kind("arc", presses.arc, "www.monde.example"),
    Kind("numbers", presses.numbers),
    Kind("amp", presses.amp, "www.presse.example"),
    Kind("handmade", presses.handmade, "depeche.example"),
)
