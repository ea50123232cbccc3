"""Documents from files instead of a crawl: read as a stream, cleaned through `article`, written as JSON Lines."""
