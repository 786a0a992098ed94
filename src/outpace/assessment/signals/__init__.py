"""Signals of adoption, read from a history: each with its numbers, its places and how it is typically misread."""
