"""Mutants of Python source: where they are, one compile that holds them all, and forks that judge them."""
