"""Charts: pure functions from values to SVG text, each with its numbers in words."""
