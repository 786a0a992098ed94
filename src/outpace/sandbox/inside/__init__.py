"""Between Outpace and foreign code: the standard library alone, imported by `launcher.py`, never by Outpace."""
