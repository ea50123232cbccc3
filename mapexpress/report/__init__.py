"""What a dataset says of itself: figures per site, read once from its sealed parts."""
