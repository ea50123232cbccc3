"""What a person looks at: self-contained HTML pages and terminal text made from records and decisions."""
