"""What a crash or damage leaves: changes that count whole or not at all, what is lost, and a site in step again."""
