"""Documents from files instead of a crawl: read as a stream, cleaned through `record`, written as JSON Lines."""
