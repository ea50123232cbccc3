"""Takes the blocks of a page and gives those that structure, copies or words show to be boilerplate."""
