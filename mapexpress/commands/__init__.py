"""The commands that Scrapy finds by the package's entry points."""

# Scrapy looks through the stack and every loaded module, three times, when this one is loaded: a tenth of a start where
# the rest of the package is there already.
import scrapy.core.downloader.contextfactory  # noqa: F401
