"""What runs leave for the next one of their site: what each day brought, the template, when it is due."""
