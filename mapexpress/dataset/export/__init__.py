"""Takes a stored dataset and gives files for others, in their vocabularies, with a card."""
