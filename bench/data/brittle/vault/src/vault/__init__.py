"""Secrets, sessions and who may open them."""
