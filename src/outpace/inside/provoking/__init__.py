"""Provokes a project's tests into changing their outcome: other orders, other conditions, other wording of its code.

Programs, each over one copy of the project: `ordering` (one collected session, forks), `conditioning` (a fork or an
interpreter of its own for each set of settings, begun before anything of the project is imported) and `rewording`
(edits of the code under test). They search for the smallest change that flips a test and tell what was seen; what it
means is decided outside.
"""
