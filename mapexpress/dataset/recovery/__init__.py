"""What a crash or damage leaves: what is lost, what is set aside, and a site in step again."""
