"""Takes the bytes of a feed, sitemap or REST answer, or a listing's page, and gives links; knows no crawl."""
