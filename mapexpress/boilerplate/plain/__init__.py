"""Takes a text that has lost its HTML and gives the article's own lines."""
