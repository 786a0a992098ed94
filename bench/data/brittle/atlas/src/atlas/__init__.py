"""Places, distances and the ways between them."""
