"""Takes a stored dataset and merges, cleans again or forgets what is in it."""
