"""The nouns that travel: what one room gives and the next one takes, and the schemas made from them."""
