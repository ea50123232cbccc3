"""Takes documents and gives an article or a rejection: the only way from bytes to a record."""
