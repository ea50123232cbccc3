"""Takes records and responses and keeps them: the store of a site, whatever moment it is interrupted at."""
