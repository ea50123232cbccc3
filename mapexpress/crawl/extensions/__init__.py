"""Scrapy extensions that watch a run: its outcome, progress, logs and quality."""
