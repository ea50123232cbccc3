"""The story of a crawl, readable top to bottom."""
