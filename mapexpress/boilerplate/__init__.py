"""Takes blocks of a page or lines of a text and says which are no part of the article, and what shows it."""
