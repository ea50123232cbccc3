"""A pipeline with a bug, for the project's settings."""

from mapexpress.records import Article


class FaultyPipeline:
    """Fails for the articles of one section."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Article) and item.url is not None and "/sports/" in item.url:
            raise ValueError("no such\nfield")
        return item
