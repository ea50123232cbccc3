"""From the answers of the ways in to entries of the frontier."""
