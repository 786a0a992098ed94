"""Facts and read models in plain SQL."""
