"""What lies in a site's folders and how it is written: parts, manifests, WARC files, the lock."""
