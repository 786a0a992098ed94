"""A clone's history for an assessment: landings, tags and files of interest, without anybody's name.

`git_history` has the engine; opening a clone does not import it.
"""
