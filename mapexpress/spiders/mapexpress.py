"""MAP Express, the dispatches of Morocco's news agency: the `news` spider with a site file, nothing else."""

from mapexpress.spiders.news import NewsSpider


class MapexpressSpider(NewsSpider):
    """`scrapy crawl mapexpress`: the French edition at `/`, the Arabic one at `/ar/`."""

    name = "mapexpress"
    site_name = "mapexpress"
