"""Advisories meet inventories."""
