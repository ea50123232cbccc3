"""News sites to clean datasets. All that others import is named here; docs/api.md tells it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.crawl.responses import record_of
    from mapexpress.model.record import Article, Rejection
    from mapexpress.record.cleaning import clean, explain

__all__ = ["Article", "Rejection", "__version__", "clean", "explain", "record_of"]
__version__ = "0.2.0"

# loaded when it is asked for: importing the package costs nothing
_PLACES = {
    "Article": "mapexpress.model.record",
    "Rejection": "mapexpress.model.record",
    "clean": "mapexpress.record.cleaning",
    "explain": "mapexpress.record.cleaning",
    "record_of": "mapexpress.crawl.responses",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
