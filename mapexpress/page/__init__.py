"""Takes the bytes or the text of a page and gives a `Page`: parsed once, walked once, within the limits."""
