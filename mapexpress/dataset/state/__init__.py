"""What a site's SQLite file knows: the frontier, visits, runs, templates and signatures."""
