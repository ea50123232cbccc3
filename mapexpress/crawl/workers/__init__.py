"""Where pages are read beside the event loop: takes work and gives what came of it."""
