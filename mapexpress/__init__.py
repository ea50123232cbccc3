"""News sites to clean datasets."""

__version__ = "0.1.0"
