"""The loop over facts and the world, and the stories read top to bottom."""
