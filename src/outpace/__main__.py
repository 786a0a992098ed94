"""`python -m outpace`, for where the script is not on the path."""

from outpace.cli.main import entry

entry()
