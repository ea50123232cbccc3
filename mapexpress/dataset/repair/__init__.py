"""Takes a stored dataset, checks it, mends it, or makes its state anew, and opens a state in step with its files."""
