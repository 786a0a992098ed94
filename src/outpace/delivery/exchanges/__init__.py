"""Recorded exchanges: what of them may be kept, and whether two releases answer alike."""
