"""Parcels, their numbers and their routes."""
