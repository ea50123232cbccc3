"""Settings of the jobs in /srv/news; what stands here need not be typed with -s."""

from mapexpress.settings import *  # noqa: F403

MAPEXPRESS_DATA = "/srv/news/data"
MAPEXPRESS_SITES = "/srv/news/sites"
MAPEXPRESS_CONTACT = "crawler@example.org"
MAPEXPRESS_LOG_JSON = True
