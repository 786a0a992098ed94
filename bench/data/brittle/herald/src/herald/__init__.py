"""Announces news on a terminal and on the network."""
