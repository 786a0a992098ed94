"""Scripts that run by path inside the sandbox, on the python of a foreign environment: standard library only."""
