"""Takes the items of a spider, one concern each: checks, deduplicates, stores."""
