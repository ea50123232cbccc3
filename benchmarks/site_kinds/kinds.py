"""The kinds of sites, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.site_kinds import (
    amp,
    arc,
    blogger,
    drupal,
    elementor,
    ghost,
    houses,
    jnews,
    newspaper,
    spip,
    static,
    wordpress_core,
)
from benchmarks.site_kinds.site import Site


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. With a `domain` it is served under that name by https, else by its port on loopback."""

    name: str
    build: Callable[[str, str], Site]
    domain: str | None = None


KINDS = (
    Kind("wp-core", wordpress_core.core),
    Kind("tagdiv", newspaper.newspaper, "www.littoral.example"),
    Kind("elementor", elementor.elementor),
    Kind("jnews", jnews.jnews, "www.gazette.example"),
    Kind("blogger", blogger.blogger, "littoral.blogspot.example"),
    Kind("ghost", ghost.ghost),
    Kind("static", static.static, "courrier.example"),
    Kind("drupal", drupal.drupal),
    Kind("spip", spip.spip),
    Kind("arc", arc.arc, "www.monde.example"),
    Kind("numbers", houses.numbers),
    Kind("amp", amp.amp, "www.presse.example"),
    Kind("handmade", houses.handmade, "depeche.example"),
)
