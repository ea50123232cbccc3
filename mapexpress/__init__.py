"""News sites to clean datasets. All that others import is named here; docs/api.md tells it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.cleaning import clean, explain
    from mapexpress.records import Article, Rejection
    from mapexpress.spiders.answers import record_of

__all__ = ["Article", "Rejection", "__version__", "clean", "explain", "record_of"]
__version__ = "0.1.0"

# loaded when it is asked for: importing the package costs nothing
_PLACES = {
    "Article": "mapexpress.records",
    "Rejection": "mapexpress.records",
    "clean": "mapexpress.cleaning",
    "explain": "mapexpress.cleaning",
    "record_of": "mapexpress.spiders.answers",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
