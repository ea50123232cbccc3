from mapexpress.model.page import Page

BUILT_FOR: tuple[str, str]  # lxml, libxml2

def walk_page(page: Page) -> None: ...
