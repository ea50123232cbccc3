"""Archived corpora of any size: the same cleaning as steps and stages of datatrove."""
