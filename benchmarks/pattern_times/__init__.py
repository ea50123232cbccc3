"""Which regular expressions of the package take more than linear time, found by trying each."""
