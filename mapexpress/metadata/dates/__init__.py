"""Takes what a page declares and shows and gives days and instants, each with where it was read."""
