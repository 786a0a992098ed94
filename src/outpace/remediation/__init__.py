"""Which change removes an exposure."""
