"""News sites to clean datasets."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.article import clean

__all__ = ["__version__", "clean"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # `mapexpress.clean` loads what it needs when it is asked for: importing the package costs nothing
    if name == "clean":
        from mapexpress.article import clean

        return clean
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
