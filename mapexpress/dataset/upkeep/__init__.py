"""Takes a stored dataset and cleans again or forgets what is in it."""
