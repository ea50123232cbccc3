"""Tries a site that is to be added: what a few articles show of it, and the site file that this supports."""
