"""Scrapy's downloader side: takes requests and gives answers, guarded, polite, and kept."""
