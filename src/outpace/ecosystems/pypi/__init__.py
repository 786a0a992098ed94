"""Python's versions, names, requirement files, lock files and installed metadata."""
