"""Changes of a site's files and state that count whole or not at all: parts sealed, written anew, merged, erased."""
