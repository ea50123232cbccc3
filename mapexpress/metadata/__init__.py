"""Takes a page and gives what it says of itself: title, dates, authors, language, section, rights, images."""
