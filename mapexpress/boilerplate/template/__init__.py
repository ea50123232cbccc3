"""Takes sketches of a site's pages, learns what they repeat, and judges the blocks of a page by it."""
