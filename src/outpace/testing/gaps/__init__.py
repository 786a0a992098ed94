"""What the tests of changed code let pass, what is worth closing first, and the tests that close it."""
