"""Takes a page and gives its main content, its kind, and the pages that follow it."""
