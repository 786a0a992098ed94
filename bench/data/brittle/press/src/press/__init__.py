"""A small generator of sites."""
