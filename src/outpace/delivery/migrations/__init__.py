"""What migrations do to a release that is still running, read from their text alone."""
