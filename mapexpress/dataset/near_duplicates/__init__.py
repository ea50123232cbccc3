"""Which articles are one text published again: the one rule, signatures, and the index of a site's."""
