"""What a long text costs in each place of a page and of a home: python -m benchmarks.placed_texts."""
