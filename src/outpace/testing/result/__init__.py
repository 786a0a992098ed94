"""The result of a run: green, red or unknown, with facts for whoever releases what was tested."""
