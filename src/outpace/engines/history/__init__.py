"""A clone's history for an assessment: landings, tags and files of interest, without anybody's name."""

from outpace.engines.history.git_history import GitHistory as GitHistory
