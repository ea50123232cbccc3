"""Takes a page and gives for each block how likely it is part of the article."""
