"""Addresses, encodings and content codings: takes addresses and bytes as servers send them and gives ours."""
