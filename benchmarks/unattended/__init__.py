"""A quarter of a year without an operator: sites with scripted lives, crawled as docs/operations.md says."""
