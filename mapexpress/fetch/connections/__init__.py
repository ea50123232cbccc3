"""What a crawl may connect to: which addresses, by which certificates, and the guard that holds it to that."""
