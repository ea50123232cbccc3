"""Settings of the project, in the order a request meets them, each with its reason.

`-s NAME=VALUE` wins over a site file, a site file over this one.
"""

BOT_NAME = "mapexpress"
SPIDER_MODULES = ["mapexpress.spiders"]
NEWSPIDER_MODULE = "mapexpress.spiders"
ADDONS = {"mapexpress.addon.MapexpressAddon": 0}  # all components, as other projects plug them in

# --- Where things go
MAPEXPRESS_DATA = "data"  # absolute, or relative to where the command is typed
MAPEXPRESS_SITES = "sites"  # site files of one's own, found there by name

# --- Who we are, and manners
MAPEXPRESS_CONTACT = ""  # a mail address or page that a site's owner can reach us by; part of the User-Agent
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1.0  # one request a second, the politeness that most robots.txt with a Crawl-delay ask for
DOWNLOAD_DELAY_JITTER = 0.0  # a fixed pace: half of a declared Crawl-delay would be a broken promise
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0  # Scrapy starts at 5 s, which makes a small run five times longer
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 4  # with the delay this bounds requests in flight when the site is slow
CONCURRENT_ITEMS = 1  # a page gives one record; Scrapy's 100 are as many tasks started and ended for each answer
COOKIES_ENABLED = False  # a cookie would make a page depend on the pages before it
REFERRER_POLICY = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"  # a record depends on its own request only
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8",
    # no Accept-Language: the edition is chosen by its address, never by negotiation
}

# --- What a request may cost (the reasons stand in docs/crawling.md)
DOWNLOAD_TIMEOUT = 30  # seconds for the whole response; a page that needs longer is asked again later
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes, on the wire and inflated: 5 times the largest article page seen (3 MB)
DOWNLOAD_WARNSIZE = 0  # the limit above says enough
DOWNLOAD_FAIL_ON_DATALOSS = True  # a short body is a failed download, never half an article
REDIRECT_MAX_TIMES = 6  # browsers allow 20; more than http -> https -> www -> slash -> login is a loop
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]  # 429 is an answer: the run slows down or stops
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the rejection says it
METAREFRESH_ENABLED = False  # it would reload news pages; one that stands for a redirect makes a page none
URLLENGTH_LIMIT = 0  # MAPEXPRESS_MAX_URL says why an address was left out; this one is silent
DEPTH_LIMIT = 0  # the frontier bounds a walk, not its depth
DNSCACHE_ENABLED = True
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy looks at none; a site file can make an exception for its own hosts

# --- What must not be open
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # an HTTP server that runs Python for whoever can reach it

# --- What the log shows
LOG_LEVEL = "INFO"
STATS_DUMP = False  # the summary is for people; MAPEXPRESS_LOG_JSON gives the numbers as one line
LOGSTATS_INTERVAL = 0  # the progress line replaces it

FEED_EXPORT_ENCODING = "utf-8"  # French and Arabic as text, not as escapes
