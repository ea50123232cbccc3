"""What a site's SQLite file holds, and its questions: the frontier, visits, when to look again."""
